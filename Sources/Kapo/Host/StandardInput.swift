import Glibc

/// Standard input, for a mode that is told what to do by it.
package enum StandardInput {
    package static let number = STDIN_FILENO

    /// What has come, up to `most` bytes: none at the end, nil when there is nothing at the moment. Call it when it is
    /// readable: it would wait otherwise.
    package static func read(upTo most: Int) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: most)
        // The kernel writes at most as many bytes as the array has.
        let count = retryingOnInterrupt { unsafe Glibc.read(STDIN_FILENO, &bytes, most) }
        if count < 0 && errno == EAGAIN { return nil }
        guard count >= 0 else { throw SystemError("read") }
        return Array(bytes[..<count])
    }
}

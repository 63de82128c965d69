import Glibc

/// Another program that a test talks with. Its standard input ends when this object is gone, and then it must end.
package final class PeerProcess {
    /// What could not be done.
    package struct Failure: Error {
        package let description: String
    }

    private let pid: pid_t
    /// Its input and output are the other end.
    private let descriptor: Int32
    /// What it has said behind the last line that was asked for.
    private var said: [UInt8] = []

    /// Starts it: the first word is found in PATH.
    package init(_ words: [String]) throws {
        var ends: [Int32] = [-1, -1]
        // The kernel fills in both.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "socketpair: error \(errno)")
        }
        descriptor = ends[0]
        defer { close(ends[1]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        // Copies, which are freed below; the C library reads them during the call.
        var texts = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe texts.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, words[0], &actions, nil, &texts, environ)
        self.pid = pid
        guard code == 0 else { throw Failure(description: "\(words[0]): error \(code)") }
    }

    deinit {
        close(descriptor)
        // It ends with its input.
        if pid > 0 { waitpid(pid, nil, 0) }
    }

    /// Waits for its next line, without the line end; nil when it says no more.
    package func line() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Ends: each turn reads something, or is the last.
        while true {
            if let end = said.firstIndex(of: 0x0a) {
                let line = String(decoding: said[..<end], as: UTF8.self)
                said.removeSubrange(...end)
                return line
            }
            // The kernel writes no more than the buffer has.
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count <= 0 { return nil }
            said += buffer[..<count]
        }
    }

    /// Waits for all that it has to say until it ends.
    package func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }
}

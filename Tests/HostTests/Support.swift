import Glibc
import Testing

@testable import Host

/// A directory of its own for one test; it is removed, with what is in it, when the owner is done with it.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/kapo-host-XXXXXX".utf8CString)
        // mkdtemp writes six characters into the array, in place.
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe mkdtemp(base) != nil
        }
        guard made else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Writes a file into it and returns its path.
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        let number = unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
        guard number >= 0 else { throw SystemError("open") }
        let descriptor = Descriptor(owning: number)
        // The kernel reads the array during the call.
        guard unsafe Glibc.write(descriptor.number, bytes, bytes.count) == bytes.count else {
            throw SystemError("write")
        }
        return file
    }

    deinit {
        for name in File.names(in: Word(path)) where name.text != "." && name.text != ".." {
            unsafe unlink("\(path)/\(name.text)")
        }
        unsafe rmdir(path)
    }
}

/// True once the condition holds, which it must within 20 seconds. In the process of an exit test the test library has
/// threads of its own, which open and close descriptors while they start: what is done to low numbers is done again.
func holdsInTime(_ condition: () -> Bool) -> Bool {
    let deadline = Clock.monotonic + 20_000_000_000
    while !condition() {
        guard Clock.monotonic < deadline else { return false }
        usleep(10_000)
    }
    return true
}

/// Everything that comes out of a descriptor until its end.
func readAll(_ number: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        // The kernel writes at most as many bytes as the array has.
        let count = retryingOnInterrupt { unsafe read(number, &chunk, chunk.count) }
        if count <= 0 { return all }
        all += chunk.prefix(count)
    }
}

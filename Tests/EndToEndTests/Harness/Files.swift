import Glibc

/// A system call that failed, or something that did not come in time.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    /// The reason, in words for people.
    init(_ description: String) {
        self.description = description
    }

    /// The call that failed, with the errno of right now.
    static func system(_ call: String, _ code: Int32 = errno) -> HarnessError {
        // strerror's string is copied at once.
        HarnessError("\(call): \(unsafe String(cString: strerror(code)))")
    }
}

/// The few things that tests do with files.
enum Files {
    /// The whole file as it is now; nil when it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    /// What is left to read at the descriptor, up to its end; nil on an error.
    static func readAll(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            // The kernel writes at most as many bytes as the array has.
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == -1 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The file as text, with U+FFFD for what is not UTF-8; empty when it cannot be read.
    static func text(_ path: String) -> String {
        String(decoding: read(path) ?? [], as: UTF8.self)
    }

    /// Creates the file, or replaces what is in it.
    static func write(_ path: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o644) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw HarnessError.system("open \(path)") }
        defer { close(descriptor) }
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            // The kernel reads the bytes of the slice during the call.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw HarnessError.system("write \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    /// True when there is anything of that name.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// True for a regular file that this user may execute.
    static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        // The kernel fills the struct during the call.
        return unsafe access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What the symbolic link says; nil when there is none.
    static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // readlink writes at most as many bytes as it is told.
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a directory; empty when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // d_name is a C string inside the entry, which lives until the next readdir of this directory.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// A new directory that nobody else uses.
    static func makeTemporaryDirectory() throws -> String {
        let parent = Environment.own["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/kapo-test-XXXXXX".utf8CString)
        // mkdtemp writes into the template, which keeps its length.
        guard unsafe mkdtemp(&template) != nil else { throw HarnessError.system("mkdtemp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A named pipe, of which the tests hold the reading end; a program writes to it as to a file of that path.
final class Fifo {
    let path: String
    private let descriptor: Int32

    /// A new one. The reading end is open at once, so that no writer waits for it.
    init(_ path: String) throws {
        self.path = path
        guard unsafe mkfifo(path, 0o600) == 0 else { throw HarnessError.system("mkfifo \(path)") }
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw HarnessError.system("open \(path)") }
        // Opened without waiting for a writer; read as any pipe.
        _ = fcntl(descriptor, F_SETFL, 0)
    }

    deinit { close(descriptor) }

    /// Everything up to the moment at which the last writer closes it.
    func readAll() -> [UInt8] { Files.readAll(descriptor) ?? [] }
}

import Glibc
import Testing

@testable import Host

@Suite("FIFOs", .serialized)
struct FifoTests {
    private static let name = Word("log")

    /// What is there to read now: nil when a reader would have to wait for more.
    private static func read(_ fifo: borrowing Fifo) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65536)
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe Glibc.read(fifo.readEnd.number, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    private static func write(_ text: String, _ end: borrowing Descriptor) {
        let bytes = Array(text.utf8)
        // The kernel reads the array during the call.
        let count = unsafe Glibc.write(end.number, bytes, bytes.count)
        #expect(count == bytes.count)
    }

    @Test("what is written at one end is read at the other, which does not wait")
    func readAndWrite() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let fifo = try Fifo(Self.name, in: open.number)
        #expect(Self.read(fifo) == [], "nobody has it open")
        let end = try fifo.commandEnd()
        #expect(Self.read(fifo) == nil)
        Self.write("one\n", end)
        #expect(Self.read(fifo) == Array("one\n".utf8))
        #expect(fcntl(fifo.readEnd.number, F_GETFL) & (O_ACCMODE | O_NONBLOCK) == O_RDONLY | O_NONBLOCK)
        #expect(fcntl(end.number, F_GETFL) & (O_ACCMODE | O_NONBLOCK) == O_RDWR)
        for number in [fifo.readEnd.number, end.number] { #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0) }
        var status = stat()
        let result = unsafe stat(directory.path + "/log", &status)
        #expect(result == 0 && status.st_mode == S_IFIFO | 0o600)
    }

    @Test("a command outlives its reader: what it wrote before and after stays for the next one, in order")
    func survives() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let go = directory.path + "/go"
        let script = #"echo one; until test -e "$0"; do sleep 0.01; done; echo two; exec sleep 600"#
        let pid: Int32
        do {
            let fifo = try Fifo(Self.name, in: open.number)
            let end = try fifo.commandEnd()
            var command = Command(words: Start.words("sh", "-c", script, go), environment: [Word("PATH=/usr/bin:/bin")])
            command.output = end.number
            pid = try command.spawn(Start.plain)
        }
        defer {
            kill(pid, SIGKILL)
            _ = reap(pid)
        }
        // Nobody but the command has the FIFO open now.
        _ = try directory.write("go", [])
        #expect(holdsInTime { (try? File.read(Word("/proc/\(pid)/comm"), limit: 100)) == Array("sleep\n".utf8) })
        let again = try Fifo(Self.name, in: open.number)
        var said: [UInt8] = []
        #expect(
            holdsInTime {
                said += Self.read(again) ?? []; return said.count >= 8
            })
        #expect(said == Array("one\ntwo\n".utf8))
    }

    @Test("a FIFO that is there is opened, and another name's file is not taken for it")
    func existing() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let first = try Fifo(Self.name, in: open.number)
        let end = try first.commandEnd()
        let second = try Fifo(Self.name, in: open.number)
        Self.write("one\n", end)
        #expect(Self.read(second) == Array("one\n".utf8))
        unsafe unlink(directory.path + "/log")
        #expect(throws: SystemError("open", ENOENT)) { _ = try first.commandEnd() }
        let third = try Fifo(Self.name, in: open.number)
        #expect(throws: SystemError("open", ESTALE)) { _ = try first.commandEnd() }
        #expect(Self.read(third) == [])
    }

    @Test("what is no FIFO, a link to one, and one that others may open are refused")
    func refused() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        _ = try directory.write("file", [1])
        let made = unsafe [
            mkfifo(directory.path + "/good", 0o600), symlink("good", directory.path + "/link"),
            mkfifo(directory.path + "/wide", 0o600), chmod(directory.path + "/wide", 0o620),
        ]
        #expect(made == [0, 0, 0, 0])
        for (name, error) in [
            ("file", SystemError("mkfifo", EINVAL)), ("link", SystemError("open", ELOOP)),
            ("wide", SystemError("mkfifo", EPERM)), (".", SystemError("mkfifo", EINVAL)),
            ("none/log", SystemError("mkfifo", ENOENT)),
        ] {
            #expect(throws: error, "\(name)") { _ = try Fifo(Word(name), in: open.number) }
        }
        _ = try Fifo(Word("good"), in: open.number)
    }
}

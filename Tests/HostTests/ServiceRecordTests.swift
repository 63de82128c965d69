import Glibc
import Testing

@testable import Host

@Suite("The record of what runs", .serialized)
struct ServiceRecordTests {
    private static let sleep = Start.words("sleep", "600")

    /// Starts a command with a record in that directory.
    private static func start(_ words: [Word], in directory: Int32) throws -> Int32 {
        let null = try Descriptor.null()
        var command = Command(words: words, environment: [Word("PATH=/usr/bin:/bin")])
        command.output = null.number
        command.error = null.number
        command.record = (directory, try ServiceRecord.system())
        return try command.spawn(Start.plain)
    }

    private static func end(_ pid: Int32) {
        kill(pid, SIGKILL)
        _ = reap(pid)
    }

    /// The pid of the living process that the record names.
    private static func pid(_ directory: Int32) throws -> Int32? {
        switch try ServiceRecord.living(in: directory) {
        case .some(let living): living.process.pid
        case nil: nil
        }
    }

    private static func parts(_ directory: borrowing TemporaryDirectory) throws -> [String] {
        let bytes = try File.read(Word(directory.path + "/running"), limit: 1000)
        return String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 2).map(String.init)
    }

    private static func edit(_ directory: borrowing TemporaryDirectory, _ text: String) throws {
        unsafe unlink(directory.path + "/running")
        _ = try directory.write("running", Array(text.utf8))
    }

    @Test("a command that runs is found, with its start and a handle; one that has ended is not, reaped or not")
    func livingAndEnded() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let (before, wall) = (Clock.sinceBoot, Clock.wall)
        let pid = try Self.start(Self.sleep, in: open.number)
        let parts = try Self.parts(directory)
        #expect(parts[0] == "\(pid)")
        #expect(try #require(Int64(parts[1])) > before && Int64(parts[1]) ?? .max < Clock.sinceBoot)
        #expect(parts[2] == String(decoding: try ServiceRecord.system(), as: UTF8.self) + "\n")
        guard let living = try ServiceRecord.living(in: open.number) else {
            Self.end(pid)
            Issue.record("the command is not found")
            return
        }
        #expect(living.process.pid == pid)
        #expect(living.startTicks == processStat(pid)?.startTicks)
        #expect(abs(living.startedAt - wall) < 2_000_000_000)
        let process = living.release()
        #expect(process.hasEnded == false)
        try Signals.send(SIGKILL, to: process)
        #expect(holdsInTime { processStat(pid)?.isDead == true })
        #expect(process.hasEnded == true)
        #expect(try Self.pid(open.number) == nil, "a zombie does not run")
        #expect(reap(pid) == 128 + SIGKILL)
        #expect(try Self.pid(open.number) == nil)
        #expect(Set(File.names(in: Word(directory.path)).map(\.text)) == [".", "..", "running"])
    }

    @Test("the record is there before the command is, whatever a child left that was killed while it wrote one")
    func before() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let words = Start.words("sh", "-c", #"cp "$0/running" "$0/seen"; exec sleep 600"#, directory.path)
        _ = try directory.write("running", Array("1234".utf8))
        let pid = try Self.start(words, in: open.number)
        defer { Self.end(pid) }
        #expect(
            holdsInTime { File.size(Word(directory.path + "/seen")) == File.size(Word(directory.path + "/running")) })
        #expect(try Self.pid(open.number) == pid)
    }

    @Test("another process that has the pid now is not taken for the one of the record")
    func reused() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let pid = try Self.start(Self.sleep, in: open.number)
        defer { Self.end(pid) }
        let parts = try Self.parts(directory)
        let start = try #require(processStat(pid)).startTicks
        let tick = UInt64(Clock.tickNanoseconds)
        // As if the record had been written so long before this process began.
        for (nanoseconds, isIt) in [
            (start * tick - 1, false), (start * tick, true), (start * tick + tick - 1, true), (0, false),
            ((start + 1000) * tick, true),
        ] {
            try Self.edit(directory, "\(pid) \(nanoseconds) \(parts[2])")
            #expect(try Self.pid(open.number) == (isIt ? pid : nil), "\(nanoseconds) and \(start) ticks")
        }
    }

    @Test("a record of another boot, of another container, or that is none, names nobody")
    func garbage() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        #expect(try Self.pid(open.number) == nil, "there is none yet")
        let pid = try Self.start(Self.sleep, in: open.number)
        defer { Self.end(pid) }
        let parts = try Self.parts(directory)
        let good = parts.joined(separator: " ")
        for text in [
            "", "\n", "\(pid)", "\(pid)\n", "\(pid) \(parts[1])\n", String(good.dropLast()), good + good, " " + good,
            "\(pid) \(parts[1]) 00000000-0000-0000-0000-000000000000\n", "\(pid) \(parts[1]) x\(parts[2])",
            good.replacing("pid:[", with: "pid:[1"), "1 \(parts[1]) \(parts[2])", "-\(good)",
            "\(pid) -1 \(parts[2])", "\(pid) x \(parts[2])", String(repeating: "x", count: 100_000),
        ] {
            try Self.edit(directory, text)
            #expect(try Self.pid(open.number) == nil, "\(text.prefix(100))")
        }
        try Self.edit(directory, good)
        #expect(try Self.pid(open.number) == pid)
    }

    @Test("what keeps Kapo from knowing is no 'no'")
    func unknown() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let linked = unsafe symlink("running", directory.path + "/running")
        #expect(linked == 0)
        #expect(throws: SystemError("open", ELOOP)) { _ = try Self.pid(open.number) }
    }

    @Test("a record that cannot be written keeps the command from being started, with the reason")
    func unwritable() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let made = unsafe mkdir(directory.path + "/running", 0o700)
        #expect(made == 0)
        #expect(throws: SystemError("open the record", EEXIST)) { _ = try Self.start(Self.sleep, in: open.number) }
        unsafe rmdir(directory.path + "/running")
        #expect(File.names(in: Word(directory.path)).count == 2, "nothing is left")
        let gone = try TemporaryDirectory()
        let path = gone.path
        let openGone = try openDirectory(path)
        unsafe rmdir(path)
        #expect(throws: SystemError("open the record", ENOENT)) { _ = try Self.start(Self.sleep, in: openGone.number) }
    }

    @Test("a command that cannot be started leaves no record")
    func failedStart() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        #expect(throws: SystemError("execve", ENOENT)) {
            _ = try Self.start(Start.words("/nonexistent/command"), in: open.number)
        }
        #expect(File.names(in: Word(directory.path)).count == 2)
    }

    @Test("a process that is followed is recorded by Kapo, while it lives; a record is cleared")
    func followed() throws {
        let directory = try TemporaryDirectory()
        let open = try openDirectory(directory.path)
        let pid = try Start.sleeper()
        let process = try ProcessHandle(pid: pid)
        try ServiceRecord.write(process, in: open.number)
        #expect(try Self.pid(open.number) == pid)
        try ServiceRecord.clear(in: open.number)
        #expect(try Self.pid(open.number) == nil)
        #expect(File.names(in: Word(directory.path)).count == 2)
        try ServiceRecord.clear(in: open.number)
        Self.end(pid)
        #expect(throws: SystemError("pidfd_open", ESRCH)) { try ServiceRecord.write(process, in: open.number) }
        #expect(File.names(in: Word(directory.path)).count == 2)
    }
}

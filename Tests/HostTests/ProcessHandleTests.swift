import Glibc
import Testing

@testable import Host

@Suite("One process, and no other", .serialized)
struct ProcessHandleTests {
    @Test("the handle becomes readable when the process ends, and stays that of this process when it is reaped")
    func end() throws {
        let pid = try Start.sleeper()
        let process = try ProcessHandle(pid: pid)
        #expect(process.hasEnded == false)
        try Signals.send(SIGTERM, to: process)
        var wanted = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
        // The kernel reads and fills the one struct during the call.
        let ready = unsafe poll(&wanted, 1, 20_000)
        #expect(ready == 1)
        #expect(process.hasEnded == true)
        #expect(reap(pid) == 128 + SIGTERM)
        #expect(process.hasEnded == true)
        #expect(throws: Never.self, "that it has ended is no error") { try Signals.send(SIGTERM, to: process) }
        #expect(throws: Never.self) { try Signals.send(SIGTERM, toGroupOf: process) }
        #expect(throws: SystemError("pidfd_open", ESRCH)) { _ = try ProcessHandle(pid: pid) }
    }

    @Test("a process that is no child is followed as well")
    func noChild() throws {
        let directory = try TemporaryDirectory()
        let script = #"sleep 600 >/dev/null 2>&1 & echo $! >"$0/pid"; wait"#
        let shell = try Start.sleeper(Start.words("sh", "-c", script, directory.path))
        defer {
            kill(-shell, SIGKILL)
            _ = reap(shell)
        }
        let path = Word(directory.path + "/pid")
        #expect(holdsInTime { PidFile.read(path) != nil })
        let process = try ProcessHandle(pid: try #require(PidFile.read(path)))
        #expect(process.hasEnded == false)
        try Signals.send(SIGKILL, to: process)
        #expect(holdsInTime { processStat(process.pid) == nil }, "the shell has reaped it")
        #expect(process.hasEnded == true)
    }

    @Test("a signal to the group reaches its members, those too that are left when the leader has gone")
    func group() throws {
        let (reader, writer) = try Pipe().release()
        let end = Descriptor(owning: reader)
        var command = Command(words: Start.words("sh", "-c", "sleep 600 & sleep 600"), environment: [])
        command.output = writer
        let leader = try command.spawn(Start.plain)
        close(writer)
        let process = try ProcessHandle(pid: leader)
        #expect(holdsInTime { Self.members(of: leader) == 3 })
        try Signals.send(SIGKILL, to: process)
        #expect(reap(leader) == 128 + SIGKILL)
        #expect(Self.members(of: leader) == 2)
        try Signals.send(SIGKILL, toGroupOf: process)
        // The pipe ends with the last of them.
        #expect(readAll(end.number) == [])
    }

    @Test("who leads no group is reached alone")
    func noLeader() throws {
        let directory = try TemporaryDirectory()
        let script = #"sleep 600 >/dev/null 2>&1 & echo $! >"$0/pid"; wait; exit 9"#
        let shell = try Start.sleeper(Start.words("sh", "-c", script, directory.path))
        let path = Word(directory.path + "/pid")
        #expect(holdsInTime { PidFile.read(path) != nil })
        let process = try ProcessHandle(pid: try #require(PidFile.read(path)))
        try Signals.send(SIGKILL, toGroupOf: process)
        #expect(holdsInTime { processStat(shell)?.isDead == true }, "the shell's wait is over")
        kill(-shell, SIGKILL)
        #expect(reap(shell) == 9)
    }

    /// How many living processes are in the group.
    private static func members(of group: Int32) -> Int {
        File.names(in: Word("/proc")).compactMap { Int32($0.text) }.compactMap(processStat)
            .filter { $0.group == group && !$0.isDead }.count
    }
}

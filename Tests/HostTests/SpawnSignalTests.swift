import Glibc
import Testing

@testable import Host

@Suite("The signals of a command", .serialized)
struct SpawnSignalTests {
    /// All that a process can ignore.
    private static let all: [Int32] = (1...64).filter { $0 != 32 && $0 != 33 && $0 != SIGKILL && $0 != SIGSTOP }

    /// The C library keeps these two as it found them.
    private static let reserved = mask(of: [32, 33])

    @Test(
        "those that were blocked and ignored at the start are, and no others",
        arguments: [[], [SIGHUP], [SIGPIPE], [SIGCHLD], [SIGHUP, SIGUSR2, SIGTSTP, 34, 64], all] as [[Int32]])
    func inherited(_ numbers: [Int32]) throws {
        let blocked = [SIGUSR1, 40] + numbers
        let inherited = Start.inherited(blocked: blocked, ignored: numbers)
        let outcome = try Start.run(Start.words("cat", "/proc/self/status"), inherited)
        #expect(outcome.mask("SigBlk") == mask(of: blocked))
        #expect(outcome.mask("SigIgn").map { $0 & ~Self.reserved } == mask(of: numbers))
        #expect(outcome.mask("SigCgt") == 0)
    }

    @Test("what Kapo does with signals for itself does not reach the command")
    func block() async {
        await #expect(processExitsWith: .success) {
            for number in [SIGHUP, SIGUSR2, SIGCHLD, 50] { signal(number, SIG_IGN) }
            signal(SIGUSR1) { _ in }
            signal(SIGPIPE, SIG_DFL)
            let own = Outcome(output: try File.read(Word("/proc/thread-self/status"), limit: 65536), code: 0)
            let inherited = Signals.block(Signals.forwarded)
            for number in [SIGHUP, SIGUSR2, SIGCHLD, 50] where !inherited.ignores(number) { exit(number) }
            for number in [SIGUSR1, SIGPIPE, SIGTERM, 49] where inherited.ignores(number) { exit(100 + number) }
            let outcome = try Start.run(Start.words("cat", "/proc/self/status"), inherited)
            guard outcome.mask("SigIgn") == own.mask("SigIgn") else { exit(201) }
            guard outcome.mask("SigBlk") == own.mask("SigBlk") else { exit(202) }
            exit(outcome.mask("SigCgt") == 0 ? 0 : 203)
        }
    }

    @Test("a start leaves this process's own signals as they are, whether it fails or not")
    func own() async {
        await #expect(processExitsWith: .success) {
            // The thread of an exit test may have anything blocked.
            Signals.release([SIGUSR1], Start.plain)
            signal(SIGUSR1) { _ in exit(0) }
            signal(SIGUSR2, SIG_IGN)
            let status = { try File.read(Word("/proc/thread-self/status"), limit: 65536) }
            let before = Outcome(output: try status(), code: 0)
            _ = try Start.run(Start.words("true"), Start.inherited(blocked: [SIGHUP], ignored: [SIGUSR1]))
            _ = Start.failure(Command(words: Start.words("/nonexistent"), environment: []))
            let after = Outcome(output: try status(), code: 0)
            for name in ["SigBlk", "SigIgn", "SigCgt"] where before.mask(name) != after.mask(name) { exit(1) }
            // The handler is still this one.
            raise(SIGUSR1)
            exit(2)
        }
    }

    @Test("what is sent to the command alone does not reach its group")
    func alone() throws {
        let (reader, writer) = try Pipe().release()
        let output = Descriptor(owning: reader)
        let pid: Int32
        do {
            let writer = Descriptor(owning: writer)
            var command = Command(words: Start.words("sh", "-c", "sleep 600 & echo; wait"), environment: [])
            command.output = writer.number
            pid = try command.spawn(Start.plain)
        }
        defer { kill(-pid, SIGKILL) }
        var byte: UInt8 = 0
        // The kernel writes the one byte: then the other process has been started.
        let count = retryingOnInterrupt { unsafe read(output.number, &byte, 1) }
        #expect(count == 1)
        try Signals.send(SIGTERM, to: pid)
        #expect(reap(pid) == 128 + SIGTERM)
        #expect(kill(-pid, 0) == 0, "the group has a member")
        #expect(throws: Never.self, "that it has ended is no error") { try Signals.send(SIGCONT, to: pid) }
    }

    @Test("a signal that there is not is an error")
    func noSignal() throws {
        let pid = try Start.sleeper()
        defer {
            kill(pid, SIGKILL)
            _ = reap(pid)
        }
        #expect(throws: SystemError("kill", EINVAL)) { try Signals.send(99, to: pid) }
        #expect(throws: SystemError("kill", EINVAL)) { try Signals.send(99, toGroupOf: pid) }
    }

    @Test("a pause stops this process until a CONT comes")
    func pause() async {
        await #expect(processExitsWith: .success) {
            // Sees that its parent is stopped, and wakes it; gives up after 20 seconds, and wakes it too.
            let script = """
                for i in $(seq 200); do
                    case $(cut -d ')' -f 2 /proc/$PPID/stat) in ' T '*) kill -CONT $PPID; exit 7;; esac
                    sleep 0.1
                done
                kill -CONT $PPID
                """
            let pid = try Command(words: Start.words("sh", "-c", script), environment: []).spawn(Start.plain)
            Signals.pause()
            exit(reap(pid) == 7 ? 0 : 1)
        }
    }
}

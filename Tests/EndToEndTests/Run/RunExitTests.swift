import Glibc
import Testing

@Suite struct RunExitTests {
    private let run = [Programs.kapo, "--interface", "127.0.0.1", "--port", "0", "run"]

    /// The signals whose default action ends a process: those of signal(7) without CHLD, CONT, STOP, TSTP, TTIN, TTOU,
    /// URG and WINCH; and the real-time signals that glibc leaves to programs.
    static let deadlySignals: [Int32] =
        (1...31).filter { ![SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH].contains($0) }
        + Array(34...64)

    @Test("every exit code from 0 to 255 is passed on")
    func codes() throws {
        try Sandbox.run { box in
            for code in 0...255 as ClosedRange<Int32> {
                let outcome = try box.finish(run + ["sh", "-c", "exit \(code)"])
                #expect(outcome.ending == .code(code))
            }
        }
    }

    @Test("a command that signal N ended makes Kapo exit with 128 + N, for every signal that ends a process")
    func signals() throws {
        try Sandbox.run { box in
            for number in Self.deadlySignals {
                let outcome = try box.finish(run + ["sh", "-c", "ulimit -c 0; kill -\(number) $$"])
                #expect(outcome.ending == .code(128 + number))
            }
        }
    }

    @Test("the document says killed, -1 and the number, for every signal that ends a process")
    func signalsInTheDocument() throws {
        try Sandbox.run { box in
            for number in Self.deadlySignals {
                let kapo = try box.kapo(["run", "--wait", "600", "sh", "-c", "ulimit -c 0; kill -\(number) $$"])
                let entry = try kapo.entry("ended") { $0.Status != "running" }
                #expect(entry.Status == "killed")
                #expect(entry.ExitCode == -1)
                #expect(entry.Signal == number)
                #expect(try kapo.stop() == .code(128 + number), "TERM ends the wait at once")
            }
        }
    }

    @Test("the document says stopped, the code, and when")
    func codeInTheDocument() throws {
        try Sandbox.run { box in
            let before = WallTime.now
            let kapo = try box.kapo(["run", "--wait", "600", "sh", "-c", "exit 42"])
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.ExitCode == 42)
            #expect(entry.Signal == 0)
            #expect(entry.PID == 0)
            #expect(entry.Restarts == 0)
            #expect(entry.LastExitCode == nil)
            let start = try #require(WallTime.seconds(entry.StartTime))
            let end = try #require(WallTime.seconds(entry.EndTime))
            #expect(before <= start && start <= end && end <= WallTime.now)
            #expect(try kapo.stop(SIGINT) == .code(42), "INT ends the wait at once, too")
        }
    }

    @Test("without --wait the listener closes with the command; with it, that much later")
    func wait() throws {
        try Sandbox.run { box in
            let clock = ContinuousClock()
            let started = clock.now
            let kapo = try box.kapo(["run", "--wait", "1.5", "sh", "-c", "exit 3"])
            try kapo.entry("stopped") { $0.Status == "stopped" && $0.ExitCode == 3 && $0.Wait == 1_500_000_000 }
            #expect(try kapo.process.wait() == .code(3))
            #expect(clock.now - started >= .milliseconds(1500))
            let refused = try box.finish(["curl", "--silent", "--noproxy", "*", "http://127.0.0.1:\(kapo.port)/"])
            #expect(refused.ending == .code(7), "curl's code for a refused connection")
        }
    }
}

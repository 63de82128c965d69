import Glibc
import Testing

/// `--post-exit`.
@Suite struct PostExitTests {
    private static let show = "echo code $KAPO_EXIT_CODE signal $KAPO_EXIT_SIGNAL restarts $KAPO_RESTARTS"

    @Test(
        "it is told how the run ended",
        arguments: [
            ("exit 7", "code 7 signal 0", 7), ("exit 0", "code 0 signal 0", 0), ("kill -9 $$", "code -1 signal 9", 137),
        ]
            as [(String, String, Int32)])
    func variables(_ script: String, _ told: String, _ code: Int32) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(Sandbox.kapo(["run", "--post-exit", Self.show, "sh", "-c", script]))
            #expect(outcome.output == "\(told) restarts 0\n")
            #expect(outcome.ending == .code(code))
        }
    }

    @Test("under supervise it runs after each run and before the next start, and is told of the restarts")
    func eachEnd() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo([
                    "supervise", "--start-limit", "3/60", "--wait", "0", "--post-exit", "sleep 0.1; \(Self.show)", "sh",
                    "-c", "echo run; exit 7",
                ]))
            let expected = (0..<3).map { "run\ncode 7 signal 0 restarts \($0)\n" }.joined()
            #expect(outcome.output == expected)
        }
    }

    @Test("that it fails changes nothing", arguments: ["exit 3", "kill -9 $$", "nosuch"])
    func failure(hook: String) throws {
        try Sandbox.run { box in
            #expect(try box.finish(Sandbox.kapo(["run", "--post-exit", hook, "sh", "-c", "exit 4"])).code == 4)
            let kapo = try box.kapo(["supervise", "--wait", "0.05", "--post-exit", hook, "sh", "-c", "exit 4"])
            try kapo.entry("two restarts") { $0.Restarts >= 2 }
        }
    }

    @Test("while it runs, Kapo answers and shows the end; then it goes on")
    func answers() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--post-exit", "\(box.await("go")); \(box.tell("done"))", "sh", "-c", "exit 7",
            ])
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.ExitCode == 7 && entry.PID == 0)
            for _ in 0..<3 { #expect(try kapo.entry() == entry) }
            try box.allow("go")
            #expect(try kapo.process.wait() == .code(7))
            #expect(Files.exists(box.path("done")), "Kapo waits for it")
        }
    }

    @Test("it runs after a stop that was asked for, too")
    func afterStop() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--post-exit", Self.show, "sleep", "600"])
            try kapo.runningEntry()
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(kapo.process.output == "code -1 signal 15 restarts 0\n")
        }
    }

    @Test("told to stop meanwhile, Kapo lets it end and starts nothing any more")
    func stop() throws {
        try Sandbox.run { box in
            let hook = "trap 'echo heard' TERM; \(box.tell("hook")); \(box.await("go")); echo done"
            let kapo = try self.kapo(hook, in: box)
            kapo.process.signal(SIGTERM)
            // The signal is taken before the second answer is given.
            for _ in 0..<2 { #expect(try kapo.entry().Status == "stopped") }
            try box.allow("go")
            #expect(try kapo.process.wait() == .code(7))
            #expect(kapo.process.output == "run\ndone\n", "the hook heard no TERM")
        }
    }

    @Test("told to stop twice, Kapo kills the hook with its whole group")
    func stopTwice() throws {
        try Sandbox.run { box in
            let kapo = try self.kapo("trap '' TERM; sleep 600 & \(box.tell("hook")); sleep 600", in: box)
            kapo.process.signal(SIGTERM)
            for _ in 0..<2 { #expect(try kapo.entry().Status == "stopped") }
            #expect(try kapo.stop(SIGINT) == .code(7))
            #expect(kapo.process.output == "run\n")
            try eventually("the end of the whole group", that: { box.processes.isEmpty })
        }
    }

    /// Kapo with a command that has ended and this hook, which tells `hook` when it runs.
    private func kapo(_ hook: String, in box: Sandbox) throws -> Kapo {
        let kapo = try box.kapo(["supervise", "--wait", "0", "--post-exit", hook, "sh", "-c", "echo run; exit 7"])
        try box.hear("hook")
        return kapo
    }
}

import Glibc
import Testing

/// `--start-limit` and `--on-failed`.
@Suite struct StartLimitTests {
    @Test(
        "beyond the limit Kapo ends with the last code, which is never 0",
        arguments: [
            ("exit 7", [], 7), ("exit 0", [], 1), ("kill -9 $$", [], 137), ("exit 7", ["--map-exit", "7=0"], 1),
        ]
            as [(String, [String], Int32)])
    func exit(_ script: String, _ options: [String], _ code: Int32) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(
                    ["supervise", "--start-limit", "3/60", "--wait", "0.05"] + options
                        + ["sh", "-c", "echo run; \(script)"]))
            #expect(outcome.ending == .code(code))
            #expect(outcome.output == "run\nrun\nrun\n")
            #expect(outcome.errors.contains("level=error msg=\"sh was started as often as --start-limit allows\""))
        }
    }

    @Test("the window moves on: starts that are far enough apart go on for ever")
    func window() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--start-limit", "3/0.2", "--wait", "0.1", "sh", "-c", "exit 7",
            ])
            try kapo.entry("six restarts") { $0.Restarts >= 6 }
            #expect(!kapo.log.contains("--start-limit"))
        }
    }

    @Test("a run that lasted --stable-after makes earlier starts forgotten")
    func stable() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo([
                    "supervise", "--start-limit", "3/60", "--wait", "0.05", "--stable-after", "0.5", "sh", "-c",
                    StableRun.script(box),
                ]))
            #expect(outcome.ending == .code(1))
            #expect(Files.text(box.path("runs")) == String(repeating: "run\n", count: 6), "three, and three again")
        }
    }

    @Test("hold: Kapo stays and reports the failure, until a TERM ends it with the last code, which is never 0")
    func hold() throws {
        try Sandbox.run { box in
            for (code, end) in [(7, 7), (0, 1)] as [(Int32, Int32)] {
                let kapo = try box.kapo([
                    "supervise", "--start-limit", "2/60", "--wait", "0.05", "--on-failed", "hold", "sh", "-c",
                    "exit \(code)",
                ])
                let entry = try kapo.entry("failed") { $0.Status == "failed" }
                #expect(entry.PID == 0 && entry.ExitCode == code && entry.Restarts == 1 && entry.LastExitCode == code)
                #expect(WallTime.seconds(entry.EndTime) ?? 0 >= WallTime.seconds(entry.StartTime) ?? .infinity)
                #expect(kapo.log.contains("level=error msg=\"sh has failed and is not started any more\""))
                #expect(try kapo.ask("/readyz").status == 503)
                #expect(try kapo.stop() == .code(end))
            }
        }
    }

    @Test("hold: what was never started is held as well, and its code is that of run")
    func neverStarted() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--on-failed", "hold", box.path("nothing")])
            let entry = try kapo.entry("failed") { $0.Status == "failed" }
            #expect(entry.PID == 0 && entry.ExitCode == 0 && entry.Signal == 0)
            #expect(entry.StartTime == "0001-01-01T00:00:00Z" && entry.EndTime == entry.StartTime)
            #expect(try kapo.stop() == .code(127))
        }
    }

    @Test("hold: an end that is not to be followed is held if it is a failure, and not if it is a success")
    func notFollowed() throws {
        try Sandbox.run { box in
            let words = ["supervise", "--restart", "on-abnormal", "--on-failed", "hold", "sh", "-c"]
            let kapo = try box.kapo(words + ["exit 7"])
            try kapo.entry("failed") { $0.Status == "failed" && $0.ExitCode == 7 && $0.Restarts == 0 }
            #expect(try kapo.stop(SIGINT) == .code(7))
            #expect(try box.finish(Sandbox.kapo(words + ["exit 0"])).code == 0)
        }
    }
}

import Glibc
import Testing

/// `--pre-start`.
@Suite struct PreStartTests {
    @Test("it runs before each start, as the command would")
    func eachStart() throws {
        try Sandbox.run { box in
            let words = [
                "supervise", "--start-limit", "2/60", "--wait", "0.05", "--pre-start", "echo before $MARK in $PWD",
                "sh",
                "-c", "echo run; exit 7",
            ]
            let outcome = try box.finish(
                ["env", "--chdir=/"] + Sandbox.kapo(words), environment: ["MARK": "x"])
            #expect(outcome.output == "before x in /\nrun\nbefore x in /\nrun\n")
            #expect(outcome.ending == .code(7))
        }
    }

    @Test("while it runs, Kapo answers and says that it is starting", arguments: ["run", "supervise"])
    func answers(mode: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([mode, "--pre-start", box.await("go"), "sleep", "600"])
            for _ in 0..<3 {
                let entry = try kapo.entry()
                #expect(entry.Status == "starting" && entry.PID == 0)
                #expect(entry.StartTime == "0001-01-01T00:00:00Z")
            }
            #expect(try kapo.ask("/readyz").status == 503)
            try box.allow("go")
            #expect(try kapo.runningEntry().PID != 0)
        }
    }

    @Test(
        "if it fails, the command is not started, and run ends with 125", arguments: ["exit 3", "kill -9 $$", "nosuch"])
    func failureUnderRun(hook: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(["run", "--pre-start", hook, "touch", box.path("started")]))
            #expect(outcome.ending == .code(125))
            #expect(outcome.errors.contains("level=error msg=\"touch is not started: --pre-start failed\""))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("if it fails under supervise, the start is tried again until it succeeds, and meanwhile it is waiting")
    func failureUnderSupervise() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.05", "--pre-start", "[ -e \(box.path("go")) ]", "sleep", "600",
            ])
            let first = try kapo.entry("waiting") { $0.Status == "waiting" }
            #expect(first.PID == 0 && first.StartTime == "0001-01-01T00:00:00Z" && first.Restarts == 0)
            #expect(kapo.log.contains("starting sleep again in 1 s"), "no sooner than that")
            try box.allow("go")
            #expect(try kapo.runningEntry().Restarts == 0, "it is the first start that succeeds")
        }
    }

    @Test("a failure before a later start shows the end of the last run, and counts as a start for --start-limit")
    func laterFailure() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.05", "--start-limit", "2/60", "--on-failed", "hold", "--pre-start",
                "mkdir \(box.path("once"))", "sh", "-c", "exit 7",
            ])
            let entry = try kapo.entry("failed") { $0.Status == "failed" }
            #expect(entry.ExitCode == 7 && entry.Restarts == 0 && entry.LastExitCode == nil)
            #expect(try kapo.stop() == .code(125))
        }
    }

    @Test("told to stop, Kapo stops the hook with its whole group, and starts nothing")
    func stop() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--pre-start", "sleep 600 & \(box.tell("hook")); wait", "touch", box.path("started"),
            ])
            try box.hear("hook")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("a hook that ignores the TERM ends with the second one")
    func deafHook() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--pre-start", "trap 'echo heard' TERM; \(box.tell("hook")); while :; do sleep 0.05; done",
                "touch",
                box.path("started"),
            ])
            try box.hear("hook")
            kapo.process.signal(SIGTERM)
            try kapo.process.waitForOutput(containing: "heard")
            #expect(try kapo.entry().Status == "stopping")
            #expect(try kapo.stop(SIGINT) == .code(128 + SIGTERM), "the code is that of the first signal")
            #expect(!Files.exists(box.path("started")))
        }
    }
}

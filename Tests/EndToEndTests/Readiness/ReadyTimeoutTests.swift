import Glibc
import Testing

/// `--ready-timeout`.
@Suite struct ReadyTimeoutTests {
    @Test("a run that is not ready in time has failed, whatever its code: it is followed by a start, and counted")
    func failure() throws {
        try Sandbox.run { box in
            for when in ["on-failure", "on-abnormal"] {
                let outcome = try box.finish(
                    Sandbox.kapo([
                        "supervise", "--ready", "notify", "--ready-timeout", "0.3", "--restart", when, "--wait",
                        "0.05", "--start-limit", "2/60", "sh", "-c",
                        "trap 'exit 0' TERM; echo run; while :; do sleep 0.02; done",
                    ]))
                #expect(outcome.ending == .code(1), "never 0")
                #expect(outcome.output == "run\nrun\n")
                #expect(outcome.errors.ranges(of: "sh is not ready in time, stopping it").count == 2)
            }
        }
    }

    @Test("one that ignores the TERM is killed after --kill-after; meanwhile it is stopping")
    func killed() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--ready", "fd:3", "--ready-timeout", "0.2", "--kill-after", "0.6", "sh", "-c",
                "trap '' TERM; while :; do sleep 0.02; done",
            ])
            try kapo.entry("stopping") { $0.Status == "stopping" && $0.PID != 0 }
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
        }
    }

    @Test("a run that is stopped has its time anew when it goes on")
    func paused() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--ready", "fd:3", "--ready-timeout", "0.8", "sh", "-c",
                "\(box.await("go")); echo >&3; exec sleep 600",
            ])
            let starting = try kapo.startingEntry()
            kill(starting.PID, SIGSTOP)
            pause(.seconds(1))
            #expect(!kapo.log.contains("not ready in time"))
            try box.allow("go")
            kill(starting.PID, SIGCONT)
            #expect(try kapo.runningEntry().PID == starting.PID)
        }
    }

    @Test("a ready run is not held to it any more")
    func readyInTime() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--ready", "fd:3", "--ready-timeout", "0.5", "sh", "-c", "echo >&3; exec sleep 600",
            ])
            let running = try kapo.runningEntry()
            pause(.milliseconds(700))
            #expect(try kapo.entry() == running)
        }
    }
}

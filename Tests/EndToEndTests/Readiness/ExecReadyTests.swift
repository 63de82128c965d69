import Glibc
import Testing

/// `--ready exec:COMMAND`.
@Suite struct ExecReadyTests {
    @Test("it is ready when the command succeeds, which runs again and again until then, as the command would")
    func succeeds() throws {
        try Sandbox.run { box in
            let check = "echo try >> \(box.path("tries")); [ \"$MARK:$PWD\" = x:/ ] && [ -e \(box.path("go")) ]"
            let words = ["run", "--ready", "exec:\(check)", "sleep", "600"]
            let kapo = try box.kapo(
                box.start(["env", "--chdir=/"] + Sandbox.kapo(words), environment: ["MARK": "x"]))
            try eventually("three tries", that: { Files.text(box.path("tries")).split(separator: "\n").count >= 3 })
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            try kapo.runningEntry()
            let tries = Files.text(box.path("tries"))
            pause(.milliseconds(300))
            #expect(Files.text(box.path("tries")) == tries, "once it is ready it is not asked again")
        }
    }

    @Test("a check that hangs ends with the run, together with what it started")
    func hangs() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "600", "--ready", "exec:sleep 600 & sleep 600", "--ready-timeout", "0.5",
                "sleep", "600",
            ])
            try kapo.entry("the end of the run") { $0.Status == "killed" }
            try eventually("the end of the check", that: { box.processes == [kapo.pid] })
        }
    }

    @Test("a check that a signal ends has not succeeded")
    func killed() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(["run", "--ready", "exec:kill -9 $$", "--ready-timeout", "0.4", "sleep", "600"]))
            #expect(outcome.ending == .code(128 + SIGTERM))
            #expect(!outcome.errors.contains("is ready"))
        }
    }
}

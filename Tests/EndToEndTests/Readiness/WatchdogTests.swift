import Glibc
import Testing

/// `--watchdog`.
@Suite struct WatchdogTests {
    /// A program that says READY once it is allowed to, and then gives signs of life until there is a file `hang`.
    private static let script = """
        import os, socket, sys, time
        there = lambda name: os.path.exists(sys.argv[1] + "/" + name)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.connect("\\0" + os.environ["NOTIFY_SOCKET"][1:])
        if there("hang"):
            os.remove(sys.argv[1] + "/hang")
        while not there("go"):
            time.sleep(0.02)
        s.send(b"READY=1")
        while not there("hang"):
            s.send(b"WATCHDOG=1")
            time.sleep(0.05)
        time.sleep(600)
        """

    @Test("signs of life are due once it is ready; a run that gives none is stopped with ABRT, as one that failed")
    func hang() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--ready", "notify", "--watchdog", "0.8", "--restart", "on-abnormal", "--wait", "0.05",
                "python3", "-c", Self.script, box.directory,
            ])
            try kapo.startingEntry()
            // Nothing happens in the meantime, and nothing with signs of life.
            pause(.seconds(1))
            try box.allow("go")
            let first = try kapo.runningEntry()
            pause(.seconds(1))
            #expect(try kapo.entry() == first)
            #expect(!kapo.log.contains("no sign of life"))
            try box.allow("hang")
            let second = try kapo.entry("a new run") { $0.Status == "running" && $0.Restarts == 1 }
            #expect(second.LastSignal == SIGABRT)
            #expect(
                kapo.log.contains("level=error msg=\"python3 gives no sign of life, stopping it\" pid=\(first.PID)"))
        }
    }

    @Test("under run the code is that of the ABRT, or of the KILL that follows it after --kill-after")
    func run() throws {
        try Sandbox.run { box in
            let silent = try box.finish(Sandbox.kapo(["run", "--watchdog", "0.2", "sleep", "600"]))
            #expect(silent.ending == .code(128 + SIGABRT))
            let deaf = try box.finish(
                Sandbox.kapo([
                    "run", "--watchdog", "0.2", "--kill-after", "0.2", "sh", "-c",
                    "trap '' ABRT; while :; do sleep 0.05; done",
                ]))
            #expect(deaf.ending == .code(128 + SIGKILL))
            #expect(deaf.errors.contains("killing sh and its process group"))
        }
    }

    @Test("a run that is stopped is not expected to give signs of life until it goes on")
    func paused() throws {
        try Sandbox.run { box in
            try box.allow("go")
            let kapo = try box.kapo([
                "supervise", "--ready", "notify", "--watchdog", "0.5", "python3", "-c", Self.script, box.directory,
            ])
            let running = try kapo.runningEntry()
            kill(running.PID, SIGSTOP)
            pause(.seconds(1))
            #expect(!kapo.log.contains("no sign of life"))
            kill(running.PID, SIGCONT)
            pause(.milliseconds(700))
            #expect(try kapo.entry() == running)
        }
    }
}

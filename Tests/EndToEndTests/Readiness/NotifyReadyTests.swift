import Glibc
import Testing

/// `--ready notify`.
@Suite struct NotifyReadyTests {
    @Test(
        "systemd-notify --ready makes it ready, and does not wait in vain for its BARRIER",
        arguments: ["run", "supervise"])
    func systemdNotify(mode: String) throws {
        try Sandbox.run { box in
            let script = """
                \(box.await("go")); systemd-notify --status=warm && systemd-notify --ready --pid=$$ && \
                \(box.tell("told")); exec sleep 600
                """
            let kapo = try box.kapo([mode, "--ready", "notify", "sh", "-c", script])
            let starting = try kapo.startingEntry()
            #expect(ProcessTable.isAlive(starting.PID))
            #expect(starting.StartTime != "0001-01-01T00:00:00Z" && starting.EndTime == "0001-01-01T00:00:00Z")
            #expect(try kapo.ask("/readyz").status == 503)
            #expect(try kapo.ask("/livez").status == 200)
            try box.allow("go")
            let running = try kapo.runningEntry()
            #expect(running.PID == starting.PID && running.StartTime == starting.StartTime)
            #expect(try kapo.ask("/readyz").status == 200)
            #expect(kapo.log.contains("msg=\"sh is ready\" pid=\(running.PID)"))
            // systemd-notify gives up on a barrier that nobody lifts after 5 s, and fails then.
            try box.hear("told")
        }
    }

    @Test("READY=1 counts as a line of its own, beside others, and as nothing else")
    func lines() throws {
        try Sandbox.run { box in
            let script = """
                import os, socket, sys, time
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                address = os.environ["NOTIFY_SOCKET"]
                assert address[0] == "@", address
                s.connect("\\0" + address[1:])
                for text in ["", "\\n", "READY=0", "READY=11", " READY=1", "XREADY=1", "STATUS=READY=1", "READY=1 ",
                             "MAINPID=1\\nWATCHDOG=1", "X" * 4089 + "\\nREADY=1"]:
                    s.send(text.encode())
                s.send(bytes(range(256)))
                open(sys.argv[1] + "/told", "w")
                while not os.path.exists(sys.argv[1] + "/go"):
                    time.sleep(0.02)
                s.send(b"STATUS=warm\\nREADY=1\\nMAINPID=1\\n")
                time.sleep(600)
                """
            let kapo = try box.kapo(["run", "--ready", "notify", "python3", "-c", script, box.directory])
            try box.hear("told")
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            try kapo.runningEntry()
        }
    }

    @Test("what another user says is not heard", .enabled(if: getuid() == 0, "only root can be somebody else"))
    func otherUser() throws {
        try Sandbox.run { box in
            let say = "systemd-notify --no-block --ready"
            let script = """
                setpriv --reuid 65534 --regid 65534 --clear-groups \(say); echo "other: $?"; \(box.tell("told"))
                \(box.await("go")); \(say); exec sleep 600
                """
            let kapo = try box.kapo(["run", "--ready", "notify", "sh", "-c", script])
            try box.hear("told")
            #expect(kapo.process.output == "other: 0\n", "it was sent")
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            try kapo.runningEntry()
        }
    }

    @Test("READY of an old run does not count for the new one, which has a socket of its own")
    func oldRun() throws {
        try Sandbox.run { box in
            let script = """
                if [ ! -e \(box.path("old")) ]; then
                    echo $NOTIFY_SOCKET > \(box.path("old")); systemd-notify --ready; exit 1
                fi
                NOTIFY_SOCKET=$(cat \(box.path("old"))) systemd-notify --ready; echo "old: $?"; \(box.tell("told"))
                \(box.await("go")); systemd-notify --ready; exec sleep 600
                """
            let kapo = try box.kapo(["supervise", "--wait", "0.05", "--ready", "notify", "sh", "-c", script])
            try box.hear("told")
            #expect(kapo.process.output == "old: 1\n")
            let starting = try kapo.entry()
            #expect(starting.Status == "starting" && starting.Restarts == 1 && starting.LastExitCode == 1)
            #expect(kapo.log.ranges(of: "sh is ready").count == 1, "the first run was")
            try box.allow("go")
            #expect(try kapo.runningEntry().Restarts == 1)
        }
    }

    @Test("a run is told a socket and no more, and without --ready notify not even that")
    func environment() throws {
        try Sandbox.run { box in
            let variables = ["WATCHDOG_PID": "1", "WATCHDOG_USEC": "1", "NOTIFY_SOCKET": "/nowhere"]
            let words = ["sh", "-c", "env | grep -E '^(NOTIFY|WATCHDOG)' | sort; systemd-notify --ready; true"]
            for (options, pattern) in [
                (["--ready", "notify"], /NOTIFY_SOCKET=@kapo\S+\n/),
                (["--watchdog", "2.5"], /NOTIFY_SOCKET=@kapo\S+\nWATCHDOG_USEC=2500000\n/), ([], /(?:)/),
            ] as [([String], Regex<Substring>)] {
                let outcome = try box.finish(Sandbox.kapo(["run"] + options + words), environment: variables)
                #expect(outcome.code == 0, "\(outcome.errors)")
                #expect(try pattern.wholeMatch(in: outcome.output) != nil, "\(outcome.output)")
            }
        }
    }
}

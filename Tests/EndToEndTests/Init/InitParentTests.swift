import Glibc
import Testing

/// The end of Kapo's parent, and of Kapo: --parent-death-signal and --orphan-ok.
@Suite struct InitParentTests {
    /// Starts Kapo below a shell, which stays; the shell, Kapo and its command.
    private func start(
        _ box: Sandbox, _ words: [String], environment: [String: String?] = [:]
    ) throws -> (parent: Running, kapo: pid_t, command: pid_t) {
        let script = [#""$@" & wait"#, "sh"] + Sandbox.kapo(words)
        let parent = try box.start(["sh", "-c"] + script, environment: environment)
        try parent.waitForOutput(containing: "ready")
        let kapo = try #require(ProcessTable.children(of: parent.pid).first)
        return (parent, kapo, try #require(ProcessTable.children(of: kapo).first))
    }

    private func python(_ box: Sandbox, _ script: String) -> [String] {
        ["python3", "-c", Leftovers.prelude + script, box.directory]
    }

    @Test(
        "--parent-death-signal comes to Kapo when its parent ends: TERM ends all, and the command cleans up",
        arguments: [(["--parent-death-signal", "TERM"], nil), ([], "SIGTERM")] as [([String], String?)],
        ["run", "supervise"])
    func term(how: (options: [String], variable: String?), mode: String) throws {
        try Sandbox.run { box in
            try box.go()
            let (parent, _, _) = try start(
                box, [mode] + how.options + python(box, "tidy('clean')(lambda: note('ready'))"),
                environment: ["KAPO_PARENT_DEATH_SIGNAL": how.variable])
            parent.signal(SIGKILL)
            try eventually("the end of all", that: { box.processes.isEmpty })
            #expect(Files.exists(box.path("clean")))
        }
    }

    @Test("another signal is passed on as any that comes, and KILL ends Kapo and with it the command")
    func others() throws {
        try Sandbox.run { box in
            let script = """
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
                note("ready")
                signal.sigwait([signal.SIGUSR2])
                note("heard")
                os._exit(0)
                """
            let (parent, _, _) = try start(box, ["run", "--parent-death-signal", "USR2"] + python(box, script))
            parent.signal(SIGKILL)
            try parent.waitForOutput(containing: "heard")
            try eventually("the end of all", that: { box.processes.isEmpty })

            let stubborn = python(box, "stubborn(lambda: note('ready'))")
            let second = try start(box, ["run", "--parent-death-signal", "KILL"] + stubborn)
            second.parent.signal(SIGKILL)
            try eventually("the end of all", that: { box.processes.isEmpty })
        }
    }

    @Test("without it Kapo and its command outlive the parent")
    func none() throws {
        try Sandbox.run { box in
            let (parent, kapo, command) = try start(box, ["run"] + python(box, "note('ready'); signal.pause()"))
            parent.signal(SIGKILL)
            _ = try parent.wait()
            pause(.milliseconds(200))
            #expect(Set(box.processes) == [kapo, command])
            Glibc.kill(kapo, SIGTERM)
            try eventually("the end of all", that: { box.processes.isEmpty })
        }
    }

    @Test(
        "a Kapo that is killed takes its command along, also one with a session of its own",
        arguments: [["run"], ["run", "--setsid"], ["supervise", "--setsid"], ["run", "--no-orphan-ok"]])
    func killed(mode: [String]) throws {
        try Sandbox.run { box in
            let (_, kapo, command) = try start(box, mode + python(box, "stubborn(lambda: note('ready'))"))
            Glibc.kill(kapo, SIGKILL)
            // On its way out a process has no environment to be known by before it is a zombie.
            try eventually(
                "the end of all", within: .seconds(5),
                that: { box.processes.isEmpty && !ProcessTable.isAlive(command) })
        }
    }

    @Test(
        "with --orphan-ok, or KAPO_ORPHAN_OK=1, the command stays, and is not disturbed",
        arguments: [(["--orphan-ok"], nil), (["--orphan-ok", "--setsid"], nil), ([], "1")] as [([String], String?)])
    func orphanOk(options: [String], variable: String?) throws {
        try Sandbox.run { box in
            let script = """
                for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
                    signal.signal(number, lambda number, _: note("disturbed by %d" % number))
                note("ready")
                while True:
                    signal.pause()
                """
            let (parent, kapo, command) = try start(
                box, ["run"] + options + python(box, script), environment: ["KAPO_ORPHAN_OK": variable])
            Glibc.kill(kapo, SIGKILL)
            _ = try parent.wait()
            pause(.milliseconds(200))
            #expect(box.processes == [command])
            #expect(!parent.output.contains("disturbed"), "\(parent.output)")
            Glibc.kill(command, SIGKILL)
        }
    }
}

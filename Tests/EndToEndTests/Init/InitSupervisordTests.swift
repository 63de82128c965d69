import Glibc
import Testing

/// supervisord beside `kapo supervise`: what the table of docs/init.md says of it.
@Suite struct InitSupervisordTests {
    /// Says things in a file: what a command writes to standard output, supervisord keeps.
    private static let note = """
        def note(text):
            with open(box + "/notes", "a") as notes:
                notes.write(text + "\\n")


        """

    /// What the command has said.
    private func notes(_ box: Sandbox) -> String { Files.text(box.path("notes")) }

    private func wait(_ box: Sandbox, for text: String) throws {
        try eventually("'\(text)', but: \(notes(box))", that: { notes(box).contains(text) })
    }

    /// supervisord with one program, at that place; its pid, seen from here.
    private func start(
        _ box: Sandbox, _ command: String, _ settings: [String] = [], at place: Place = .ordinary
    ) throws -> (running: Running, pid: pid_t) {
        let lines =
            [
                "[supervisord]", "nodaemon=true", "user=\(getuid() == 0 ? "root" : "%(ENV_USER)s")",
                "logfile=/dev/null", "logfile_maxbytes=0", "pidfile=\(box.path("pid"))", "[program:command]",
                "command=python3 -c 'exec(open(\"\(box.path("script"))\").read())' \(box.directory)",
                "startsecs=0",
            ] + settings
        try Files.write(box.path("script"), (Leftovers.prelude + Self.note + command).utf8)
        try Files.write(box.path("conf"), (lines.joined(separator: "\n") + "\n").utf8)
        let running = try box.start(place.words + ["supervisord", "-c", box.path("conf")])
        return (running, try box.pid(of: running, at: place))
    }

    @Test("as process 1 it reaps orphans; anywhere else they do not come to it")
    func orphans() throws {
        let script = """
            for turn in range(20):
                orphan(lambda ready: ready())
            note("orphan %d." % orphan(stubborn, session=True))
            signal.pause()
            """
        for place in Place.allCases {
            try Sandbox.run { box in
                let (running, pid) = try start(box, script, at: place)
                try wait(box, for: ".\n")
                try eventually(
                    "no zombies", that: { ProcessTable.children(of: pid).allSatisfy { ProcessTable.isAlive($0) } })
                #expect(ProcessTable.children(of: pid).count == (place == .pidOne ? 2 : 1))
                Glibc.kill(pid, SIGTERM)
                _ = try running.wait()
                for pid in box.processes { Glibc.kill(pid, SIGKILL) }
            }
        }
    }

    @Test("it starts a command again, leaves what that left behind, and ends with a code of its own")
    func restarts() throws {
        try Sandbox.run { box in
            let (running, pid) = try start(
                box, "note('run, left %d.' % orphan(stubborn)); os._exit(3)", ["autorestart=true"])
            try eventually("three runs", that: { notes(box).split(separator: ".").count > 3 })
            Glibc.kill(pid, SIGTERM)
            #expect(try running.wait() == .code(0))
            #expect(box.processes.count >= 2)
            for pid in box.processes { Glibc.kill(pid, SIGKILL) }
        }
    }

    @Test("it stops with a signal that can be chosen, and kills after a time; other signals are not passed on")
    func stop() throws {
        try Sandbox.run { box in
            let script = """
                for number in signal.SIGHUP, signal.SIGUSR2, signal.SIGQUIT:
                    signal.signal(number, lambda number, _: note("heard %d." % number))
                note("ready.")
                while True:
                    signal.pause()
                """
            let (running, pid) = try start(box, script, ["stopsignal=QUIT", "stopwaitsecs=1"])
            try wait(box, for: "ready.")
            Glibc.kill(pid, SIGUSR2)
            pause(.milliseconds(200))
            Glibc.kill(pid, SIGTERM)
            #expect(try running.wait() == .code(0))
            #expect(notes(box).contains("heard \(SIGQUIT)."))
            #expect(!notes(box).contains("heard \(SIGUSR2)."))
            #expect(box.processes.isEmpty)
        }
    }

    @Test("one that is killed leaves its command running")
    func killed() throws {
        try Sandbox.run { box in
            let (running, pid) = try start(box, "note('ready.'); signal.pause()")
            try wait(box, for: "ready.")
            let command = try #require(ProcessTable.children(of: pid).first)
            Glibc.kill(pid, SIGKILL)
            _ = try running.wait()
            pause(.milliseconds(200))
            #expect(ProcessTable.isAlive(command))
            Glibc.kill(command, SIGKILL)
        }
    }
}

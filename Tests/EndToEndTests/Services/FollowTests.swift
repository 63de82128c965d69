import Glibc
import Testing

/// `pid.follow`: commands that end, and leave a process that goes on in their place.
@Suite struct FollowTests {
    /// A server in the way of unicorn: the first process ends when the master runs; USR2 has a new master forked, which
    /// takes over the pid file, and QUIT ends one. Each master writes a line to the log: when it starts, and when it
    /// got which signal.
    private static let unicorn = """
        import os, signal, sys, time
        pidfile, log = sys.argv[1:3]

        def note(text):
            descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(descriptor, f"{text} {os.getpid()}\\n".encode())
            os.close(descriptor)

        def take_over():
            with open(pidfile + ".new", "w") as file:
                file.write(f"{os.getpid()}\\n")
            os.rename(pidfile + ".new", pidfile)

        def be_master():
            take_over()
            note("master")
            pending = []
            for name in ("USR2", "QUIT", "TERM", "HUP"):
                signal.signal(getattr(signal, "SIG" + name), lambda number, frame: pending.append(number))
            with open("ready", "w"):
                pass
            while True:
                while pending:
                    number = pending.pop(0)
                    note(signal.Signals(number).name)
                    if number == signal.SIGUSR2 and os.fork() == 0:
                        return
                    if number in (signal.SIGQUIT, signal.SIGTERM):
                        os._exit(0)
                time.sleep(0.02)

        note("first")
        if os.fork() > 0:
            # Not before the master has written its file: so do all who daemonize well.
            while not os.path.exists("ready"):
                time.sleep(0.01)
            os._exit(0)
        os.setsid()
        if os.fork() > 0:
            os._exit(0)
        while True:
            be_master()
        """

    /// Writes the file of a service that daemonizes, in a directory of its own.
    private func write(_ box: Sandbox, _ name: String) throws -> String {
        let program = try box.write("unicorn.py", Self.unicorn)
        _ = unsafe mkdir(box.path("app"), 0o755)
        let pidfile = box.path("app/unicorn.pid")
        return try box.write(
            name,
            """
            cmd: [sh, -c, 'rm -f ready; exec python3 \(program) \(pidfile) \(box.path("app/log"))']
            cwd: \(box.path("app"))
            pid: {follow: \(pidfile), child: \(box.path("child.pid"))}
            """)
    }

    private func start(_ box: Sandbox) throws -> (control: Control, log: String, kapo: Running) {
        _ = unsafe mkdir(box.services, 0o755)
        _ = try write(box, "services/unicorn.yml")
        let kapo = try box.startDirectory()
        return (box.control("unicorn"), box.path("app/log"), kapo)
    }

    private func followed(_ control: Control) throws -> Control.Status {
        try control.status("following") { $0.fpid && $0.up != nil }
    }

    /// The process that the application has as its master.
    private func master(_ box: Sandbox) -> pid_t? {
        pid_t(Files.text(box.path("app/unicorn.pid")).filter(\.isNumber))
    }

    @Test("the master is supervised in place of the process that was started, and no second one is")
    func takesOver() throws {
        try Sandbox.run { box in
            let (control, log, _) = try start(box)
            let status = try followed(control)
            #expect(status.pid == master(box) && status.count == 1)
            #expect(box.processes("unicorn.py") == [status.pid])
            #expect(try control.order("h") == "")
            try eventually("HUP") { Files.text(log).contains("SIGHUP \(status.pid)\n") }
            #expect(Files.text(log).split(separator: "\n").filter { $0.hasPrefix("first") }.count == 1)
        }
    }

    @Test("USR2 and QUIT hand over to a new master, at no time are there none or three")
    func handover() throws {
        try Sandbox.run { box in
            let (control, log, _) = try start(box)
            var old = try followed(control).pid
            for _ in 0..<3 {
                #expect(try control.order("usr2") == "")
                let new = try eventually("a new master") { master(box).flatMap { $0 == old ? nil : $0 } }
                // The old one is what is supervised, as long as it lives.
                let during = try control.status()
                #expect(during.pid == old && during.fpid && during.count == 1)
                #expect(Set(box.processes("unicorn.py")) == [old, new])
                #expect(try control.order("q") == "")
                let after = try control.status("the new one") { $0.pid == new }
                #expect(after.up != nil && after.fpid && after.count == 1)
                #expect(box.processes("unicorn.py") == [new])
                old = new
            }
            let lines = Files.text(log).split(separator: "\n")
            #expect(lines.filter { $0.hasPrefix("first") }.count == 1, "\(lines)")
            #expect(lines.filter { $0.hasPrefix("master") }.count == 4, "\(lines)")
        }
    }

    @Test("when the master dies the command is started again, and followed again")
    func dies() throws {
        try Sandbox.run { box in
            let (control, log, _) = try start(box)
            let first = try followed(control).pid
            kill(first, SIGKILL)
            let second = try control.status("a new one") { $0.fpid && $0.up != nil && $0.pid != first }
            #expect(second.count == 2 && second.pid == master(box))
            #expect(box.processes("unicorn.py") == [second.pid])
            #expect(Files.text(log).split(separator: "\n").filter { $0.hasPrefix("first") }.count == 2)
        }
    }

    @Test("k kills only the process that is followed")
    func killsOne() throws {
        try Sandbox.run { box in
            let (control, _, _) = try start(box)
            let old = try followed(control).pid
            try control.order("2")
            let new = try eventually("a new master") { master(box).flatMap { $0 == old ? nil : $0 } }
            #expect(try control.order("k") == "")
            // The new master is in the same group and session; it lives, and is supervised from now on.
            #expect(try control.status("the new one") { $0.pid == new }.fpid)
            #expect(ProcessTable.isAlive(new) && !ProcessTable.isAlive(old))
            #expect(ProcessTable.group(new) != new)
        }
    }

    @Test("d in the middle of a handover ends both masters")
    func downDuringHandover() throws {
        try Sandbox.run { box in
            let (control, _, _) = try start(box)
            let old = try followed(control).pid
            try control.order("2")
            let new = try eventually("a new master") { master(box).flatMap { $0 == old ? nil : $0 } }
            #expect(try control.order("d") == "")
            try control.status("down") { $0.down != nil }
            #expect(!ProcessTable.isAlive(old) && !ProcessTable.isAlive(new))
        }
    }

    @Test("supervise --config follows as well: the document has the master")
    func document() throws {
        try Sandbox.run { box in
            let kapo = try box.superviseFile(try write(box, "run.yml"))
            let first = try kapo.entry("the master") { $0.PID != 0 && $0.PID == master(box) }
            #expect(first.Restarts == 0 && first.Status == "running")
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("another") { $0.PID != 0 && $0.PID == master(box) && $0.PID != first.PID }
            #expect(second.Restarts == 1 && box.processes("unicorn.py") == [second.PID])
            try kapo.stop()
            #expect(box.processes("unicorn.py").isEmpty)
        }
    }

    @Test("a pid file that names Kapo itself is not followed")
    func notItself() throws {
        try Sandbox.run { box in
            let pidfile = box.path("pid")
            try box.writeService("web", "cmd: sleep 0.1\npid: {follow: \(pidfile), parent: \(pidfile)}")
            let kapo = try box.startDirectory()
            let status = try box.control("web").status("started again") { $0.count >= 2 }
            #expect(Files.text(pidfile) == "\(kapo.pid)\n" && !status.fpid)
        }
    }

    @Test("d ends the master; so does TERM to Kapo")
    func ends() throws {
        try Sandbox.run { box in
            let (control, log, kapo) = try start(box)
            let first = try followed(control).pid
            #expect(try control.order("d") == "")
            try control.status("down") { $0.down != nil }
            #expect(Files.text(log).contains("SIGTERM \(first)\n") && !ProcessTable.isAlive(first))
            #expect(try control.order("u") == "")
            let second = try followed(control).pid
            kapo.signal(SIGTERM)
            try kapo.wait()
            #expect(!ProcessTable.isAlive(second))
        }
    }

    @Test("a Kapo that starts after a kill -9 finds the master, and still follows it")
    func survives() throws {
        try Sandbox.run { box in
            let (control, log, kapo) = try start(box)
            let old = try followed(control).pid
            kapo.signal(SIGKILL)
            try kapo.wait()
            _ = try box.startDirectory()
            let found = try control.status("found") { $0.pid == old && $0.up != nil }
            #expect(found.fpid && found.count == 1)
            #expect(box.processes("unicorn.py") == [old])
            try control.order("2")
            let new = try eventually("a new master") { master(box).flatMap { $0 == old ? nil : $0 } }
            try control.order("q")
            #expect(try control.status("the new one") { $0.pid == new }.fpid)
            kill(new, SIGKILL)
            let again = try control.status("started again") { $0.fpid && $0.up != nil && $0.pid != new }
            #expect(box.processes("unicorn.py") == [again.pid])
            #expect(Files.text(log).split(separator: "\n").filter { $0.hasPrefix("first") }.count == 2)
        }
    }
}

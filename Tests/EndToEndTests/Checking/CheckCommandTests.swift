import Glibc
import Testing

/// `--check exec:`, and the commands that run because of a check.
@Suite struct CheckCommandTests {
    @Test("a check that hangs for ever is killed with all that it started, and none is begun beside another")
    func hangs() throws {
        try Sandbox.run { box in
            let script = "echo $$ >>\(box.path("pids")); sleep 600 & sleep 600"
            let kapo = try box.kapo(
                ["run", "--check", "exec:\(script)", "--check-interval", "0.1", "--check-timeout", "0.3"]
                    + ["sleep", "600"])
            try kapo.check("three of them") { $0.Failed >= 3 }
            #expect(try kapo.checks[0].LastMessage == "no end within 0.3 s")
            // Kapo, its command, and those of one check at most: the shell and two sleeps.
            for _ in 0..<20 {
                #expect(box.processes.count <= 5)
                pause(.milliseconds(20))
            }
            try kapo.stop()
            #expect(box.processes.isEmpty)
        }
    }

    @Test("a check runs where and as the command does, reads nothing, and its first line is told")
    func surroundings() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run", "--chdir", box.directory, "--check", "exec:cat; echo; echo \"$PWD $MARK\"; echo more"]
                    + Sandbox.often + ["sleep", "600"], environment: ["MARK": "x"])
            let check = try kapo.check(verdict: "passing")
            #expect(check.LastMessage == "\(box.directory) x")
            #expect(check.LastOutput == "\n\(box.directory) x\nmore\n")
        }
    }

    @Test("one that writes without end is killed in time, and 4096 bytes of it are kept at most")
    func floods() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run", "--check", "exec:yes"] + Sandbox.often + ["sleep", "600"])
            let check = try kapo.check(verdict: "failing")
            #expect(check.LastMessage == "no end within 2 s: y")
            #expect(check.LastOutput == String(repeating: "y\n", count: 2048))
        }
    }

    @Test(
        "a check that Kapo cannot make for want of descriptors is no failure",
        arguments: ["exec:true", "tcp:localhost:1", "http://nobody.invalid/", "mysql:a@127.0.0.1:1"])
    func shortage(_ check: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--check", check, "--check-grace", "600"] + Sandbox.often + ["sleep", "600"])
            try kapo.check("a result") { $0.LastResult != nil }
            try eventually("no connection", that: { ProcessTable.sockets(kapo.pid) == 1 })
            func limit(_ number: Int) throws {
                _ = try box.finish(["prlimit", "--pid", "\(kapo.pid)", "--nofile=\(number):4096"])
            }
            try limit(3)
            let line = "check \(check) is not made, and says nothing of sleep: "
            try eventually("a line in the log", that: { kapo.log.contains(line) })
            try limit(4096)
            let before = try kapo.checks[0]
            try kapo.check("further checks") { $0.Passed + $0.Failed >= before.Passed + before.Failed + 2 }
            #expect(try kapo.entry().Restarts == 0)
        }
    }

    @Test("a notice goes on when Kapo has ended with the command")
    func outlives() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--restart", "never", "--check", "exec:false"] + Sandbox.often
                    + ["--notify-exec", "sleep 0.5; echo; echo; cat >>\(box.path("events"))", "sleep", "600"])
            _ = try kapo.process.wait()
            try eventually("the event", that: { try box.events(in: "events").map(\.Event) == ["restarting"] })
        }
    }

    @Test("a mail that is delivered in the background is, although the command is restarted, with all that it left")
    func background() throws {
        try Sandbox.run { box in
            let deliver = "cat >\(box.path("mail")); (sleep 0.6; touch \(box.path("delivered"))) &"
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", "exec:[ ! -e \(box.path("bad")) ]", "--sendmail", deliver]
                    + ["--notify-mail", "root"] + Sandbox.often
                    + ["sh", "-c", "trap 'sleep 0.2; exit' TERM; sleep 600 & wait"])
            try kapo.check(verdict: "passing")
            try box.allow("bad")
            try box.hear("delivered")
            #expect(try kapo.entry().Restarts >= 1)
        }
    }

    @Test("a check that was under way while Kapo itself stood still says nothing of the command")
    func standstill() throws {
        try Sandbox.run { box in
            let check = "touch \(box.path("begun")); \(box.await("go"))"
            let kapo = try box.kapo(
                ["supervise", "--check", "exec:\(check)", "--check-interval", "0.2", "--check-timeout", "5"]
                    + ["sleep", "600"])
            try box.hear("begun")
            kapo.process.signal(SIGSTOP)
            pause(.milliseconds(6500))
            kapo.process.signal(SIGCONT)
            try eventually("the reason", that: { kapo.log.contains("Kapo itself stood still meanwhile") })
            try box.allow("go")
            try kapo.check(verdict: "passing")
            #expect(try kapo.entry().Restarts == 0 && kapo.checks[0].Failed == 0)
        }
    }

    @Test("a mail is sent for what is done, and the commands that fail are told of")
    func mail() throws {
        try Sandbox.run { box in
            let sendmail = try box.writeExecutable(
                "sendmail", "#!/bin/sh\necho \"$@\" >\(box.path("words"))\ncat >\(box.path("mail"))\n")
            let kapo = try box.kapo(
                [
                    "run", "--check", "exec:exit 7", "--notify-mail", "ops@example.org", "--sendmail",
                    "\(sendmail) -t -i",
                ]
                    + ["--notify-exec", "echo no; exit 9"] + Sandbox.often + ["sleep", "600"])
            try eventually("the mail", that: { Files.text(box.path("mail")).contains("Time: ") })
            #expect(Files.text(box.path("words")) == "-t -i\n")
            let pid = try kapo.entry().PID
            #expect(
                Files.text(box.path("mail")).hasPrefix(
                    """
                    To: ops@example.org
                    Subject: kapo: check exec:exit 7 fails: sleep is not ready any more

                    check exec:exit 7 fails: sleep is not ready any more

                    Result: exit code 7
                    PID: \(pid)
                    Time: 20
                    """), "\(Files.text(box.path("mail")))")
            try eventually(
                "the failure", that: { kapo.log.contains("--notify-exec ended with exit code 9: no") })
        }
    }

    @Test("a core is written by the real gcore before the restart")
    func core() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", server.check(), "--core-dir", box.directory]
                    + ["--check-grace", "60"] + Sandbox.often + server.words)
            try kapo.check(verdict: "passing")
            let pid = try kapo.entry().PID
            try server.make(.hang, inRun: 1)
            try kapo.entry("the restart", within: .seconds(60)) { $0.Restarts >= 1 }
            let core = Files.read(box.path("python3.\(pid)")) ?? []
            #expect(core.starts(with: Array("\u{7f}ELF".utf8)), "\(kapo.log)")
            #expect(kapo.log.contains("core: Saved corefile \(box.path("python3.\(pid)"))"), "\(kapo.log)")
        }
    }

    @Test("without a core the restart follows all the same")
    func noCore() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                [
                    "supervise", "--wait", "0", "--check", "exec:[ ! -e \(box.path("bad")) ]", "--core-dir",
                    box.directory,
                ]
                    + ["--gcore", "echo \"$1\"; false"] + Sandbox.often + ["sleep", "600"])
            try kapo.check(verdict: "passing")
            try box.allow("bad")
            try kapo.entry("the restart") { $0.Restarts >= 1 }
            #expect(kapo.log.contains("--gcore ended with exit code 1"))
        }
    }
}

import Glibc
import Testing

@Suite struct UserTests {
    private static let asRoot: Comment = "only root starts a command as another user"

    @Test("the command has the user's number, its group and all its groups", .enabled(if: Powers.changesUser, asRoot))
    func numbers() throws {
        try Sandbox.run { box in
            // Whoever is in a group besides the own one, if this machine has such a user.
            let listed = Files.text("/etc/group").split(separator: "\n").compactMap { line -> String? in
                let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                return fields.count > 3 ? fields[3].split(separator: ",").first.map(String.init) : nil
            }
            let known = Files.text("/etc/passwd").split(separator: "\n").map { $0.prefix { $0 != ":" } }.map(
                String.init)
            for user in ["nobody"] + listed.filter(known.contains).prefix(1) {
                let said = try box.run(["--user", user], "id -ru; id -u; id -rg; id -g; id -G")
                let expected = try box.shell(
                    "id -u \(user); id -u \(user); id -g \(user); id -g \(user); id -G \(user)")
                #expect(said.output == expected.output, "\(user): \(said.errors)")
                #expect(said.output.split(separator: "\n").count == 5)
            }
        }
    }

    @Test("numbers do as well as names, in a file or not", .enabled(if: Powers.changesUser, asRoot))
    func byNumber() throws {
        try Sandbox.run { box in
            let script = "id -u; id -g; id -G"
            let named = try box.run(["--user", "nobody"], script)
            #expect(try box.run(["--user", "65534"], script).output == named.output)
            #expect(try box.run(["--user", "4242"], script).output == "4242\n4242\n4242\n")
            #expect(try box.run(["--user", "4242:7"], script).output == "4242\n7\n7\n")
            #expect(try box.run(["--user", "nobody:root"], "id -g; id -G").output.hasPrefix("0\n0"))
            #expect(try box.run(["--user", "root:4243"], "id -u; id -g").output == "0\n4243\n")
        }
    }

    @Test("a group that lists the user is one of its groups", .enabled(if: Powers.changesUser, asRoot))
    func groups() throws {
        try Sandbox.run { box in
            // A mount namespace has an /etc/group of its own.
            try Files.write(
                box.path("group"), "root:x:0:\none:x:4001:x,nobody\ntwo:x:4002:nobody\nno:x:4003:nobodyx\n".utf8)
            let script = "mount --bind \(box.path("group")) /etc/group && exec \"$KAPO\" -i 127.0.0.1 -p 0 run"
            let outcomes = try ["nobody", "nobody:two", "65534:9"].map { user in
                try box.finish(
                    ["unshare", "--mount", "sh", "-c", "\(script) --user \(user) id -G"],
                    environment: ["KAPO": Programs.kapo])
            }
            #expect(outcomes.map(\.output) == ["65534 4001 4002\n", "4002 4001\n", "9 4001 4002\n"])
        }
    }

    @Test(
        "HOME, USER, LOGNAME and SHELL are the user's; a file of variables wins",
        .enabled(if: Powers.changesUser, asRoot))
    func variables() throws {
        try Sandbox.run { box in
            let script = #"echo "$HOME $USER $LOGNAME $SHELL $OTHER""#
            let environment = ["HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/x", "OTHER": "kept"]
            let fields =
                Files.text("/etc/passwd").split(separator: "\n").first { $0.hasPrefix("nobody:") }?
                .split(separator: ":", omittingEmptySubsequences: false) ?? []
            try #require(fields.count == 7)
            let said = try box.run(["--user", "nobody"], script, environment: environment)
            #expect(said.output == "\(fields[5]) nobody nobody \(fields[6]) kept\n")
            let unlisted = try box.run(["--user", "4242"], script, environment: environment)
            #expect(unlisted.output == "/ 4242 4242 /bin/sh kept\n")
            try Files.write(box.path("env"), "HOME=/mine\nUSER=me\n".utf8)
            let options = ["--user", "nobody", "--env-file", box.path("env")]
            #expect(
                try box.run(options, script, environment: environment).output == "/mine me nobody \(fields[6]) kept\n")
        }
    }

    @Test(
        "there is no way back: not by setuid(2), and no setuid program helps", .enabled(if: Powers.changesUser, asRoot))
    func noWayBack() throws {
        try Sandbox.run { box in
            let script = """
                import os
                for change in (lambda: os.setuid(0), lambda: os.setresuid(-1, 0, -1), lambda: os.setgid(0),
                               lambda: os.setresgid(-1, 0, -1), lambda: os.setgroups([0]), lambda: os.seteuid(0)):
                    try:
                        change()
                        print("changed")
                    except PermissionError:
                        print("refused")
                print(os.getresuid(), os.getresgid())
                """
            let kapo = Sandbox.kapo(["run", "--user", "65534:65534", "python3", "-c", script])
            let said = try box.finish(kapo)
            let ids = "(65534, 65534, 65534)"
            #expect(said.output == String(repeating: "refused\n", count: 6) + "\(ids) \(ids)\n", "\(said.errors)")

            let status = try box.run(
                ["--user", "nobody"], "grep -E '^(CapPrm|CapEff|CapAmb|NoNewPrivs)' /proc/self/status")
            let none = String(repeating: "0", count: 16)
            #expect(status.output == "CapPrm:\t\(none)\nCapEff:\t\(none)\nCapAmb:\t\(none)\nNoNewPrivs:\t1\n")
            let plain = try box.run([], "grep NoNewPrivs /proc/self/status")
            #expect(
                plain.output
                    == Files.text("/proc/self/status").split(separator: "\n")
                    .first { $0.hasPrefix("NoNewPrivs") }.map { "\($0)\n" }, "without --user it is as for Kapo")
        }
    }

    @Test(
        "where the change could be undone, the command is not started",
        .enabled(if: Powers.changesSecurebits, "only root sets securebits"))
    func undone() throws {
        try Sandbox.run { box in
            let kapo = Sandbox.kapo(["run", "--user", "nobody", "touch", box.path("started")])
            let outcome = try box.finish(["setpriv", "--securebits=+no_setuid_fixup"] + kapo)
            #expect(outcome.ending == .code(126))
            #expect(outcome.errors.contains("cannot start 'touch': the change of user could be undone"))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("who is not there, and who may not change, is said: 126", arguments: ["run", "supervise"])
    func failures(mode: String) throws {
        try Sandbox.run { box in
            for (user, says) in [
                ("no-such-user", "there is no user 'no-such-user' in /etc/passwd"),
                ("nobody:no-such-group", "there is no group 'no-such-group' in /etc/group"),
            ] {
                let outcome = try box.finish(Sandbox.kapo([mode, "--user", user, "true"]))
                #expect(outcome.ending == .code(126))
                #expect(outcome.errors.contains("cannot start 'true': \(says)"))
            }
            let powerless = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : []
            let outcome = try box.finish(powerless + Sandbox.kapo([mode, "--user", "0", "true"]))
            #expect(outcome.ending == .code(126))
            #expect(outcome.errors.contains("cannot start 'true': setgroups: Operation not permitted"))
        }
    }

    @Test("the command dies with a Kapo that is killed", .enabled(if: Powers.changesUser, asRoot))
    func deathSignal() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--user", "nobody", "sleep", "600"])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            #expect(ProcessTable.isAlive(pid))
            kapo.process.signal(SIGKILL)
            try kapo.process.wait()
            try eventually("the end of the command", that: { !ProcessTable.isAlive(pid) })
        }
    }

    @Test(
        "Kapo itself stays what it was: root, who passes signals on, and dumpable",
        .enabled(if: Powers.changesUser, asRoot))
    func kapoItself() throws {
        try Sandbox.run { box in
            // The files of a process that is not dumpable belong to group 0, whatever its own group is.
            let kapo = try box.kapo(
                box.start(
                    ["setpriv", "--regid", "4243", "--clear-groups"]
                        + Sandbox.kapo(["run", "--user", "nobody", "sleep", "600"])))
            try kapo.entry("running") { $0.Status == "running" }
            let owner = try box.finish(["stat", "-c", "%u:%g", "/proc/\(kapo.pid)/environ"])
            #expect(owner.output == "0:4243\n")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("captured output is the user's: it may open /dev/stdout", .enabled(if: Powers.changesUser, asRoot))
    func capturedOutput() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(["--stdout", "run", "--user", "nobody", "sh", "-c", "echo out > /dev/stdout"]))
            #expect(outcome.output == "out\n", "\(outcome.errors)")
        }
    }
}

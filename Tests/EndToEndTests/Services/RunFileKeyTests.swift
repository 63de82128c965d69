import Glibc
import Testing

/// What each key of a run.yml does, with `supervise --config`.
@Suite struct RunFileKeyTests {
    private static let asRoot: Comment = "only root starts a command as another user"

    @Test("cmd is split at white space, whatever the quotes; a list is taken as it is")
    func command() throws {
        try Sandbox.run { box in
            let text = try box.write("text.yml", #"cmd: sleep  600 "a  b""#)
            let words = #"[sh, -c, 'printf "%s|" "$@" >"$0"; exec sleep 600', "\#(box.path("out"))", "a  b", ""]"#
            let list = try box.write("list.yml", "cmd: \(words)")
            let split = try box.superviseFile(text)
            #expect(try split.entry("split") { _ in true }.Arguments == ["600", "\"a", "b\""])
            _ = try box.superviseFile(list)
            try eventually("two words, not \(Files.text(box.path("out")))") { Files.text(box.path("out")) == "a  b||" }
        }
    }

    @Test("cwd is where the command starts, env is added to what Kapo has, as it is written")
    func surroundings() throws {
        try Sandbox.run { box in
            let script = "pwd >out; env | grep -a ^RUN_ | sort >>out; echo $KEPT >>out; mv out done; exec sleep 600"
            let file = try box.write(
                "run.yml",
                """
                cmd: [sh, -c, "\(script)"]
                cwd: \(box.path("there"))
                env:
                  RUN_A: 1
                  RUN_B: yes
                  RUN_C: 1.50
                  RUN_D:
                  RUN_E: "a  b"
                """)
            _ = unsafe mkdir(box.path("there"), 0o755)
            _ = try box.superviseFile(file, environment: ["KEPT": "kept", "RUN_A": "old"])
            try eventually("what it wrote") { Files.exists(box.path("there/done")) }
            #expect(
                Files.text(box.path("there/done"))
                    == "\(box.path("there"))\nRUN_A=1\nRUN_B=yes\nRUN_C=1.50\nRUN_D=\nRUN_E=a  b\nkept\n")
        }
    }

    @Test("a path that does not begin at the root begins where Kapo was started")
    func relativePaths() throws {
        try Sandbox.run { box in
            _ = unsafe mkdir(box.path("there"), 0o755)
            try box.write(
                "there/run.yml", "cmd: [sh, -c, 'pwd >pwd; exec sleep 600']\ncwd: sub\npid: {parent: p, child: sub/c}")
            _ = unsafe mkdir(box.path("there/sub"), 0o755)
            let running = try box.start([
                "env", "-C", box.path("there"), Programs.kapo, "-i", "127.0.0.1", "-p", "0", "supervise", "--config",
                "run.yml",
            ])
            let kapo = try box.kapo(running)
            let entry = try kapo.entry("running") { $0.Status == "running" }
            try eventually("its directory") { Files.text(box.path("there/sub/pwd")) == "\(box.path("there/sub"))\n" }
            #expect(Files.text(box.path("there/p")) == "\(kapo.pid)\n")
            #expect(Files.text(box.path("there/sub/c")) == "\(entry.PID)\n")
        }
    }

    @Test("pid.parent and pid.child are written by rename: a link there is replaced, not followed")
    func pidFiles() throws {
        try Sandbox.run { box in
            let victim = try box.write("victim", "precious")
            _ = unsafe symlink(victim, box.path("child.pid"))
            _ = unsafe symlink(victim, box.path("parent.pid"))
            let file = try box.write(
                "run.yml",
                "cmd: sleep 600\npid: {parent: \(box.path("parent.pid")), child: \(box.path("child.pid"))}")
            let kapo = try box.superviseFile(file)
            let first = try kapo.entry("running") { $0.Status == "running" }
            #expect(Files.text(box.path("parent.pid")) == "\(kapo.pid)\n")
            #expect(Files.text(box.path("child.pid")) == "\(first.PID)\n")
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("running again") { $0.Restarts == 1 && $0.Status == "running" }
            try eventually("the new pid") { Files.text(box.path("child.pid")) == "\(second.PID)\n" }
            #expect(Files.text(victim) == "precious\n")
            #expect(Files.target(ofLink: box.path("child.pid")) == nil)
        }
    }

    @Test("post_exit is run with the exit code behind it, and with -1 after a signal")
    func postExit() throws {
        try Sandbox.run { box in
            let codes = box.path("codes")
            let file = try box.write("run.yml", "cmd: [sh, -c, exit 3]\npost_exit: echo >>\(codes)\nretries: 0")
            let coded = try box.finishKapo(["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file])
            #expect(coded.ending == .code(3), "\(coded.errors)")
            #expect(Files.text(codes) == "3\n")
            try box.write("run.yml", "cmd: [sh, -c, kill -9 $$]\npost_exit: echo >>\(codes)\nretries: 0")
            let killed = try box.finishKapo(["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file])
            #expect(killed.ending == .code(137), "\(killed.errors)")
            #expect(Files.text(codes) == "3\n-1\n")
        }
    }

    @Test("user is who the command runs as", .enabled(if: Powers.changesUser, asRoot))
    func user() throws {
        try Sandbox.run { box in
            let out = box.path("out")
            let file = try box.write("run.yml", "cmd: [sh, -c, 'id -u; id -g']\nuser: nobody\nretries: 0")
            let said = try box.start(
                [Programs.kapo, "-i", "127.0.0.1", "-p", "0", "supervise", "--config", file],
                environment: box.serviceEnvironment, output: out)
            #expect(try said.wait() == .code(0), "\(said.errors)")
            let expected = try box.shell("id -u nobody; id -g nobody")
            #expect(Files.text(out) == expected.output)
        }
    }

    @Test("wait is a delay before the first start as well, and before each one")
    func wait() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: [sh, -c, 'exit 1']\nwait: 0.3\nretries: 1")
            let started = ContinuousClock.now
            let outcome = try box.finishKapo(["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file])
            // Twice 0.3 s; and the second start comes 1 s behind the first, which lived for less.
            #expect(ContinuousClock.now - started >= .milliseconds(1600))
            #expect(outcome.ending == .code(1))
            #expect(outcome.errors.contains("starting sh in 0.3 s"), "\(outcome.errors)")
        }
    }

    @Test("retries: 0 runs it once, N starts it N times more, -1 for ever", arguments: [0, 1])
    func retries(_ number: Int) throws {
        try Sandbox.run { box in
            let file = try box.write(
                "run.yml", "cmd: [sh, -c, 'echo >>\(box.path("runs")); exit 4']\nretries: \(number)")
            let outcome = try box.finishKapo(["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file])
            #expect(outcome.ending == .code(4), "\(outcome.errors)")
            #expect(Files.text(box.path("runs")) == String(repeating: "\n", count: number + 1))
        }
    }

    @Test("require_cmd keeps Kapo from starting when it is alone, and says so")
    func requireCommand() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: sleep 600\nrequire_cmd: test -f \(box.path("there"))")
            let words = ["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file]
            let missing = try box.finishKapo(words)
            #expect(missing.ending == .code(1))
            #expect(missing.errors.contains("the required command failed: test -f \(box.path("there"))"))
            try box.write("there", "")
            let kapo = try box.superviseFile(file)
            try kapo.entry("running") { $0.Status == "running" }
        }
    }

    @Test("require keeps Kapo from starting when it is alone and the service is not up")
    func require() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: sleep 600\nrequire: [first]")
            let missing = try box.finishKapo(["-i", "127.0.0.1", "-p", "0", "supervise", "--config", file])
            #expect(missing.ending == .code(1))
            #expect(missing.errors.contains("required services are not up: first"), "\(missing.errors)")
            try box.writeService("first", "cmd: sleep 600")
            _ = try box.startDirectory()
            _ = try box.control("first").pid()
            let kapo = try box.superviseFile(file)
            try kapo.entry("running") { $0.Status == "running" }
        }
    }
}

extension Sandbox {
    /// `kapo supervise --config FILE` on a port that the kernel chooses.
    func superviseFile(
        _ file: String, _ options: [String] = [], environment: [String: String?] = [:]
    ) throws -> Kapo {
        try kapo(
            ["supervise"] + options + ["--config", file],
            environment: serviceEnvironment.merging(environment) { _, new in new })
    }
}

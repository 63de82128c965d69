import Glibc
import Testing

/// Kapo's own keys in a run.yml, and what is said of a file.
@Suite struct RunFileOptionTests {
    @Test("kapo.port and kapo.interface are where it listens; kapo.wait, restart and the rest do what the options do")
    func options() throws {
        try Sandbox.run { box in
            let file = try box.write(
                "run.yml",
                """
                cmd: [sh, -c, 'trap "" TERM; echo on >&2; while :; do sleep 0.1; done']
                kapo:
                  port: 0
                  interface: 127.0.0.1
                  kill-after: 0.2
                  ttl: 3600
                  wait: 7
                  log-format: json
                """)
            let kapo = try box.kapo(box.startKapo(["supervise", "--config", file]))
            let entry = try kapo.entry("running") { $0.Status == "running" }
            #expect(entry.TTL == 3600 && entry.Wait == 7_000_000_000)
            try kapo.process.waitForErrors(containing: "on\n")
            #expect(kapo.log.contains("{\""), "the log is JSON: \(kapo.log)")
            // Its command takes no notice of TERM: it is killed.
            #expect(try kapo.stop() == .code(137))
        }
    }

    @Test("kapo.restart and kapo.success-exit, kapo.start-limit and kapo.ready")
    func restarts() throws {
        try Sandbox.run { box in
            let words = ["-i", "127.0.0.1", "-p", "0", "supervise", "--config"]
            let file = try box.write(
                "run.yml",
                "cmd: [sh, -c, 'echo >>\(box.path("runs")); exit 9']\nkapo: {restart: on-failure, success-exit: 9}")
            #expect(try box.finishKapo(words + [file]).ending == .code(9))
            #expect(Files.text(box.path("runs")) == "\n", "no failure, no restart")
            try box.write("run.yml", "cmd: [sh, -c, exit 9]\nkapo: {start-limit: 2/60}")
            let limited = try box.finishKapo(words + [file])
            #expect(limited.ending == .code(9))
            #expect(limited.errors.contains("--start-limit"), "\(limited.errors)")
            try box.write("run.yml", "cmd: sleep 600\nkapo: {ready: 'exec:test -f \(box.path("ready"))'}")
            let kapo = try box.superviseFile(file)
            try kapo.entry("starting") { $0.Status != "stopped" }
            #expect(try kapo.ask("/readyz").status == 503)
            try box.write("ready", "")
            try eventually("readiness") { try kapo.ask("/readyz").status == 200 }
        }
    }

    @Test("an option comes before the file, and the file before a variable")
    func precedence() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: sleep 600\nkapo: {ttl: 200}")
            let bare = try box.write("bare.yml", "cmd: sleep 600")
            let variables: [String: String?] = ["KAPO_TTL": "100"]
            #expect(try box.superviseFile(bare, environment: variables).entry().TTL == 100)
            #expect(try box.superviseFile(file, environment: variables).entry().TTL == 200)
            #expect(try box.superviseFile(file, ["--ttl", "300"], environment: variables).entry().TTL == 300)
        }
    }

    @Test("--check-config prints what a file comes to, which is a file again that comes to the same")
    func checked() throws {
        try Sandbox.run { box in
            let file = try box.write(
                "run.yml",
                """
                retries: 5
                cmd: bundle exec unicorn -c "unicorn.rb"
                env: {DEBUG: 1, "odd key": "a: b\\n"}
                pid: {follow: /x/unicorn.pid}
                require: foo
                kapo: {start-limit: 3/10, restart: always}
                """)
            let first = try box.finishKapo(["supervise", "--config", file, "--check-config"])
            #expect(first.ending == .code(0), "\(first.errors)")
            #expect(first.output.hasPrefix("cmd:\n  - bundle\n  - exec\n  - unicorn\n  - \"-c\"\n"), "\(first.output)")
            #expect(first.output.contains("retries: 5\n") && first.output.contains("wait: 0\n"))
            try Files.write(box.path("again.yml"), first.output.utf8)
            let second = try box.finishKapo(["supervise", "--config", box.path("again.yml"), "--check-config"])
            #expect(second.output == first.output)
        }
    }

    @Test("all that is wrong is said with file, line and column, and the exit code is 1")
    func mistakes() throws {
        try Sandbox.run { box in
            let file = try box.write(
                "run.yml", "comand: sleep\nwait: soon\npid:\n  folow: /x\nkapo:\n  restrt: never\n  retries: 1")
            let outcome = try box.finishKapo(["supervise", "--config", file, "--check-config"])
            #expect(outcome.ending == .code(1))
            let lines = outcome.errors.split(separator: "\n").map(String.init)
            for (place, text) in [
                ("1:1", "there is no 'cmd'"), ("1:1", "'cmd'"), ("2:7", "'wait'"), ("4:3", "'follow'"),
                ("6:3", "'restart'"), ("7:3", "belongs at the beginning of a line"),
            ] {
                #expect(
                    lines.contains { $0.contains("\(file):\(place): ") && $0.contains(text) },
                    "\(place) \(text): \(outcome.errors)")
            }
            // The same without the wish to check; then it is one of the values that the command line has.
            let started = try box.finishKapo(["supervise", "--config", file])
            #expect(started.ending == .code(64) && started.errors.contains("\(file):2:7: "), "\(started.errors)")
        }
    }

    @Test("a value of kapo: that its option does not take is shown at its place")
    func values() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: sleep 1\nkapo:\n  restart: sometimes")
            for (code, words) in [
                (1, ["supervise", "--check-config", "--config", file]), (64, ["supervise", "--config", file]),
                (1, ["immortal", "-n", "-c", file]), (1, ["immortal", "-c", file]),
                (1, ["immortal", "-cc", "-c", file]),
            ] as [(Int32, [String])] {
                let outcome = try box.finishKapo(words)
                #expect(outcome.ending == .code(code), "\(words)")
                #expect(outcome.errors.contains("\(file):3:12: "), "\(outcome.errors)")
                #expect(outcome.errors.contains("sometimes"), "\(outcome.errors)")
            }
        }
    }

    @Test("a file that is not there, no file at all, or together with a command is refused")
    func refused() throws {
        try Sandbox.run { box in
            let missing = try box.finishKapo(["supervise", "--config", box.path("none.yml")])
            #expect(missing.ending == .code(64))
            #expect(missing.errors.contains("none.yml") && missing.errors.contains("No such file"), "\(missing.errors)")
            let folder = try box.finishKapo(["supervise", "--config", box.directory])
            #expect(folder.ending == .code(64) && folder.errors.contains(box.directory), "\(folder.errors)")
            let file = try box.write("run.yml", "cmd: sleep 1")
            let both = try box.finishKapo(["supervise", "--config", file, "sleep", "1"])
            #expect(both.ending == .code(64) && both.errors.contains("no command goes with it"), "\(both.errors)")
            let check = try box.finishKapo(["supervise", "--check-config", "sleep", "1"])
            #expect(check.ending == .code(64), "\(check.errors)")
        }
    }
}

import Testing

@Suite struct CommandLineTests {
    @Test("help and the version go to standard output, with 0, everywhere")
    func help() throws {
        try Sandbox.run { box in
            for mode in [[], ["run"], ["supervise"], ["watch"], ["check"], ["r"], ["s"], ["w"], ["c"]] {
                let help = try box.finish([Programs.kapo] + mode + ["--help"])
                #expect(help.ending == .code(0))
                #expect(help.output.contains("USAGE: kapo"), "\(mode)")
                #expect(help.output.contains("--port"), "\(mode)")
                #expect(help.errors == "")
                #expect(try box.finish([Programs.kapo] + mode + ["-h"]).output == help.output)
                let version = try box.finish([Programs.kapo] + mode + ["--version"])
                #expect(version.ending == .code(0))
                #expect(version.output.split(separator: ".").count == 3, "\(version.output)")
            }
            let ctl = try box.finish([Programs.kapo, "ctl", "--help"])
            #expect(ctl.ending == .code(0))
            #expect(ctl.output.contains("USAGE: kapo ctl [-A]"))
        }
    }

    @Test("what stands behind the command is the command's, with and without --")
    func commandWords() throws {
        try Sandbox.run { box in
            let words = ["printf", "<%s>", "--help", "-p", "1", "--version", "--", "--wait=3"]
            for separator in [[], ["--"]] {
                let kapo = try box.kapo(["run", "--wait", "600"] + separator + words)
                let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
                #expect(entry.Command == "printf")
                #expect(entry.Arguments == Array(words.dropFirst()))
                #expect(kapo.process.output == "<--help><-p><1><--version><--><--wait=3>")
            }
        }
    }

    @Test("global options stand before the mode or behind it; the nearer one wins; short ones may be joined")
    func places() throws {
        try Sandbox.run { box in
            let nothing = ["--interface", "127.0.0.1"]
            let words = [
                nothing + ["--port", "0", "run"], nothing + ["run", "--port", "0"],
                nothing + ["run", "--port=0"], nothing + ["r", "-p0"], ["r", "-i127.0.0.1", "-p", "0"],
                nothing + ["-p", "70", "run", "-p", "0"], nothing + ["-SEp", "0", "run"],
            ]
            for words in words {
                let kapo = try box.kapo(box.start([Programs.kapo] + words + ["sleep", "600"]))
                #expect(try kapo.entry().Command == "sleep", "\(words)")
                #expect(try kapo.stop() == .code(143))
            }
        }
    }

    @Test("-p of watch is --pid; --port is still the port, and the letter before the mode too")
    func pidOfWatch() throws {
        try Sandbox.run { box in
            let process = try box.start(["sleep", "600"])
            let words = [Programs.kapo, "-i", "127.0.0.1", "-p", "0", "watch", "-p", "\(process.pid)", "sleep"]
            #expect(try box.kapo(box.start(words)).entry().PID == process.pid)
            let long = [Programs.kapo, "w", "-i", "127.0.0.1", "--port", "0", "--pid=\(process.pid)", "sleep"]
            #expect(try box.kapo(box.start(long)).entry().PID == process.pid)
        }
    }

    @Test("a flag is stronger than the environment, and the environment than the default")
    func precedence() throws {
        try Sandbox.run { box in
            let environment = ["KAPO_WAIT": "7.5", "KAPO_TTL": "100", "KAPO_PORT": "1", "KAPO_INTERFACE": "192.0.2.1"]
            // Port and interface of the environment would fail; the harness gives both as options.
            let byVariable = try box.kapo(["run", "sleep", "600"], environment: environment).entry()
            #expect(byVariable.Wait == 7_500_000_000)
            #expect(byVariable.TTL == 100)
            let byFlag = try box.kapo(["run", "-w", "3", "--ttl", "50", "sleep", "600"], environment: environment)
                .entry()
            #expect(byFlag.Wait == 3_000_000_000)
            #expect(byFlag.TTL == 50)
            let byDefault = try box.kapo(["run", "sleep", "600"]).entry()
            #expect(byDefault.Wait == 0)
            #expect(byDefault.TTL == 0)
        }
    }

    @Test("port and interface come from the environment, and an empty variable is none")
    func listenerByEnvironment() throws {
        try Sandbox.run { box in
            let environment = ["KAPO_PORT": "0", "KAPO_INTERFACE": "::1", "KAPO_WAIT": "", "KAPO_LOG_FORMAT": "json"]
            let kapo = try box.kapo(box.start([Programs.kapo, "run", "sleep", "600"], environment: environment))
            #expect(kapo.log.contains(#""msg":"listening on [::1]:\#(kapo.port)""#))
            let url = "http://[::1]:\(kapo.port)/"
            let answer = try box.finish(["curl", "--silent", "--globoff", "--noproxy", "*", url])
            #expect(answer.output.contains(#""Status":"running""#))
        }
    }

    @Test("switches in the environment take Go's words, and a flag --no-… overrules them")
    func switches() throws {
        try Sandbox.run { box in
            let words = [Programs.kapo, "-i", "127.0.0.1", "-p", "0"]
            let show = ["run", "readlink", "/proc/self/fd/1"]
            for value in ["1", "t", "T", "TRUE", "true", "True"] {
                let outcome = try box.finish(words + show, environment: ["KAPO_STDOUT": value])
                #expect(outcome.output.hasPrefix("pipe:["), "\(value)")
            }
            for value in ["0", "f", "F", "FALSE", "false", "False", ""] {
                let outcome = try box.finish(words + show, environment: ["KAPO_STDOUT": value])
                #expect(outcome.output.hasPrefix(box.directory), "\(value)")
            }
            let overruled = try box.finish(words + ["--no-stdout"] + show, environment: ["KAPO_STDOUT": "1"])
            #expect(overruled.output.hasPrefix(box.directory))
        }
    }

    @Test("--sidebind also listens on the first free port above, and the document says which")
    func sidebind() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["--sidebind", "run", "sleep", "600"])
            let entry = try kapo.entry()
            #expect(entry.SidebindPort > kapo.port)
            let beside = try box.finish(
                ["curl", "--silent", "--noproxy", "*", "http://127.0.0.1:\(entry.SidebindPort)/"])
            #expect(beside.output == (try kapo.get()))
            // The next one finds that port taken, and the one above it.
            let next = try box.kapo(
                box.start([Programs.kapo, "-b", "-i", "127.0.0.1", "-p", "0", "supervise", "sleep", "600"]))
            #expect(try next.entry().SidebindPort > next.port)
        }
    }
}

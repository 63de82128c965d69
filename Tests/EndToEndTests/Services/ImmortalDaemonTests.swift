import Glibc
import Testing

/// `kapo immortal` as a daemon.
@Suite struct ImmortalDaemonTests {
    @Test("it returns 0 once it has started, and goes on without the caller and without a terminal")
    func starts() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            let outcome = try box.finishKapo(["immortal", "-name", "web", "-P", box.path("pid"), "sleep", "600"])
            #expect(outcome.ending == .code(0) && outcome.output == "" && outcome.errors == "", "\(outcome.errors)")
            // There at once: the caller need not wait for anything.
            let control = box.control("web", in: "home/.immortal")
            #expect(try control.status().count == 1)
            let pid = try control.pid()
            let daemon = try #require(ProcessTable.parent(pid))
            #expect(Programs.isKapo(daemon) && Files.text(box.path("pid")) == "\(daemon)\n")
            #expect(ProcessTable.parent(daemon) != getpid() && ProcessTable.terminal(daemon) == 0)
            #expect(ProcessTable.session(daemon) != getsid(0) && ProcessTable.session(daemon) != daemon)
            for number in 0...2 { #expect(Files.target(ofLink: "/proc/\(daemon)/fd/\(number)") == "/dev/null") }
            #expect(box.processes.filter(Programs.isKapo) == [daemon], "the first process is gone")
            #expect(try control.order("halt") == "")
            try eventually("the end of both") { !ProcessTable.isAlive(daemon) && !ProcessTable.isAlive(pid) }
            #expect(!Files.exists(box.path("home/.immortal/web")))
        }
    }

    @Test("without a name it has the daemon's pid for one")
    func named() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            #expect(try box.finishKapo(["immortal", "sleep", "600"]).ending == .code(0))
            let daemon = try #require(box.processes.first(where: Programs.isKapo))
            #expect(Files.names(in: box.path("home/.immortal")) == ["\(daemon)"])
            #expect(try box.finishKapo(["ctl", "halt", "\(daemon)"]).ending == .code(0))
            try eventually("its end") { !ProcessTable.isAlive(daemon) }
        }
    }

    @Test("TERM ends the daemon and its command; kill -9 ends the daemon alone, and the next one finds the command")
    func ends() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            let words = ["immortal", "-ctl", "web", "sleep", "600"]
            #expect(try box.finishKapo(words).ending == .code(0))
            let pid = try box.control("web").pid()
            kill(try #require(ProcessTable.parent(pid)), SIGKILL)
            try eventually("the end of Kapo") { !box.processes.contains(where: Programs.isKapo) }
            #expect(try box.finishKapo(words).ending == .code(0))
            #expect(try box.control("web").pid() == pid)
            let daemon = try #require(box.processes.first(where: Programs.isKapo))
            kill(daemon, SIGTERM)
            try eventually("the end of all") { box.processes.isEmpty }
        }
    }

    @Test("what keeps it from starting is said to the caller, who gets 1")
    func failures() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            let bad = try box.write("bad.yml", "cmd: sleep 1\nwait: soon")
            let port = try box.write("port.yml", "cmd: sleep 1\nkapo: {interface: 192.0.2.1, port: 1}")
            try box.write("file", "")
            for (words, text) in [
                (["-c", bad], "bad.yml:2:7: "), (["-c", box.path("none.yml")], "none.yml"),
                (["-d", box.path("none"), "sleep", "600"], box.path("none")), (["no-such-program"], "no-such-program"),
                (["-e", box.path("none"), "sleep", "600"], box.path("none")),
                (["-u", "nobody-here", "id"], "nobody-here"),
                (["-ctl", box.path("file/web"), "sleep", "600"], box.path("file")), (["-c", port], "192.0.2.1"),
            ] {
                let outcome = try box.finishKapo(["immortal"] + words)
                #expect(outcome.ending == .code(1), "\(words): \(outcome.errors)")
                #expect(outcome.errors.contains(text), "\(words): \(outcome.errors)")
                #expect(outcome.errors.hasSuffix("\n"), "\(words)")
                try eventually("nobody to be left of \(words)") { box.processes.isEmpty }
            }
        }
    }

    @Test("relative paths begin where it was started")
    func relativePaths() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            _ = unsafe mkdir(box.path("there"), 0o755)
            let script =
                "cd there && exec \"$KAPO\" immortal -ctl web -P parent -p child sh -c 'pwd >pwd; exec sleep 600'"
            let started = try box.serviceShell("cd \(box.directory) && \(script)")
            #expect(started.code == 0, "\(started.errors)")
            let pid = try box.control("web").pid()
            try eventually("its directory") { Files.text(box.path("there/pwd")) == "\(box.path("there"))\n" }
            #expect(Files.text(box.path("there/child")) == "\(pid)\n")
            #expect(Files.text(box.path("there/parent")) == "\(ProcessTable.parent(pid) ?? 0)\n")
        }
    }

    @Test("called as immortal, immortalctl and immortaldir it is what those are")
    func names() throws {
        try Sandbox.run { box in
            defer { box.endDaemons() }
            for name in ["immortal", "immortalctl", "immortaldir"] { _ = unsafe symlink(Programs.kapo, box.path(name)) }
            try box.writeService("filed", "cmd: sleep 601")
            _ = try box.start([box.path("immortaldir"), box.services], environment: box.serviceEnvironment)
            _ = try box.control("filed").pid()
            let started = try box.finish(
                [box.path("immortal"), "-name", "web", "sleep", "602"], environment: box.serviceEnvironment)
            #expect(started.ending == .code(0), "\(started.errors)")
            let table = try box.finish([box.path("immortalctl")], environment: box.serviceEnvironment)
            #expect(table.output.contains("filed") && table.output.contains("web"), "\(table.output)")
            let halted = try box.finish([box.path("immortalctl"), "halt", "web"], environment: box.serviceEnvironment)
            #expect(halted.ending == .code(0))
            try eventually("the end of its command") { box.processes("sleep 602").isEmpty }
            let version = try box.finish([box.path("immortal"), "-v"], environment: box.serviceEnvironment)
            let usual = try box.finishKapo(["--version"])
            #expect(version.output == usual.output)
        }
    }
}

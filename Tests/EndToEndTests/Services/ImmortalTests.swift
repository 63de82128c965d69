import Glibc
import Testing

/// `kapo immortal`, in the foreground: what its options do.
@Suite struct ImmortalTests {
    private static let asRoot: Comment = "only root starts a command as another user"

    @Test("the command's directory, variables, pid files and name are those of the options")
    func surroundings() throws {
        try Sandbox.run { box in
            _ = try box.serviceShell("mkdir \(box.path("there")) \(box.path("variables"))")
            try Files.write(box.path("variables/GREETING"), "hello you  \nsecond line\n".utf8)
            try Files.write(box.path("variables/EMPTY"), [])
            let script = #"echo "$PWD|$GREETING|$EMPTY|$KEPT" >out; mv out done; exec sleep 600"#
            let kapo = try box.startKapo(
                [
                    "immortal", "-n", "-d", box.path("there"), "-e", box.path("variables"), "-P",
                    box.path("parent.pid"),
                    "-p", box.path("child.pid"), "-name=web", "sh", "-c", script,
                ], environment: ["KEPT": "kept"])
            let pid = try box.control("web", in: "home/.immortal").pid()
            try eventually("what it wrote") { Files.exists(box.path("there/done")) }
            #expect(Files.text(box.path("there/done")).hasPrefix("\(box.path("there"))|hello you"))
            #expect(Files.text(box.path("there/done")).hasSuffix("||kept\n"))
            #expect(Files.text(box.path("parent.pid")) == "\(kapo.pid)\n")
            #expect(Files.text(box.path("child.pid")) == "\(pid)\n")
        }
    }

    @Test("-r is how often it is started again; then Kapo ends with the command's code", arguments: [0, 1])
    func retries(_ number: Int) throws {
        try Sandbox.run { box in
            let outcome = try box.finishKapo(
                ["immortal", "-n", "-r", "\(number)", "sh", "-c", "echo >>\(box.path("runs")); exit 3"])
            #expect(outcome.ending == .code(3), "\(outcome.errors)")
            #expect(Files.text(box.path("runs")) == String(repeating: "\n", count: number + 1))
        }
    }

    @Test("-w waits before the start; -u changes the user", .enabled(if: Powers.changesUser, asRoot))
    func waitAndUser() throws {
        try Sandbox.run { box in
            _ = unsafe chmod(box.directory, 0o755)
            let kapo = try box.startKapo(["immortal", "-n", "-w", "0.3", "-u", "nobody", "-ctl", "web", "sleep", "600"])
            let pid = try box.control("web").pid()
            #expect(kapo.errors.contains("starting sleep in 0.3 s"), "\(kapo.errors)")
            #expect(Files.text("/proc/\(pid)/status").contains("Uid:\t65534\t65534\t65534\t65534"))
        }
    }

    @Test("-f follows a pid file")
    func follow() throws {
        try Sandbox.run { box in
            let pidfile = box.path("pid")
            _ = try box.startKapo([
                "immortal", "-n", "-f", pidfile, "-ctl", "web", "sh", "-c", "setsid sleep 600 & echo $! >\(pidfile)",
            ])
            let status = try box.control("web").status("following") { $0.fpid && $0.up != nil }
            #expect("\(status.pid)\n" == Files.text(pidfile) && status.count == 1)
        }
    }

    @Test("the socket is where -name and -ctl say, or named after Kapo's pid")
    func places() throws {
        try Sandbox.run { box in
            let kapo = try box.startKapo(["immortal", "-n", "sleep", "600"])
            _ = try box.control("\(kapo.pid)", in: "home/.immortal").pid()
            _ = try box.startKapo(["immortal", "-n", "-name", "named", "sleep", "600"])
            _ = try box.control("named", in: "home/.immortal").pid()
            _ = try box.startKapo(["immortal", "-n", "-ctl", "system", "sleep", "600"])
            _ = try box.control("system").pid()
            _ = try box.startKapo(["immortal", "-n", "-ctl", box.path("any/where"), "sleep", "600"])
            _ = try box.control("where", in: "any").pid()
            let file = try box.write("fromfile.yml", "cmd: sleep 600")
            _ = try box.startKapo(["immortal", "-n", "-c", file])
            _ = try box.control("fromfile", in: "home/.immortal").pid()
            let table = try box.finishKapo(["ctl"])
            for name in ["named", "system", "fromfile", "\(kapo.pid)"] { #expect(table.output.contains(name)) }
        }
    }

    @Test("-v prints the version, -cc the file's configuration or its mistakes")
    func prints() throws {
        try Sandbox.run { box in
            let version = try box.finishKapo(["immortal", "-v"])
            let usual = try box.finishKapo(["--version"])
            #expect(version.ending == .code(0) && version.output == usual.output)
            let file = try box.write("run.yml", "cmd: sleep 600")
            let fine = try box.finishKapo(["immortal", "-cc", "-c", file])
            #expect(fine.ending == .code(0) && fine.output.hasPrefix("cmd:\n  - sleep\n"), "\(fine.output)")
            try box.write("run.yml", "cmd: sleep 600\nwait: x\nretry: 1")
            let wrong = try box.finishKapo(["immortal", "-c", file, "-cc"])
            #expect(wrong.ending == .code(1))
            #expect(wrong.errors.contains("\(file):2:7: ") && wrong.errors.contains("\(file):3:1: "), "\(wrong.errors)")
            #expect(box.processes.isEmpty)
        }
    }

    @Test("words of the command that are not UTF-8 arrive as they are, and options of the command are its own")
    func words() throws {
        try Sandbox.run { box in
            _ = try box.start(
                [
                    "sh", "-c",
                    #"exec "$KAPO" immortal -n -ctl web sh -c 'sleep 600; :' "$(printf 'a\377b')" -n -v --help"#,
                ], environment: box.serviceEnvironment)
            let pid = try box.control("web").pid()
            let words = (Files.read("/proc/\(pid)/cmdline") ?? []).split(separator: 0).map(Array.init)
            #expect(words.dropFirst(3).first == [0x61, 0xff, 0x62])
            #expect(words.suffix(3) == ["-n", "-v", "--help"].map { Array($0.utf8) })
            #expect(try box.control("web").status().cmd == "sh -c sleep 600; : a\u{fffd}b -n -v --help")
        }
    }

    @Test("signals that come to Kapo are passed on, TERM ends both")
    func signals() throws {
        try Sandbox.run { box in
            let script = "trap 'echo >>\(box.path("hup"))' HUP; >\(box.path("on")); while :; do sleep 0.02; done"
            let kapo = try box.startKapo(["immortal", "-n", "-ctl", "web", "sh", "-c", script])
            let pid = try box.control("web").pid()
            try eventually("its trap") { Files.exists(box.path("on")) }
            kapo.signal(SIGHUP)
            try eventually("HUP") { Files.text(box.path("hup")) == "\n" }
            kapo.signal(SIGTERM)
            try kapo.wait()
            #expect(!ProcessTable.isAlive(pid) && !Files.exists(box.path("run/web")))
        }
    }

    @Test("kapo: port in a file opens the status socket as well")
    func statusSocket() throws {
        try Sandbox.run { box in
            let file = try box.write("web.yml", "cmd: sleep 600\nkapo: {port: 0, interface: 127.0.0.1}")
            let kapo = try box.kapo(box.startKapo(["immortal", "-n", "-c", file]))
            let entry = try kapo.entry("running") { $0.Status == "running" }
            #expect(try box.control("web", in: "home/.immortal").pid() == entry.PID)
        }
    }
}

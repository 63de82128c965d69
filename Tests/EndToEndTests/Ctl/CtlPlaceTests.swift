import Glibc
import Testing

/// `kapo ctl` and where it looks.
@Suite struct CtlPlaceTests {
    @Test("a service that is not there is told, with those that are")
    func missing() throws {
        try Sandbox.run { box in
            let nowhere = try box.ctl(["stop", "web"])
            #expect(nowhere.ending == .code(1))
            #expect(nowhere.output == "")
            let places = "\(box.path("sdir")) and \(box.path("home"))/.immortal"
            #expect(nowhere.errors == "kapo ctl: there is no service 'web' in \(places), nor any other\n")
            let services = try CtlServices(box, ["b10": CtlTests.web, "b2": CtlTests.old])
            let missing = try box.ctl(["status", "web"])
            #expect(missing.ending == .code(1))
            #expect(missing.errors == "kapo ctl: there is no service 'web' in \(places), but b2, b10\n")
            #expect(services.requests == [])
            let none = try box.ctl(environment: ["IMMORTAL_SDIR": box.path("nowhere")])
            #expect(none.ending == .code(0))
            #expect(none.output == "PID   Up   Down   Name   CMD\n")
        }
    }

    @Test("without HOME, ~ is what /etc/passwd says; an empty IMMORTAL_SDIR is none")
    func home() throws {
        try Sandbox.run { box in
            let home = try box.shell("getent passwd $(id -u) | cut -d: -f6").output.split(separator: "\n")[0]
            let outcome = try box.ctl(
                ["stop", "no-service-has-this-name"], environment: ["HOME": nil, "IMMORTAL_SDIR": ""])
            #expect(outcome.errors.contains(" in /var/run/immortal and \(home)/.immortal, "), "\(outcome.errors)")
        }
    }

    @Test(
        "what a supervisor that died has left is not shown, and removed, but for what somebody holds or has put there")
    func dead() throws {
        try Sandbox.run { box in
            let services = try CtlServices(
                box, ["web": CtlTests.web, "held": CtlTests.old, "more": CtlTests.old, "bare": CtlTests.old])
            try services.crash()
            try Files.write(box.path("sdir/more/log"), "a line\n".utf8)
            #expect(try box.shell("rm sdir/bare/lock", environment: ["PWD": box.directory]).code != 0)
            #expect(unlinked(box.path("sdir/bare/lock")))
            let holder = try box.start(["flock", box.path("sdir/held/lock"), "sh", "-c", "echo held; exec sleep 600"])
            try holder.waitForOutput(containing: "held\n")
            let outcome = try box.ctl()
            #expect(outcome.ending == .code(0))
            #expect(outcome.errors == "")
            #expect(outcome.output == "PID   Up   Down   Name   CMD\n")
            #expect(Files.names(in: services.directory).sorted() == ["bare", "held", "more"])
            #expect(Files.names(in: box.path("sdir/held")).sorted() == ["immortal.sock", "lock"])
            #expect(Files.names(in: box.path("sdir/more")).sorted() == ["immortal.sock", "lock", "log"])
            #expect(Files.names(in: box.path("sdir/bare")) == ["immortal.sock"])
            let missing = try box.ctl(["stop", "held"])
            #expect(missing.ending == .code(1))
            #expect(missing.errors.hasSuffix(", but bare, more\n"))
            holder.signalGroup(SIGTERM)
            try holder.wait()
            #expect(try box.ctl(["status", "held"]).ending == .code(1))
            #expect(Files.names(in: services.directory).sorted() == ["bare", "more"])
        }
    }

    private func unlinked(_ path: String) -> Bool { unsafe unlink(path) == 0 }

    @Test("paths may be longer than an address of a socket, and names anything")
    func paths() throws {
        try Sandbox.run { box in
            let long = "sdir/" + String(repeating: "long/", count: 30)
            let services = try CtlServices(box, in: long, ["web": CtlTests.web, "a\\tb": CtlTests.old])
            let outcome = try box.ctl(environment: ["IMMORTAL_SDIR": services.directory])
            #expect(outcome.ending == .code(0))
            #expect(outcome.output.contains(#"1h5.0s   a\u{9}b   sleep 600"#), "\(outcome.output)")
            #expect(outcome.output.contains("web       ./web --port 80"))
            let stopped = try box.ctl(["stop", "a\tb"], environment: ["IMMORTAL_SDIR": services.directory])
            #expect(stopped.ending == .code(0))
        }
    }

    @Test("called as immortalctl, it is kapo ctl")
    func calledName() throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web": CtlTests.web])
            let name = box.path("immortalctl")
            #expect(unsafe symlink(Programs.kapo, name) == 0)
            let table = try box.finish([name], environment: box.ctlEnvironment)
            #expect(table.ending == .code(0))
            #expect(table.output == (try box.ctl().output))
            #expect(try box.finish([name, "-in", "web"], environment: box.ctlEnvironment).ending == .code(0))
            #expect(services.requests.suffix(2) == ["web POST /signal/TTIN", "web GET /"])
            let version = try box.finish([name, "-v"])
            #expect(version.output == (try box.finish([Programs.kapo, "--version"]).output))
            for help in ["-h", "-help", "--help"] {
                let outcome = try box.finish([name, help])
                #expect(outcome.ending == .code(0))
                #expect(outcome.output.contains("USAGE: kapo ctl [-A]"))
            }
            let bad = try box.finish([name, "web"], environment: box.ctlEnvironment)
            #expect(bad.ending == .code(64))
            #expect(bad.output == "")
        }
    }

    @Test("that the table cannot be written is an error, but not that its reader has gone")
    func fullOutput() throws {
        try Sandbox.run { box in
            let outcome = try box.shell("\"$KAPO\" ctl >/dev/full", environment: box.ctlEnvironment)
            #expect(outcome.ending == .code(125))
            #expect(outcome.errors == "kapo ctl: standard output: write: No space left on device\n")
            let cut = try box.shell(
                "{ \"$KAPO\" ctl; echo $? >&2; } | sh -c 'exec <&-; sleep 1'", environment: box.ctlEnvironment)
            #expect(cut.errors == "0\n")
        }
    }
}

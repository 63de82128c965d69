import Glibc
import Testing

/// Who may use a control socket, and who has it.
@Suite struct ControlAccessTests {
    private static let asRoot: Comment = "only root asks as another user"

    /// The permissions of a file, in octal, its group, and who owns it.
    private func mode(_ box: Sandbox, _ path: String) throws -> String {
        try box.finish(["stat", "--format", "%a %u %g", path]).output
    }

    @Test("the socket is 0600 in a directory 0700; control-mode and control-group widen both")
    func modes() throws {
        try Sandbox.run { box in
            try box.writeService("narrow", "cmd: sleep 600")
            try box.writeService("wide", "cmd: sleep 600\nkapo: {control-mode: 0660}")
            try box.writeService("all", "cmd: sleep 600\nkapo: {control-mode: '0666'}")
            _ = try box.startDirectory()
            let own = "\(geteuid()) \(getegid())\n"
            for (name, socket, directory) in [("narrow", "600", "700"), ("wide", "660", "710"), ("all", "666", "711")] {
                let control = box.control(name)
                _ = try control.pid()
                #expect(try mode(box, control.socket) == "\(socket) \(own)")
                #expect(try mode(box, box.path("run/\(name)")) == "\(directory) \(own)")
            }
        }
    }

    @Test(
        "another user gets 403 and a reason, a member of the group obedience", .enabled(if: Powers.changesUser, asRoot))
    func others() throws {
        try Sandbox.run { box in
            _ = unsafe chmod(box.directory, 0o755)
            try box.writeService("all", "cmd: sleep 600\nkapo: {control-mode: '0666'}")
            try box.writeService("group", "cmd: sleep 600\nkapo: {control-group: 4243}")
            _ = try box.startDirectory()
            let own = "0 4243\n"
            let (all, group) = (box.control("all"), box.control("group"))
            let pid = try all.pid()
            _ = try group.pid()
            #expect(try mode(box, group.socket) == "660 \(own)")
            #expect(try mode(box, box.path("run/group")) == "710 \(own)")
            func ask(_ user: String, _ control: Control) throws -> Outcome {
                try box.finish([
                    "setpriv", "--reuid", user, "--regid", "4244", "--groups", user == "4242" ? "4243" : "4244", "curl",
                    "--silent", "--show-error", "--max-time", "15", "--write-out", "%{http_code}", "--unix-socket",
                    control.socket, "--request", "POST", "http://immortal/signal/k",
                ])
            }
            #expect(try ask("4242", group).output == "{\"Err\":\"\"}\n200")
            try group.status("killed and started again") { $0.up != nil && $0.count == 2 }
            #expect(try ask("4245", group).code == 7, "the directory keeps others out")
            #expect(try ask("4245", all).output == "{\"Err\":\"user 4245 may not use this control socket\"}\n403")
            #expect(try all.pid() == pid)
        }
    }

    @Test("a second supervisor is refused: it names the directory and the process that has it")
    func second() throws {
        try Sandbox.run { box in
            let first = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            let pid = try box.control("web").pid()
            let second = try box.finishKapo(["immortal", "-n", "-ctl", "web", "sleep", "601"])
            #expect(second.code == 125)
            #expect(
                second.errors.contains(
                    "\(box.path("run/web")) belongs to a supervisor that runs (process \(first.pid))"),
                "\(second.errors)")
            // The one that becomes a daemon says it to whoever waits.
            let daemon = try box.finishKapo(["immortal", "-ctl", "web", "sleep", "601"])
            #expect(daemon.code == 1 && daemon.errors.contains("process \(first.pid)"), "\(daemon.errors)")
            #expect(try box.control("web").pid() == pid)
            #expect(box.processes("sleep 601").isEmpty)
        }
    }

    @Test("a socket that a killed supervisor left is replaced, and its directory's modes are right again")
    func stale() throws {
        try Sandbox.run { box in
            let first = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            let control = box.control("web")
            let pid = try control.pid()
            first.signal(SIGKILL)
            try first.wait()
            #expect(control.isThere, "nobody removed it")
            _ = unsafe chmod(box.path("run/web"), 0o777)
            _ = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            #expect(try control.pid() == pid)
            #expect(try mode(box, box.path("run/web")).hasPrefix("700 "))
        }
    }

    @Test("a directory that is a link, or another's, is not taken", .enabled(if: Powers.changesUser, asRoot))
    func foreign() throws {
        try Sandbox.run { box in
            _ = try box.serviceShell(
                "mkdir -p $IMMORTAL_SDIR/other \(box.path("there")); chown 4242 $IMMORTAL_SDIR/other")
            _ = unsafe symlink(box.path("there"), box.path("run/link"))
            for (name, text) in [("link", "a symbolic link"), ("other", "belongs to user 4242")] {
                let outcome = try box.finishKapo(["immortal", "-n", "-ctl", name, "sleep", "600"])
                #expect(outcome.code == 125 && outcome.errors.contains(text), "\(outcome.errors)")
            }
        }
    }

    @Test("kapo ctl reaches each service, and its exit code says whether all obeyed")
    func ctl() throws {
        try Sandbox.run { box in
            try box.writeService("one", "cmd: sleep 600")
            try box.writeService("two", "cmd: sleep 601")
            _ = try box.startDirectory()
            let (one, two) = (box.control("one"), box.control("two"))
            _ = (try one.pid(), try two.pid())
            #expect(try box.finishKapo(["ctl", "stop", "*"]).ending == .code(0))
            for control in [one, two] { try control.status("down") { $0.down != nil } }
            #expect(try box.finishKapo(["ctl", "-t", "one"]).ending == .code(1), "it does not run")
            #expect(try box.finishKapo(["ctl", "start", "one"]).ending == .code(0))
            let pid = try one.pid()
            #expect(try box.finishKapo(["ctl", "-k", "one"]).ending == .code(0))
            try one.status("another one") { $0.up != nil && $0.pid != pid }
            let table = try box.finishKapo(["ctl"])
            #expect(table.output.contains("one") && table.output.contains("sleep 601"), "\(table.output)")
            #expect(try box.finishKapo(["ctl", "status", "none"]).ending == .code(1))
        }
    }
}

import Glibc
import Testing

/// Kapo as process 1 where little is as it should be.
@Suite struct InitPidOneTests {
    /// Runs a script of sh(1) as process 1 of PID and mount namespaces; `"$@"` in it is Kapo with a command that leaves
    /// a child in its group and one outside, both of which say that they hear TERM, and ends with 42.
    private func finish(_ box: Sandbox, _ script: String, _ options: [String] = ["run"]) throws -> Outcome {
        try box.go()
        let command = """
            orphan(tidy("inside"))
            orphan(tidy("outside"), session=True)
            os._exit(42)
            """
        let kapo = Sandbox.kapo(options + ["python3", "-c", Leftovers.prelude + command, box.directory])
        return try box.finish(Place.unshare + ["--mount", "sh", "-c", script, "sh"] + kapo)
    }

    @Test("with a /proc of its own it finds and ends all that is left")
    func ownProc() throws {
        try Sandbox.run { box in
            let outcome = try finish(box, #"mount -t proc proc /proc && exec "$@""#)
            #expect(outcome.ending == .code(42), "\(outcome.errors)")
            #expect(Files.exists(box.path("inside")) && Files.exists(box.path("outside")))
        }
    }

    @Test(
        "without /proc, and with that of another namespace, it ends what is left of the group",
        arguments: [#"umount -l /proc && exec "$@""#, #"exec "$@""#])
    func strangeProc(script: String) throws {
        try Sandbox.run { box in
            let outcome = try finish(box, script)
            #expect(outcome.ending == .code(42), "\(outcome.errors)")
            #expect(Files.exists(box.path("inside")), "\(outcome.errors)")
            #expect(!outcome.errors.contains("killing"))
        }
    }

    @Test("under supervise a strange /proc does not keep it from restarting", arguments: ["umount -l /proc", "true"])
    func restarts(script: String) throws {
        try Sandbox.run { box in
            let words = Sandbox.kapo(["supervise", "--wait", "0", "sh", "-c", "sleep 600 & kill -KILL $$"])
            let kapo = try box.kapo(
                box.start(Place.unshare + ["--mount", "sh", "-c", script + #" && exec "$@""#, "sh"] + words))
            try kapo.entry("restarts") { $0.Restarts >= 3 }
            #expect(!kapo.log.contains("killing"), "\(kapo.log)")
        }
    }

    @Test("standard descriptors that are closed at the start are /dev/null for the command, and nothing else of Kapo's")
    func closedDescriptors() throws {
        try Sandbox.run { box in
            let show = "for n in 0 1 2; do readlink /proc/self/fd/$n; done >'\(box.path("shown"))'; exit 42"
            for close in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
                let kapo = Sandbox.kapo(["run", "sh", "-c", show], at: .pidOne)
                let outcome = try box.finish(["sh", "-c", "exec \"$@\" \(close)", "sh"] + kapo)
                #expect(outcome.ending == .code(42), "\(close)")
                let shown = Files.text(box.path("shown")).split(separator: "\n")
                // The second one is that file.
                #expect(shown.count == 3, "\(close): \(shown)")
                #expect(shown.allSatisfy { !$0.contains("socket:") && !$0.contains("anon_inode:") }, "\(shown)")
                #expect(close.contains("2") == (shown.last == "/dev/null"), "\(close): \(shown)")
            }
        }
    }

    @Test("it starts, and restarts, in a directory that it cannot write to, or cannot read")
    func directories() throws {
        try Sandbox.run { box in
            _ = try box.finish(["mkdir", "-m", "0111", box.path("unreadable")])
            // Root reads everything, unless it cannot have the capabilities for it.
            let plain =
                getuid() == 0
                ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all", "--"] : []
            for directory in ["/proc/sys", box.path("unreadable")] {
                let words = Sandbox.kapo(["supervise", "--wait", "0", "sleep", "600"], at: .pidOne)
                let start = plain + ["env", "--chdir", directory] + words
                let kapo = try box.kapo(box.start(start))
                for restart in 0...1 {
                    let entry = try kapo.entry("a run") { $0.Restarts == restart && $0.Status == "running" }
                    let pid = try box.pid(of: kapo.process, at: .pidOne)
                    let command = try #require(ProcessTable.children(of: pid).first)
                    #expect(Files.target(ofLink: "/proc/\(command)/cwd") == directory, "\(entry)")
                    #expect(Files.target(ofLink: "/proc/\(pid)/cwd") == "/")
                    Glibc.kill(command, SIGKILL)
                }
            }
        }
    }
}

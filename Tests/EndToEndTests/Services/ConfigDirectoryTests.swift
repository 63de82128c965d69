import Glibc
import Testing

/// `kapo supervise --config-dir`: services of a directory, told of by one document.
@Suite struct ConfigDirectoryTests {
    private func start(_ box: Sandbox) throws -> Kapo {
        try box.kapo(["supervise", "--config-dir", box.services], environment: box.serviceEnvironment)
    }

    @Test("the document has an entry for each service, with its name, in the order of the names; ready are all or none")
    func document() throws {
        try Sandbox.run { box in
            try box.writeService("b", "cmd: sleep 601\nwait: 0.1")
            try box.writeService("a", "cmd: [sleep, '602']")
            try box.writeService("c", "cmd: sleep 603\nkapo: {ready: 'exec:test -f \(box.path("ready"))'}")
            let kapo = try start(box)
            let entries = try kapo.document("three") { $0.count == 3 && !$0.contains { $0.PID == 0 } }
            #expect(entries.map(\.Name) == ["a", "b", "c"])
            #expect(entries.map(\.Command) == ["sleep", "sleep", "sleep"])
            #expect(entries.map(\.Arguments) == [["602"], ["601"], ["603"]])
            #expect(entries.allSatisfy { $0.Mode == "supervise" })
            #expect(try kapo.ask("/readyz").status == 503)
            try box.write("ready", "")
            try eventually("readiness") { try kapo.ask("/readyz").status == 200 }
            kill(entries[0].PID, SIGKILL)
            let again = try kapo.document("a restart") { $0[0].Restarts == 1 && $0[0].Status == "running" }
            #expect(again[1].PID == entries[1].PID && again[0].LastSignal == SIGKILL)
        }
    }

    @Test("one is named too, unlike the command of --config")
    func one() throws {
        try Sandbox.run { box in
            try box.writeService("only", "cmd: sleep 601")
            let entry = try start(box).entry("running") { $0.Status == "running" }
            #expect(entry.Name == "only")
            #expect(try box.superviseFile("\(box.services)/only.yml").entry().Name == nil)
        }
    }

    @Test("there are no control sockets; all stop at TERM")
    func sockets() throws {
        try Sandbox.run { box in
            for name in ["a", "b", "c"] { try box.writeService(name, "cmd: sleep 600") }
            let kapo = try start(box)
            try kapo.document("three") { $0.map(\.Status) == ["running", "running", "running"] }
            #expect(!Files.exists(box.path("run")) && !Files.exists(box.path("home")))
            #expect(try kapo.stop() == .code(0))
            #expect(box.processes("sleep 600").isEmpty)
        }
    }

    @Test("the directory is not watched: HUP has Kapo look")
    func hangUp() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600")
            let kapo = try start(box)
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            let descriptors = Files.names(in: "/proc/\(kapo.pid)/fd")
            #expect(
                !descriptors.contains { Files.target(ofLink: "/proc/\(kapo.pid)/fd/\($0)") == "anon_inode:inotify" })
            try box.writeService("b", "cmd: sleep 601")
            kapo.process.signal(SIGHUP)
            let entries = try kapo.document("both") { $0.map(\.Status) == ["running", "running"] }
            #expect(entries.map(\.Name) == ["a", "b"] && entries[0].PID == pid)
        }
    }

    @Test("killed, it takes its services with it or not, but never starts a second copy")
    func killed() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600")
            let kapo = try start(box)
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            kapo.process.signal(SIGKILL)
            try kapo.process.wait()
            // Nobody could find it: there is no directory of the service.
            try eventually("the end of the command") { !ProcessTable.isAlive(pid) }
        }
    }

    @Test("one that is not to be started again stays as it is, and the others go on")
    func done() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: [sh, -c, 'echo >>\(box.path("runs")); exit 3']\nretries: 0")
            try box.writeService("b", "cmd: sleep 600")
            let kapo = try start(box)
            try kapo.process.waitForErrors(containing: "sh is down, and is not started before an order")
            let entries = try kapo.document("both") { $0[1].Status == "running" }
            #expect(entries[0].Status == "stopped" && entries[0].ExitCode == 3)
            // Longer than a service that was told to halt is away.
            pause(.milliseconds(1300))
            #expect(Files.text(box.path("runs")) == "\n")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("--check-config checks each file, and prints all or says what is wrong in any")
    func check() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 1")
            try box.writeService("b", "cmd: sleep 2")
            let words = ["supervise", "--config-dir", box.services, "--check-config"]
            let fine = try box.finishKapo(words)
            #expect(fine.ending == .code(0))
            let (a, b) = ("# \(box.services)/a.yml\ncmd:\n", "---\n# \(box.services)/b.yml\ncmd:\n")
            #expect(fine.output.hasPrefix(a) && fine.output.contains(b), "\(fine.output)")
            try box.writeService("a", "cmd: sleep 1\nwait: x")
            try box.writeService("b", "cmd: sleep 2\nkapo:\n  port: 80")
            let wrong = try box.finishKapo(words)
            #expect(wrong.ending == .code(1) && wrong.output == "")
            #expect(wrong.errors.contains("\(box.services)/a.yml:2:7: "), "\(wrong.errors)")
            #expect(wrong.errors.contains("\(box.services)/b.yml:3:3: "), "\(wrong.errors)")
        }
    }
}

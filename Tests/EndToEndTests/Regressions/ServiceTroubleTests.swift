import Glibc
import Testing

/// A directory of services in which things go wrong.
@Suite struct ServiceTroubleTests {
    /// Starts `kapo dir` on these files, and waits until it serves.
    private static func start(_ box: Sandbox, _ files: [String: String]) throws -> Kapo {
        let directory = box.path("services")
        #expect(unsafe mkdir(directory, 0o755) == 0)
        for (name, text) in files { try write(box, name, text) }
        let words = [Programs.kapo, "--interface", "127.0.0.1", "--port", "0", "dir", directory]
        return try box.kapo(box.start(words, environment: box.ctlEnvironment))
    }

    /// Puts the file of a service there whole.
    private static func write(_ box: Sandbox, _ name: String, _ text: String) throws {
        try Files.write(box.path("draft"), text.utf8)
        #expect(unsafe rename(box.path("draft"), box.path("services/\(name).yml")) == 0)
    }

    /// Waits until the service is as wanted, and returns what `kapo ctl` shows of it.
    @discardableResult
    private static func service(
        _ box: Sandbox, _ name: String, _ kapo: Kapo, where condition: (CtlEntry) -> Bool
    ) throws -> CtlEntry {
        try eventually("\(name) as wanted; log: \(kapo.log)") {
            try box.ctlEntries().first { $0.Name == name && $0.Err.isEmpty && condition($0) }
        }
    }

    @Test("services that end, and one whose log cannot be opened, cost no descriptors; that one starts when it can")
    func logTrouble() throws {
        try Sandbox.run { box in
            let kapo = try Self.start(box, ["good": "cmd: sleep 600\nlog: {file: \(box.path("good.log"))}\n"])
            try Self.service(box, "good", kapo) { $0.PID > 0 && $0.Down.isEmpty }
            let before = ProcessTable.descriptors(kapo.pid)
            let text = """
                cmd: sleep 601
                log: {file: \(box.path("log"))}
                stderr: {file: \(box.path("later/err"))}

                """
            try Self.write(box, "bad", text)
            try kapo.process.waitForErrors(containing: "bad cannot be supervised")
            // It is tried at each of these changes, and once a second.
            for round in 1...5 {
                try Self.write(box, "other\(round)", "cmd: sleep 602\nlog: {file: \(box.path("other.log"))}\n")
                try Self.service(box, "other\(round)", kapo) { $0.Down.isEmpty }
                #expect(unsafe unlink(box.path("services/other\(round).yml")) == 0)
                try eventually("the end of it") { try !box.ctlEntries().contains { $0.Name == "other\(round)" } }
            }
            #expect(try !box.ctlEntries().contains { $0.Name == "bad" }, "a socket without a listener")
            try eventually("no more descriptors than before") { ProcessTable.descriptors(kapo.pid) <= before }
            #expect(kapo.log.split(separator: "bad cannot be supervised").count == 2, "\(kapo.log)")
            #expect(unsafe mkdir(box.path("later"), 0o755) == 0)
            try Self.service(box, "bad", kapo) { $0.PID > 0 && $0.Down.isEmpty }
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("once what a command left behind has been ended, Kapo sleeps")
    func sweptAndDown() throws {
        try Sandbox.run { box in
            let text = """
                cmd: [sh, -c, "(trap '' TERM; echo up; exec sleep 600) & exec sleep 601"]
                log: {file: \(box.path("log"))}
                kapo: {kill-after: 0.2, signal-to: child}

                """
            let kapo = try Self.start(box, ["web": text])
            try eventually("both run") { Files.text(box.path("log")) == "up\n" }
            #expect(try box.ctl(["stop", "web"]).code == 0)
            try kapo.process.waitForErrors(containing: "kill")
            try Self.service(box, "web", kapo) { !$0.Down.isEmpty }
            func wakeups() -> Int {
                let lines = Files.text("/proc/\(kapo.pid)/status").split(separator: "\n")
                let line = lines.first { $0.hasPrefix("voluntary_ctxt_switches:") }
                return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
            }
            // It has closed the last connection of `kapo ctl`, and has looked once more.
            pause(.milliseconds(500))
            let before = wakeups()
            pause(.seconds(2))
            #expect(before > 0 && wakeups() - before <= 4, "20 looks in 2 s would be 20 wakeups")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("a watchdog that comes with a change of policy is told to the next process, and the first one runs on")
    func watchdogLater() throws {
        try Sandbox.run { box in
            let kapo = try Self.start(box, ["web": "cmd: sleep 600\n"])
            let first = try Self.service(box, "web", kapo) { $0.Down.isEmpty && $0.PID > 0 }
            try Self.write(box, "web", "cmd: sleep 600\nkapo: {watchdog: 100}\n")
            // A further service shows that the change has been seen.
            try Self.write(box, "zoo", "cmd: sleep 601\n")
            try Self.service(box, "zoo", kapo) { $0.Down.isEmpty && $0.PID > 0 }
            #expect(try Self.service(box, "web", kapo) { _ in true }.PID == first.PID)
            #expect(try box.ctl(["restart", "web"]).code == 0)
            let second = try Self.service(box, "web", kapo) { $0.Down.isEmpty && $0.PID > 0 && $0.PID != first.PID }
            // The kernel has nothing to show of a process that is about to execute its command.
            let variables = try eventually("its environment") {
                let variables = (Files.read("/proc/\(second.PID)/environ") ?? []).split(separator: 0)
                return variables.isEmpty ? nil : variables
            }
            #expect(variables.contains(Array("WATCHDOG_USEC=100000000".utf8)[...]))
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("a pid file that names Kapo, or the command of another service, gives nobody a process to follow")
    func followedTwice() throws {
        try Sandbox.run { box in
            let (own, child) = (box.path("own.pid"), box.path("child.pid"))
            let files = [
                "a": "cmd: sleep 600\npid: {child: \(child)}\n",
                "thief": "cmd: sleep 0.1\npid: {follow: \(child)}\n",
                "mirror": "cmd: sleep 0.2\npid: {follow: \(own), parent: \(own)}\n",
            ]
            let kapo = try Self.start(box, files)
            let first = try Self.service(box, "a", kapo) { $0.Down.isEmpty && $0.PID > 0 }
            for name in ["thief", "mirror"] { try Self.service(box, name, kapo) { $0.Count > 1 && !$0.Fpid } }
            #expect(Files.text(own) == "\(kapo.pid)\n")
            kill(pid_t(first.PID), SIGKILL)
            try Self.service(box, "a", kapo) { $0.Down.isEmpty && $0.PID > 0 && $0.PID != first.PID }
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("a daemon without a name is known by its own pid")
    func namedByPID() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                [Programs.kapo, "immortal", "sleep", "600"], environment: box.ctlEnvironment)
            #expect(outcome.ending == .code(0), "\(outcome.errors)")
            let entry = try #require(try box.ctlEntries().first)
            let lock = Files.text("\(box.path("home"))/.immortal/\(entry.Name)/lock")
            #expect(lock == "\(entry.Name)\n", "the lock has the pid of whoever holds it")
            #expect(try box.ctl(["halt", entry.Name]).code == 0)
        }
    }
}

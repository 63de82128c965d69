import Glibc
import Testing

/// Kapo where the system has nothing left to give: processes and descriptors.
@Suite struct InitShortageTests {
    /// A user that has no other process; its limit of processes counts Kapo and the command alone.
    private static let user = "61234"

    /// What starts a program as that user, or as it is when the tests are not root's.
    private static let asUser =
        getuid() == 0 ? ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--"] : []

    /// Why that user cannot start Kapo; nil when it can.
    private static let obstacle: String? = findObstacle { box in
        guard getuid() == 0 else { return nil }
        let outcome = try box.finish(asUser + [Programs.kapo, "--version"])
        return outcome.code == 0 ? nil : outcome.errors
    }

    private func limit(_ box: Sandbox, _ pid: pid_t, processes: String) throws {
        let outcome = try box.finish(Self.asUser + ["prlimit", "--pid", "\(pid)", "--nproc=\(processes):"])
        guard outcome.code == 0 else { throw HarnessError("prlimit: \(outcome.errors)") }
    }

    @Test(
        "a restart for which there is no process is tried again until there is",
        .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
    func restart() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                box.start(Self.asUser + Sandbox.kapo(["supervise", "--wait", "0", "sleep", "600"])))
            let first = try kapo.entry("running") { $0.Status == "running" }
            try limit(box, kapo.pid, processes: "1")
            Glibc.kill(first.PID, SIGKILL)
            let log = try kapo.process.waitForErrors(containing: "starting sleep again in 1 s")
            #expect(log.contains("cannot start 'sleep': Resource temporarily unavailable"))
            let waiting = try kapo.entry()
            #expect(waiting.Status == "waiting" && waiting.PID == 0 && waiting.Signal == SIGKILL, "\(waiting)")
            try limit(box, kapo.pid, processes: "100")
            let second = try kapo.entry("running again") { $0.Status == "running" && $0.PID != first.PID }
            #expect(second.Restarts == 1 && second.LastSignal == SIGKILL)
        }
    }

    @Test(
        "supervise waits for a first run, too: the document says waiting; run ends with 125",
        .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
    func first() throws {
        try Sandbox.run { box in
            let words = Self.asUser + ["prlimit", "--nproc=1:", "--"]
            let kapo = try box.kapo(
                box.start(words + Sandbox.kapo(["supervise", "--wait", "0", "sleep", "600"])))
            let waiting = try kapo.entry("waiting") { $0.Status == "waiting" }
            #expect(waiting.PID == 0 && waiting.StartTime == "0001-01-01T00:00:00Z" && waiting.Restarts == 0)
            try limit(box, kapo.pid, processes: "100")
            let run = try kapo.entry("running") { $0.Status == "running" }
            #expect(run.Restarts == 0 && run.LastExitCode == nil)
            kapo.process.signal(SIGTERM)
            let outcome = try box.finish(words + Sandbox.kapo(["run", "sleep", "600"]))
            #expect(outcome.ending == .code(125))
            #expect(outcome.errors.contains("cannot start 'sleep': Resource temporarily unavailable"))
        }
    }

    @Test("with few descriptors, all taken by clients, it restarts, sweeps and reaps", arguments: Place.allCases)
    func descriptors(place: Place) throws {
        try Sandbox.run { box in
            let words = [
                "supervise", "--wait", "0.1", "sh", "-c", "setsid sleep 600 & sleep 600 & echo up; exec sleep 600",
            ]
            let kapo = try box.kapo(
                box.start(["prlimit", "--nofile=80:80", "--"] + Sandbox.kapo(words, at: place)))
            let pid = try box.pid(of: kapo.process, at: place)
            try kapo.process.waitForOutput(containing: "up")
            // Clients that hold connections until the end of their input, which is this test's to close.
            let client = try box.startClient(
                of: kapo,
                """
                held = []
                for _ in range(200):
                    connection = socket.socket()
                    connection.settimeout(0.2)
                    try:
                        connection.connect(("127.0.0.1", port))
                        connection.send(b"GET / HTTP/1.1\\r\\n")
                        held.append(connection)
                    except OSError:
                        break
                print("held", flush=True)
                time.sleep(600)
                """)
            try client.waitForOutput(containing: "held")
            for runs in 2...4 {
                let leader = try eventually("a command") {
                    ProcessTable.children(of: pid).first { ProcessTable.commandLine($0) == "sleep 600" }
                }
                Glibc.kill(leader, SIGKILL)
                try eventually(
                    "run \(runs): \(kapo.log)", that: { kapo.process.output == String(repeating: "up\n", count: runs) })
            }
            try eventually("one command and its two", that: { ProcessTable.children(of: pid).count <= 2 })
            client.signal(SIGKILL)
            _ = try client.wait()
            try kapo.entry("an answer") { $0.Restarts >= 3 }
        }
    }
}

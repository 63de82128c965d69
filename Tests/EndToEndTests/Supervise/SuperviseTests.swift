import Glibc
import Testing

@Suite struct SuperviseTests {
    @Test("a command that ends is started again after --wait, and the document counts and remembers")
    func restarts() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.2", "sh", "-c", "echo run >> \(box.path("runs")); exit 7",
            ])
            let entry = try kapo.entry("three restarts") { $0.Restarts >= 3 }
            #expect(entry.Mode == "supervise")
            #expect(entry.LastExitCode == 7)
            #expect(entry.LastSignal == 0)
            #expect(entry.Wait == 200_000_000)
            #expect(Files.text(box.path("runs")).split(separator: "\n").count > entry.Restarts)
            #expect(try kapo.counters().restarts >= 3)
        }
    }

    @Test("with --wait 0 it is started again at once, and Kapo goes on answering")
    func atOnce() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0", "sh", "-c", "kill -9 $$"])
            let entry = try kapo.entry("twenty restarts") { $0.Restarts >= 20 }
            #expect(entry.LastExitCode == -1)
            #expect(entry.LastSignal == SIGKILL)
        }
    }

    @Test("a worker that is killed comes back as another process, with its end on record")
    func killedWorker() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.1", "sleep", "600"])
            let first = try kapo.entry("running") { $0.Status == "running" }
            #expect(first.LastExitCode == nil && first.LastSignal == nil && first.Restarts == 0)
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("running again") { $0.Status == "running" && $0.Restarts == 1 }
            #expect(second.PID != first.PID)
            #expect(second.LastExitCode == -1)
            #expect(second.LastSignal == SIGKILL)
            #expect(second.ExitCode == 0 && second.Signal == 0)
            #expect(second.EndTime == "0001-01-01T00:00:00Z")
            let starts = [first, second].compactMap { WallTime.seconds($0.StartTime) }
            #expect(starts.count == 2 && starts[1] - starts[0] >= 0.1, "\(starts)")
        }
    }

    @Test("during the wait the document shows the end; TERM then ends Kapo at once with the command's code")
    func duringTheWait() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "3600", "sh", "-c", "exit 5"])
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.ExitCode == 5)
            #expect(entry.PID == 0)
            #expect(entry.Restarts == 0)
            #expect(entry.LastExitCode == nil, "there was no run before this one")
            #expect(WallTime.seconds(entry.EndTime) ?? 0 >= WallTime.seconds(entry.StartTime) ?? .infinity)
            #expect(kapo.log.contains("starting sh again in 3600 s"))
            #expect(try kapo.stop() == .code(5))
        }
    }

    @Test("without --wait it is five seconds")
    func defaultWait() throws {
        try Sandbox.run { box in
            let entry = try box.kapo(["s", "sleep", "600"]).entry()
            #expect(entry.Wait == 5_000_000_000)
        }
    }

    @Test("a command that becomes impossible to start is logged and tried again, until it is mended")
    func broken() throws {
        try Sandbox.run { box in
            let worker = try box.writeExecutable("worker", "#!/bin/sh\nexec sleep 600\n")
            let kapo = try box.kapo(["supervise", "--wait", "0.1", worker])
            let first = try kapo.entry("running") { $0.Status == "running" }
            unsafe chmod(worker, 0o644)
            kill(first.PID, SIGTERM)
            let log = try kapo.process.waitForErrors(containing: "cannot start '\(worker)': Permission denied")
            #expect(log.contains("level=error"))
            let between = try kapo.entry()
            #expect(between.Status == "waiting" && between.Signal == SIGTERM && between.Restarts == 0)
            #expect(between.PID == 0 && between.StartTime == first.StartTime)

            unsafe chmod(worker, 0o755)
            let second = try kapo.entry("running again") { $0.Status == "running" }
            #expect(second.Restarts == 1)
            #expect(second.LastSignal == SIGTERM)
        }
    }

    @Test("TERM and INT are passed on, end Kapo with the command's code, and nothing is started again")
    func stop() throws {
        try Sandbox.run { box in
            let script =
                "echo start; trap 'echo TERM; exit 42' TERM; trap 'echo INT; exit 43' INT; while :; do sleep 0.05; done"
            for (number, name, code) in [(SIGTERM, "TERM", Int32(42)), (SIGINT, "INT", 43)] {
                let kapo = try box.kapo(["supervise", "--wait", "0", "sh", "-c", script])
                try kapo.process.waitForOutput(containing: "start")
                // The traps are set after the line is written; a shell that shows up in a loop has set them.
                try eventually("the loop", that: { try !children(of: kapo.entry().PID).isEmpty })
                #expect(try kapo.stop(number) == .code(code))
                #expect(kapo.process.output == "start\n\(name)\n")
            }
            let kapo = try box.kapo(["supervise", "sleep", "600"])
            try kapo.entry("running") { $0.Status == "running" }
            #expect(try kapo.stop() == .code(128 + SIGTERM), "a command that does nothing about it")
        }
    }

    @Test("a second TERM or INT kills a command that does not end on the first", arguments: ["run", "supervise"])
    func secondTerm(mode: String) throws {
        try Sandbox.run { box in
            let script = "trap 'echo heard' TERM; echo ready; while :; do sleep 0.05; done"
            for second in [SIGTERM, SIGINT] {
                let kapo = try box.kapo([mode, "sh", "-c", script])
                try kapo.process.waitForOutput(containing: "ready")
                kapo.process.signal(SIGTERM)
                try kapo.process.waitForOutput(containing: "heard")
                #expect(try kapo.entry().Status == "stopping")
                #expect(try kapo.stop(second) == .code(128 + SIGKILL))
                #expect(kapo.log.contains("killing sh and its process group"))
            }
        }
    }

    @Test("a grandchild in the command's process group does not outlive the TERM")
    func grandchild() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "sh", "-c", "sleep 600 & sleep 600 & wait"])
            try eventually("two grandchildren", that: { try children(of: kapo.entry().PID).count == 2 })
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            try eventually("the end of the whole group", that: { box.processes.isEmpty })
        }
    }

    private func children(of pid: pid_t) throws -> [Substring] {
        Files.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ")
    }
}

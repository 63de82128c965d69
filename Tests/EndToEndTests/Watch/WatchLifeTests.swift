import Glibc
import Testing

@Suite struct WatchLifeTests {
    /// A copy of sleep(1) under a name that no other process of this system has.
    private func uniqueSleep(_ box: Sandbox) throws -> String {
        let name = "sleeper-\(box.identity)"
        let copied = try box.finish(["cp", "/bin/sleep", box.path(name)])
        #expect(copied.code == 0)
        return name
    }

    @Test("several processes of a name are several entries")
    func several() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            var processes = try (0..<3).map { _ in try box.start([box.path(name), "600"]) }
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            try kapo.document("three entries") { Set($0.map(\.PID)) == Set(processes.map(\.pid)) }
            #expect(try kapo.document().allSatisfy { $0.Status == "running" && $0.Command == name })

            processes.removeFirst().signal(SIGKILL)
            try kapo.document("two entries") { Set($0.map(\.PID)) == Set(processes.map(\.pid)) }
            for process in processes { process.signal(SIGKILL) }
            try kapo.entry("stopped") { $0.Status == "stopped" && $0.PID == 0 }
        }
    }

    @Test("the end of a process shows at once, however long the time between two looks")
    func endAtOnce() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            let process = try box.start([box.path(name), "600"])
            let kapo = try box.kapo(["watch", "--wait", "3600", name])
            let running = try kapo.entry()
            #expect(running.PID == process.pid)
            let before = WallTime.now
            process.signal(SIGTERM)
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.PID == 0)
            #expect(entry.StartTime == running.StartTime, "the start of what has ended stays on show")
            let end = try #require(WallTime.seconds(entry.EndTime))
            #expect(before <= end && end <= WallTime.now)
        }
    }

    @Test("a new process is found at a later look, and one that follows the first one too")
    func newProcess() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            let kapo = try box.kapo(["watch", "--wait", "0.2", name])
            #expect(try kapo.entry().Status == "stopped")
            let first = try box.start([box.path(name), "600"])
            try kapo.entry("the first process") { $0.PID == first.pid }
            first.signal(SIGKILL)
            try kapo.entry("stopped") { $0.Status == "stopped" }
            let second = try box.start([box.path(name), "600"])
            let entry = try kapo.entry("the second process") { $0.PID == second.pid }
            #expect(entry.EndTime == "0001-01-01T00:00:00Z")
        }
    }

    @Test("--pid watches that process only; another one of the same name is never reported")
    func onePid() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            let processes = try (0..<2).map { _ in try box.start([box.path(name), "600"]) }
            let pid = String(processes[0].pid)
            let kapo = try box.kapo(["watch", "--wait", "0.1", "--pid", pid, name])
            try kapo.entry("the process") { $0.PID == processes[0].pid }
            processes[0].signal(SIGKILL)
            try kapo.entry("stopped") { $0.Status == "stopped" && $0.PID == 0 }
            // Some looks later it is still so.
            pause(.milliseconds(500))
            #expect(try kapo.entry().Status == "stopped")

            let byVariable = try box.kapo(["watch", name], environment: ["KAPO_WATCHPID": String(processes[1].pid)])
            #expect(try byVariable.entry().PID == processes[1].pid)
        }
    }

    @Test("--pid of a process with another name gives one entry that is stopped")
    func otherName() throws {
        try Sandbox.run { box in
            let process = try box.start(["sleep", "600"])
            let kapo = try box.kapo(["watch", "-p", String(process.pid), "other-name-\(box.identity)"])
            #expect(try kapo.entry().Status == "stopped")
        }
    }

    @Test("StartTime is when the process started, and not when Kapo looked")
    func startTime() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            let before = WallTime.now
            let process = try box.start([box.path(name), "600"])
            let after = WallTime.now
            pause(.seconds(1))
            let entry = try box.kapo(["watch", name]).entry()
            let reported = try #require(WallTime.seconds(entry.StartTime))
            // The kernel counts in ticks of 10 ms.
            #expect(reported >= before - 0.05 && reported <= after + 0.05)

            let script = """
                import os, sys, time
                fields = open(f"/proc/{sys.argv[1]}/stat").read().rsplit(")", 1)[1].split()
                booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
                print(booted + int(fields[19]) / os.sysconf("SC_CLK_TCK"))
                """
            let computed = try box.python(script, [String(process.pid)])
            let independent = try #require(Double(computed.output.dropLast()))
            #expect(abs(reported - independent) < 0.05)
        }
    }

    @Test("TERM and INT end Kapo with 0 and leave the process alone; HUP is what it is to any program")
    func signals() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            let process = try box.start([box.path(name), "600"])
            for (number, ending) in [(SIGTERM, Ending.code(0)), (SIGINT, .code(0)), (SIGHUP, .signal(SIGHUP))] {
                let kapo = try box.kapo(["watch", name])
                #expect(try kapo.entry().PID == process.pid)
                #expect(try kapo.stop(number) == ending)
            }
            #expect(process.isRunning)
        }
    }

    @Test("a process that has ended and that nobody has reaped is not running")
    func zombie() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box)
            // A parent that never asks how its child ended: a Popen that nobody keeps would, when it is collected.
            let parent = try box.start([
                "python3", "-c",
                "import subprocess, time; child = subprocess.Popen(['\(box.path(name))', '0']); time.sleep(600)",
            ])
            _ = try eventually("a zombie") { () -> Bool? in
                box.zombies(of: parent.pid).isEmpty ? nil : true
            }
            let kapo = try box.kapo(["watch", name])
            #expect(try kapo.entry().Status == "stopped")
        }
    }
}

extension Sandbox {
    /// Children of that process that have ended and wait to be reaped.
    fileprivate func zombies(of parent: pid_t) -> [pid_t] {
        Files.names(in: "/proc").compactMap { pid_t($0) }.filter { pid in
            guard let fields = ProcessTable.stat(pid) else { return false }
            return fields[0] == "Z" && fields[1] == "\(parent)"
        }
    }
}

import Glibc
import Testing

/// `/metrics` under `watch`: several processes are one series.
@Suite struct MetricsWatchTests {
    @Test("usage is the sum of all processes, times are those of the oldest, and no pid is a label")
    func sums() throws {
        try Sandbox.run { box in
            let name = "sleeper-\(box.identity)"
            #expect(try box.finish(["cp", "/bin/sleep", box.path(name)]).code == 0)
            let processes = try (0..<3).map { _ in try box.start([box.path(name), "600"]) }
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            let samples = try kapo.metrics("three processes") { try $0("kapo_processes") == 3 }
            #expect(try samples("kapo_up") == 1)
            #expect(try samples("kapo_restarts_total") == 0)
            #expect(try samples("kapo_command_threads") == 3)
            let descriptors = processes.map { ProcessTable.descriptors($0.pid) }.reduce(0, +)
            #expect(try samples("kapo_command_open_fds") == Double(descriptors))
            let resident = processes.map { ProcessTable.residentKiB($0.pid) }.reduce(0, +)
            #expect(abs(try samples("kapo_command_resident_memory_bytes") / 1024 - Double(resident)) < 1024)
            let oldest = try #require(kapo.document().compactMap { WallTime.seconds($0.StartTime) }.min())
            #expect(abs(try samples("kapo_command_start_time_seconds") - oldest) < 0.001)
            #expect(!samples.text.contains("pid="))

            for process in processes { process.signal(SIGKILL) }
            let none = try kapo.metrics("nobody") { try $0("kapo_processes") == 0 }
            #expect(try none("kapo_up") == 0)
            #expect(none.values["kapo_command_resident_memory_bytes"] == nil)
            #expect(try none(#"kapo_state{state="stopped"}"#) == 1)
        }
    }

    @Test("CPU time does not fall when one of several ends")
    func processorTime() throws {
        try Sandbox.run { box in
            // The kernel's name of a script's process is the script's.
            let name = "busy-\(box.identity.prefix(8))"
            let script = try box.writeExecutable(name, "#!/bin/sh\ni=0\nwhile :; do i=$((i + 1)); done\n")
            let processes = try (0..<2).map { _ in try box.start([script]) }
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            try kapo.metrics("a second of CPU") { try $0("kapo_command_cpu_seconds_total") >= 1 }
            let before = try kapo.metrics()("kapo_command_cpu_seconds_total")
            for process in processes { process.signal(SIGKILL) }
            let after = try kapo.metrics("nobody") { try $0("kapo_processes") == 0 }
            #expect(try after("kapo_command_cpu_seconds_total") >= before)
        }
    }

    @Test("of more processes than a scrape may look at, only the number is told")
    func tooMany() throws {
        try Sandbox.run { box in
            let name = "sleeper-\(box.identity)"
            #expect(try box.finish(["cp", "/bin/sleep", box.path(name)]).code == 0)
            let script = "for i in $(seq 257); do \(box.path(name)) 600 & done; wait"
            let shell = try box.start(["sh", "-c", script])
            let kapo = try box.kapo(["watch", "--wait", "0.2", name])
            let samples = try kapo.metrics("257 processes") { try $0("kapo_processes") == 257 }
            #expect(!samples.names.contains { $0.hasSuffix("_bytes") && $0.hasPrefix("kapo_command") })
            #expect(samples.values["kapo_command_cpu_seconds_total"] == nil)
            #expect(samples.values["kapo_self_resident_memory_bytes"] != nil)
            try box.checkMetrics(of: kapo)
            shell.signalGroup(SIGKILL)
            try kapo.metrics("nobody") { try $0("kapo_processes") == 0 }
        }
    }
}

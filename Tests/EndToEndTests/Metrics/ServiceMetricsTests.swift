import Glibc
import Testing

/// `/metrics` of services, read by programs that others wrote and compared with what the kernel says.
@Suite struct ServiceMetricsTests {
    @Test("both formats are valid, whatever a service is called, and tell of each service and of all")
    func valid() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices([
                "a": "cmd: sleep 600", #"o"d\d"#: "cmd: sleep 601", "waits": "{cmd: sleep 602, require: [nobody]}",
            ])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            let samples = try kapo.metrics("two that run") { try $0("kapo_services{state=\"running\"}") == 2 }
            #expect(try samples("kapo_up{service=\"a\"}") == 1)
            #expect(try samples(#"kapo_up{service="o\"d\\d"}"#) == 1)
            #expect(try samples("kapo_up{service=\"waits\"}") == 0)
            #expect(try samples("kapo_services{state=\"stopped\"}") == 1)
            #expect(try samples("kapo_processes") == 2)
            #expect(try samples("kapo_state{service=\"a\",state=\"running\"}") == 1)
            #expect(try samples("kapo_command_info{service=\"a\",command=\"sleep\",mode=\"supervise\"}") == 1)
            #expect(samples.values["kapo_command_resident_memory_bytes{service=\"waits\"}"] == nil)
            #expect(samples.values["kapo_up"] == nil)
            try box.checkMetrics(of: kapo)
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("usage, restarts and the last end are those of the service itself")
    func truth() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600", "b": "cmd: tail -f /dev/null"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            let pids = try kapo.document().map(\.PID)
            try eventually(
                "both programs",
                that: {
                    pids.map(ProcessTable.commandLine) == ["sleep 600", "tail -f /dev/null"]
                })
            let before = try kapo.metrics()
            for (name, pid) in zip(["a", "b"], pids) {
                // Resident memory still grows a little; that of its addresses is what the program is.
                let virtual = try #require(ProcessTable.stat(pid).flatMap { Double($0[20]) })
                #expect(try before("kapo_command_virtual_memory_bytes{service=\"\(name)\"}") == virtual)
                #expect(try before("kapo_command_resident_memory_bytes{service=\"\(name)\"}") > 0)
                #expect(try before("kapo_restarts_total{service=\"\(name)\"}") == 0)
                #expect(before.values["kapo_last_signal{service=\"\(name)\"}"] == nil)
            }
            kill(pids[0], SIGKILL)
            let after = try kapo.metrics("a restart") { try $0("kapo_restarts_total{service=\"a\"}") == 1 }
            #expect(try after("kapo_last_signal{service=\"a\"}") == 9)
            #expect(try after("kapo_last_exit_code{service=\"a\"}") == -1)
            #expect(try after("kapo_restarts_total{service=\"b\"}") == 0)
            #expect(after.values["kapo_last_signal{service=\"b\"}"] == nil)
            #expect(
                try after("kapo_command_start_time_seconds{service=\"b\"}")
                    == before("kapo_command_start_time_seconds{service=\"b\"}"))
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("a service that is gone leaves no series, and one that comes has them")
    func comingAndGoing() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.metrics("a") { $0.values["kapo_up{service=\"a\"}"] == 1 }
            try Files.write("\(directory)/b.yml", "cmd: sleep 600".utf8)
            try box.removeServiceFile("a")
            kapo.process.signal(SIGHUP)
            let samples = try kapo.metrics("b alone") {
                $0.values["kapo_up{service=\"b\"}"] == 1 && $0.values["kapo_up{service=\"a\"}"] == nil
            }
            #expect(!samples.text.contains("service=\"a\""))
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("output is counted for a service that has a log, and together for those that have none")
    func output() throws {
        try Sandbox.run { box in
            let files = Dictionary(
                uniqueKeysWithValues: ["a", "b", "logs"].map { name in
                    (name, "cmd: [sh, -c, 'echo \(name); exec sleep 600']\n")
                })
            let log = "log: {file: \(box.path("log"))}\n"
            let directory = try box.directoryOfServices(files.merging(["logs": log]) { $0 + $1 })
            let kapo = try box.kapo(["--stdout", "supervise", "--config-dir", directory])
            let samples = try kapo.metrics("three lines") {
                $0.values["kapo_output_lines_total{stream=\"stdout\"}"] == 2
                    && $0.values["kapo_output_lines_total{service=\"logs\",stream=\"stdout\"}"] == 1
            }
            #expect(try samples("kapo_output_bytes_total{stream=\"stdout\"}") == 4)
            #expect(try samples("kapo_output_bytes_total{service=\"logs\",stream=\"stdout\"}") == 5)
            try box.checkMetrics(of: kapo)
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("more than 256 processes: usage is left out, all else is told")
    func many() throws {
        try Sandbox.run { box in
            let names = (1000..<1257).map { "s\($0)" }
            let directory = try box.directoryOfServices(
                Dictionary(uniqueKeysWithValues: names.map { ($0, "cmd: sleep 600") }))
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            let samples = try kapo.metrics("257 that run") { try $0("kapo_services{state=\"running\"}") == 257 }
            #expect(names.allSatisfy { samples.values["kapo_up{service=\"\($0)\"}"] == 1 })
            #expect(!samples.text.contains("kapo_command_resident"))
            #expect(!samples.text.contains("kapo_command_cpu"))
            #expect(try samples("kapo_self_threads") == 1)
            #expect(try kapo.stop() == .code(0))
        }
    }
}

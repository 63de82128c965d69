import Machine
import Testing

@testable import Document

@Suite("The answer of /metrics for services")
struct ServiceMetricsTests {
    private static func entry(_ name: String, _ status: Status, pid: Int32 = 0) -> Metrics.Entry {
        var subject = StatusEntry.Subject(
            mode: .supervise, command: "sleep", arguments: ["600"], sidebindPort: 0, waitNanoseconds: 0)
        subject.name = name
        var report = Report()
        report.status = status
        report.pid = pid
        return Metrics.Entry(subject: subject, reports: [report])
    }

    private static func answer(_ entries: [Metrics.Entry]) -> String {
        var metrics = Metrics(version: "1", entries: entries, now: 100_000_000_000)
        metrics.isOfServices = true
        return text(metrics.bytes(in: .text))
    }

    /// The samples of a family.
    private static func samples(_ name: String, of entries: [Metrics.Entry]) -> [String] {
        answer(entries).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("kapo_\(name){") || $0.hasPrefix("kapo_\(name) ") }
    }

    /// One that runs for the second time and writes, and one that has not come so far.
    private static let two: [Metrics.Entry] = {
        var running = entry("a", .running, pid: 17)
        running.reports[0].startedAt = 90_000_000_000
        running.reports[0].restarts = 1
        running.reports[0].previousExit = .exited(3)
        running.timeToLive = 5_000_000_000
        running.command.usage = .init(residentBytes: 4096, virtualBytes: 8192, descriptors: 3, threads: 2)
        running.command.processorTime = 10_000_000
        running.streams = [.init(name: "stdout", bytes: 70, lines: 3)]
        return [running, entry("b", .waiting)]
    }()

    @Test(
        "what is of one service has its name as a label, in front of others; what is not known of one is left out",
        arguments: [
            (
                "command_info",
                [
                    #"{service="a",command="sleep",mode="supervise"} 1"#,
                    #"{service="b",command="sleep",mode="supervise"} 1"#,
                ]
            ),
            ("up", [#"{service="a"} 1"#, #"{service="b"} 0"#]),
            ("restarts_total", [#"{service="a"} 1"#, #"{service="b"} 0"#]),
            ("last_exit_code", [#"{service="a"} 3"#]),
            ("last_signal", [#"{service="a"} 0"#]),
            ("command_start_time_seconds", [#"{service="a"} 90"#]),
            ("command_uptime_seconds", [#"{service="a"} 10"#]),
            ("command_ttl_remaining_seconds", [#"{service="a"} 5"#]),
            ("command_cpu_seconds_total", [#"{service="a"} 0.01"#]),
            ("command_resident_memory_bytes", [#"{service="a"} 4096"#]),
            ("command_virtual_memory_bytes", [#"{service="a"} 8192"#]),
            ("command_open_fds", [#"{service="a"} 3"#]),
            ("command_threads", [#"{service="a"} 2"#]),
            ("output_bytes_total", [#"{service="a",stream="stdout"} 70"#]),
            ("output_lines_total", [#"{service="a",stream="stdout"} 3"#]),
            ("processes", [" 1"]),
            ("log_lines_dropped_total", [" 0"]),
        ])
    func labels(_ expected: (name: String, samples: [String])) {
        #expect(Self.samples(expected.name, of: Self.two) == expected.samples.map { "kapo_\(expected.name)\($0)" })
    }

    @Test("each service has all states, and the services are counted by theirs")
    func states() {
        let states = Self.samples("state", of: Self.two)
        #expect(states.count == 2 * Status.allCases.count)
        #expect(
            states.filter { $0.hasSuffix(" 1") } == [
                #"kapo_state{service="a",state="running"} 1"#, #"kapo_state{service="b",state="waiting"} 1"#,
            ])
        let counts = Self.samples("services", of: Self.two + [Self.entry("c", .waiting)])
        let expected = Status.allCases.map { status in
            "kapo_services{state=\"\(status.rawValue)\"} \([.running: 1, .waiting: 2][status] ?? 0)"
        }
        #expect(counts == expected)
    }

    @Test("no services: the counts are 0, and there is no series of any")
    func none() {
        #expect(Self.samples("services", of: []).allSatisfy { $0.hasSuffix(" 0") })
        #expect(Self.samples("services", of: []).count == Status.allCases.count)
        #expect(!Self.answer([]).contains("service="))
        #expect(Self.samples("processes", of: []) == ["kapo_processes 0"])
        #expect(!Self.answer([]).contains("kapo_up"))
    }

    @Test("what was captured of services together has no name")
    func shared() {
        var metrics = Metrics(version: "1", entries: Self.two, now: 0)
        metrics.sharedStreams = [.init(name: "stderr", bytes: 9, lines: 1)]
        let lines = text(metrics.bytes(in: .text)).split(separator: "\n").filter { $0.hasPrefix("kapo_output_lines") }
        #expect(
            lines == [
                #"kapo_output_lines_total{stream="stderr"} 1"#,
                #"kapo_output_lines_total{service="a",stream="stdout"} 3"#,
            ])
    }

    @Test("a name may be any text")
    func escapes() {
        #expect(Self.samples("up", of: [Self.entry("a\"b\\c\nd", .stopped)]) == [#"kapo_up{service="a\"b\\c\nd"} 0"#])
    }
}

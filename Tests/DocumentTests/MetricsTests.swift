import Machine
import Testing

@testable import Document

@Suite("The answer of /metrics")
struct MetricsTests {
    /// A supervised command that runs for the second time, and everything that can be known of it.
    private static let full: Metrics = {
        var report = Report()
        report.status = .running
        report.pid = 17
        report.startedAt = 1_795_206_115_500_000_000
        report.previousExit = .signalled(9)
        report.restarts = 1
        let subject = StatusEntry.Subject(
            mode: .supervise, command: #"./a "b"\c"#, arguments: ["--password", "secret"], sidebindPort: 0,
            waitNanoseconds: 0)
        var entry = Metrics.Entry(subject: subject, reports: [report])
        entry.timeToLive = 57_500_000_000
        entry.command.usage = .init(residentBytes: 4096, virtualBytes: 8192, descriptors: 3, threads: 2)
        entry.command.processorTime = 1_010_000_000
        entry.streams = [.init(name: "stdout", bytes: 70, lines: 3), .init(name: "stderr", bytes: 0, lines: 0)]
        var metrics = Metrics(version: "1.2.3", entries: [entry], now: 1_795_206_118_000_000_000)
        metrics.own.usage = .init(residentBytes: 2048, virtualBytes: 10_240, descriptors: 9, threads: 1)
        metrics.own.processorTime = 20_000_000
        metrics.own.startedAt = 1_795_206_000_000_000_000
        metrics.http.requests = [.init(path: "*", count: 5), .init(path: "/metrics", count: 2)]
        metrics.http.connectionsAccepted = 6
        metrics.http.connectionsOpen = 1
        metrics.logLinesDropped = 4
        return metrics
    }()

    /// What it is as text, but for the states.
    private static let fullText = #"""
        # HELP kapo_build_info The version of Kapo.
        # TYPE kapo_build_info gauge
        kapo_build_info{version="1.2.3"} 1
        # HELP kapo_command_info What Kapo was asked for: the command as typed, without its arguments.
        # TYPE kapo_command_info gauge
        kapo_command_info{command="./a \"b\"\\c",mode="supervise"} 1
        # HELP kapo_up 1 if the command runs, 0 if not.
        # TYPE kapo_up gauge
        kapo_up 1
        # HELP kapo_processes Processes that run.
        # TYPE kapo_processes gauge
        kapo_processes 1
        # HELP kapo_state 1 for the state that Status of the document shows, 0 for others.
        # TYPE kapo_state gauge
        STATES
        # HELP kapo_restarts_total Starts of the command after the first.
        # TYPE kapo_restarts_total counter
        kapo_restarts_total 1
        # HELP kapo_last_exit_code Exit code of the run that ended last, or -1 if a signal ended it.
        # TYPE kapo_last_exit_code gauge
        kapo_last_exit_code -1
        # HELP kapo_last_signal The signal that ended the run that ended last, or 0.
        # TYPE kapo_last_signal gauge
        kapo_last_signal 9
        # HELP kapo_command_start_time_seconds When the process started, since 1970; it stays after the end.
        # TYPE kapo_command_start_time_seconds gauge
        kapo_command_start_time_seconds 1795206115.5
        # HELP kapo_command_uptime_seconds How long the process has been running.
        # TYPE kapo_command_uptime_seconds gauge
        kapo_command_uptime_seconds 2.5
        # HELP kapo_command_ttl_remaining_seconds What is left of the time to live.
        # TYPE kapo_command_ttl_remaining_seconds gauge
        kapo_command_ttl_remaining_seconds 57.5
        # HELP kapo_command_cpu_seconds_total CPU time of the process and of those before it, as seen by scrapes.
        # TYPE kapo_command_cpu_seconds_total counter
        kapo_command_cpu_seconds_total 1.01
        # HELP kapo_command_resident_memory_bytes Resident memory of the process.
        # TYPE kapo_command_resident_memory_bytes gauge
        kapo_command_resident_memory_bytes 4096
        # HELP kapo_command_virtual_memory_bytes Virtual memory of the process.
        # TYPE kapo_command_virtual_memory_bytes gauge
        kapo_command_virtual_memory_bytes 8192
        # HELP kapo_command_open_fds Open file descriptors of the process.
        # TYPE kapo_command_open_fds gauge
        kapo_command_open_fds 3
        # HELP kapo_command_threads Threads of the process.
        # TYPE kapo_command_threads gauge
        kapo_command_threads 2
        # HELP kapo_output_bytes_total Captured from the command.
        # TYPE kapo_output_bytes_total counter
        kapo_output_bytes_total{stream="stdout"} 70
        kapo_output_bytes_total{stream="stderr"} 0
        # HELP kapo_output_lines_total Lines captured from the command.
        # TYPE kapo_output_lines_total counter
        kapo_output_lines_total{stream="stdout"} 3
        kapo_output_lines_total{stream="stderr"} 0
        # HELP kapo_log_lines_dropped_total Lines of the log that were lost while standard error was blocked.
        # TYPE kapo_log_lines_dropped_total counter
        kapo_log_lines_dropped_total 4
        # HELP kapo_http_requests_total Answers by path, errors among them; * is every path not named.
        # TYPE kapo_http_requests_total counter
        kapo_http_requests_total{path="*"} 5
        kapo_http_requests_total{path="/metrics"} 2
        # HELP kapo_http_connections_accepted_total Connections since the start.
        # TYPE kapo_http_connections_accepted_total counter
        kapo_http_connections_accepted_total 6
        # HELP kapo_http_connections_open Connections right now.
        # TYPE kapo_http_connections_open gauge
        kapo_http_connections_open 1
        # HELP kapo_self_start_time_seconds When Kapo started, since 1970.
        # TYPE kapo_self_start_time_seconds gauge
        kapo_self_start_time_seconds 1795206000
        # HELP kapo_self_cpu_seconds_total CPU time of Kapo.
        # TYPE kapo_self_cpu_seconds_total counter
        kapo_self_cpu_seconds_total 0.02
        # HELP kapo_self_resident_memory_bytes Resident memory of Kapo.
        # TYPE kapo_self_resident_memory_bytes gauge
        kapo_self_resident_memory_bytes 2048
        # HELP kapo_self_virtual_memory_bytes Virtual memory of Kapo.
        # TYPE kapo_self_virtual_memory_bytes gauge
        kapo_self_virtual_memory_bytes 10240
        # HELP kapo_self_open_fds Open file descriptors of Kapo.
        # TYPE kapo_self_open_fds gauge
        kapo_self_open_fds 9
        # HELP kapo_self_threads Threads of Kapo.
        # TYPE kapo_self_threads gauge
        kapo_self_threads 1

        """#

    @Test("Prometheus text, byte for byte")
    func prometheusText() {
        let expected = Self.fullText.replacing("STATES", with: Self.states(running: true))
        #expect(text(Self.full.bytes(in: .text)) == expected)
    }

    /// A line for each state that there is.
    private static func states(running: Bool) -> String {
        Status.allCases.map { "kapo_state{state=\"\($0.rawValue)\"} \(running == ($0 == .running) ? 1 : 0)" }
            .joined(separator: "\n")
    }

    @Test("OpenMetrics is the same but for the families' names and units, and ends with # EOF")
    func openMetrics() {
        var expected: [String] = []
        let units = ["seconds", "bytes"]
        for line in text(Self.full.bytes(in: .text)).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard words[0] == "#" else {
                expected.append(String(line))
                continue
            }
            var name = words[2]
            for suffix in ["_total", "_info"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
            let isInfo = words[2].hasSuffix("_info")
            expected.append("# \(words[1]) \(name) \(words[1] == "TYPE" && isInfo ? "info" : words[3])")
            if words[1] == "TYPE", let unit = units.first(where: { name.hasSuffix("_\($0)") }) {
                expected.append("# UNIT \(name) \(unit)")
            }
        }
        expected.append("# EOF\n")
        let actual = text(Self.full.bytes(in: .openMetrics))
        #expect(actual == expected.joined(separator: "\n"))
        #expect(actual.contains("# TYPE kapo_build info\nkapo_build_info{version=\"1.2.3\"} 1\n"))
        #expect(actual.contains("# TYPE kapo_restarts counter\nkapo_restarts_total 1\n"))
        #expect(
            actual.contains(
                "# TYPE kapo_self_cpu_seconds counter\n# UNIT kapo_self_cpu_seconds seconds\n"
                    + "kapo_self_cpu_seconds_total 0.02\n"))
    }

    @Test("what nobody knows is not said, and never 0")
    func unknown() {
        var metrics = Self.full
        metrics.entries[0].reports = [Report()]
        metrics.entries[0].timeToLive = nil
        metrics.entries[0].command = .init()
        metrics.own.usage = nil
        metrics.own.processorTime = nil
        metrics.entries[0].streams = []
        let answer = text(metrics.bytes(in: .text))
        for name in [
            "last_", "command_start", "command_uptime", "ttl", "command_cpu", "command_resident", "command_open",
            "output", "self_cpu", "self_resident", "self_open", "threads",
        ] {
            #expect(!answer.contains(name), "\(name)")
        }
        #expect(answer.contains("\nkapo_up 0\n"))
        #expect(answer.contains("\nkapo_restarts_total 0\n"))
        #expect(answer.contains("\nkapo_state{state=\"stopped\"} 1\n"))
    }

    @Test("a run that has ended says how, and keeps its start")
    func ended() {
        var metrics = Self.full
        metrics.entries[0].reports[0].status = .stopped
        metrics.entries[0].reports[0].pid = 0
        metrics.entries[0].reports[0].exit = .exited(3)
        let answer = text(metrics.bytes(in: .text))
        #expect(answer.contains("\nkapo_up 0\n"))
        #expect(answer.contains("\nkapo_last_exit_code 3\n"))
        #expect(answer.contains("\nkapo_last_signal 0\n"))
        #expect(answer.contains("\nkapo_command_start_time_seconds 1795206115.5\n"))
        #expect(!answer.contains("uptime"))
    }

    @Test("several processes are one series, of the oldest or of the sum")
    func several() {
        var metrics = Self.full
        var second = metrics.entries[0].reports[0]
        second.startedAt = 1_795_206_117_000_000_000
        metrics.entries[0].reports.append(second)
        let answer = text(metrics.bytes(in: .text))
        #expect(answer.contains("\nkapo_processes 2\n"))
        #expect(answer.contains("\nkapo_up 1\n"))
        #expect(answer.contains("\nkapo_command_uptime_seconds 2.5\n"))
        #expect(answer.split(separator: "\n").count == text(Self.full.bytes(in: .text)).split(separator: "\n").count)
    }

    @Test("a sum knows no more than each part does")
    func sum() {
        let one = Metrics.Usage(residentBytes: 1, virtualBytes: 10, descriptors: 3, threads: 1)
        let other = Metrics.Usage(residentBytes: 2, virtualBytes: 20, descriptors: 4, threads: 5)
        #expect(one + other == Metrics.Usage(residentBytes: 3, virtualBytes: 30, descriptors: 7, threads: 6))
        var unknown = other
        unknown.descriptors = nil
        #expect((one + unknown).descriptors == nil)
        #expect((unknown + one).descriptors == nil)
    }

    @Test("a clock that was set back, or a stop that is late, gives no negative time")
    func noNegativeTime() {
        var metrics = Self.full
        metrics.now = 0
        metrics.entries[0].timeToLive = -1
        let answer = text(metrics.bytes(in: .text))
        #expect(answer.contains("\nkapo_command_uptime_seconds 0\n"))
        #expect(answer.contains("\nkapo_command_ttl_remaining_seconds 0\n"))
    }

    @Test("names and help are what both formats take as they are, and the arguments are not told")
    func names() {
        let families = Self.full.families
        for family in families {
            #expect(family.name.wholeMatch(of: /kapo_[a-z]+(_[a-z]+)*/) != nil, "\(family.name)")
            #expect(family.help.wholeMatch(of: /[A-Z0-9][^\n\\"]*\./) != nil, "\(family.help)")
        }
        #expect(Set(families.map(\.name)).count == families.count)
        for format in MetricsFormat.allCases { #expect(!text(Self.full.bytes(in: format)).contains("secret")) }
    }
}

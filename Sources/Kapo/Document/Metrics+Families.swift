import Machine

/// The names. A family is the same in both formats, and so are its series: an alert does not depend on what a
/// Prometheus asks for. That is why `kapo_state` is a gauge, and no state set of OpenMetrics, whose label would have to
/// be called `kapo_state` too.
///
/// Labels take few values, all known from the start. There is no `pid` among them: each restart would begin a new
/// series, and under `watch` each process. So `kapo_command_…` is the sum of all processes under `watch`, and the
/// document says which they are. What a sum cannot be made of, such as the start, is that of the oldest process.
extension Metrics {
    var families: [MetricFamily] { about + state + time + usage + output + traffic + itself }

    private var about: [MetricFamily] {
        let version = [MetricFamily.Label(name: "version", value: version)]
        let command = [
            MetricFamily.Label(name: "command", value: subject.command),
            MetricFamily.Label(name: "mode", value: subject.mode.rawValue),
        ]
        return [
            MetricFamily("build", .info, "The version of Kapo.", [.init(labels: version, value: .count(1))]),
            MetricFamily(
                "command", .info, "What Kapo was asked for: the command as typed, without its arguments.",
                [.init(labels: command, value: .count(1))]),
        ]
    }

    private var state: [MetricFamily] {
        let processes = reports.count { $0.pid != 0 }
        let states = Status.allCases.map { status in
            MetricFamily.Sample(
                labels: [.init(name: "state", value: status.rawValue)],
                value: .count(reports.contains { $0.status == status } ? 1 : 0))
        }
        // The run that ended last: this one if it has ended, or else the one before it.
        let last = reports.first.flatMap { $0.exit ?? $0.previousExit }
        return [
            MetricFamily("up", .gauge, "1 if the command runs, 0 if not.", .count(processes > 0 ? 1 : 0)),
            MetricFamily("processes", .gauge, "Processes that run.", .integer(Int64(processes))),
            MetricFamily("state", .gauge, "1 for the state that Status of the document shows, 0 for others.", states),
            MetricFamily(
                "restarts", .counter, "Starts of the command after the first.",
                .integer(Int64(reports.first?.restarts ?? 0))),
            MetricFamily(
                "last_exit_code", .gauge, "Exit code of the run that ended last, or -1 if a signal ended it.",
                last.map { .integer(Int64($0.documentCode)) }),
            MetricFamily(
                "last_signal", .gauge, "The signal that ended the run that ended last, or 0.",
                last.map { .integer(Int64($0.signal)) }),
        ]
    }

    private var time: [MetricFamily] {
        let oldest = reports.first
        let running = oldest.flatMap { $0.pid == 0 ? nil : $0.startedAt }
        return [
            MetricFamily(
                "command_start_time_seconds", .gauge, "When the process started, since 1970; it stays after the end.",
                oldest?.startedAt.map { .nanoseconds($0) }),
            MetricFamily(
                "command_uptime_seconds", .gauge, "How long the process has been running.",
                // The clock may have been set back since.
                running.map { .nanoseconds(max(0, now - $0)) }),
            MetricFamily(
                "command_ttl_remaining_seconds", .gauge, "What is left of the time to live.",
                timeToLive.map { .nanoseconds(max(0, $0)) }),
        ]
    }

    private var usage: [MetricFamily] {
        [
            MetricFamily(
                "command_cpu_seconds", .counter, "CPU time of the process and of those before it, as seen by scrapes.",
                command.processorTime.map { .nanoseconds($0) })
        ] + Self.families(of: command.usage, "command", whose: "of the process")
    }

    private var output: [MetricFamily] {
        let label = { (stream: Stream) in [MetricFamily.Label(name: "stream", value: stream.name)] }
        return [
            MetricFamily(
                "output_bytes", .counter, "Captured from the command.",
                streams.map { .init(labels: label($0), value: .count($0.bytes)) }),
            MetricFamily(
                "output_lines", .counter, "Lines captured from the command.",
                streams.map { .init(labels: label($0), value: .count($0.lines)) }),
            MetricFamily(
                "log_lines_dropped", .counter, "Lines of the log that were lost while standard error was blocked.",
                .count(logLinesDropped)),
        ]
    }

    private var traffic: [MetricFamily] {
        [
            MetricFamily(
                "http_requests", .counter, "Answers by path, errors among them; * is every path not named.",
                http.requests.map {
                    .init(labels: [.init(name: "path", value: $0.path)], value: .count($0.count))
                }),
            MetricFamily(
                "http_connections_accepted", .counter, "Connections since the start.",
                .count(http.connectionsAccepted)),
            MetricFamily(
                "http_connections_open", .gauge, "Connections right now.", .integer(Int64(http.connectionsOpen))),
        ]
    }

    private var itself: [MetricFamily] {
        [
            MetricFamily(
                "self_start_time_seconds", .gauge, "When Kapo started, since 1970.", .nanoseconds(own.startedAt)),
            MetricFamily(
                "self_cpu_seconds", .counter, "CPU time of Kapo.", own.processorTime.map { .nanoseconds($0) }),
        ] + Self.families(of: own.usage, "self", whose: "of Kapo")
    }

    private static func families(of usage: Usage?, _ prefix: String, whose: String) -> [MetricFamily] {
        guard let usage else { return [] }
        return [
            MetricFamily(
                "\(prefix)_resident_memory_bytes", .gauge, "Resident memory \(whose).", .count(usage.residentBytes)),
            MetricFamily(
                "\(prefix)_virtual_memory_bytes", .gauge, "Virtual memory \(whose).", .count(usage.virtualBytes)),
            MetricFamily(
                "\(prefix)_open_fds", .gauge, "Open file descriptors \(whose).",
                usage.descriptors.map { .integer(Int64($0)) }),
            MetricFamily("\(prefix)_threads", .gauge, "Threads \(whose).", .integer(Int64(usage.threads))),
        ]
    }
}

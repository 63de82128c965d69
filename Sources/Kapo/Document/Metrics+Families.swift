import Machine

/// The names. A family is the same in both formats, and so are its series: an alert does not depend on what a
/// Prometheus asks for. That is why `kapo_state` is a gauge, and no state set of OpenMetrics, whose label would have to
/// be called `kapo_state` too.
///
/// Labels take few values, all known from the start. There is no `pid` among them: each restart would begin a new
/// series, and under `watch` each process. So `kapo_command_…` is the sum of all processes under `watch`, and the
/// document says which they are. What a sum cannot be made of, such as the start, is that of the oldest process.
///
/// Where there are services, what is of one of them has its name as the label `service`.
extension Metrics {
    var families: [MetricFamily] {
        about + services + (proxy.map(\.families) ?? state) + checks + time + usage + output + traffic + itself
    }

    /// A sample for each entry of which there is something to say.
    private func each(_ value: (Entry) -> MetricFamily.Value?) -> [MetricFamily.Sample] {
        entries.compactMap { entry in value(entry).map { .init(labels: entry.labels, value: $0) } }
    }

    /// Samples for each entry, with labels behind its own.
    private func each<Part>(
        of parts: (Entry) -> [Part], _ sample: (Part) -> (labels: [MetricFamily.Label], value: MetricFamily.Value)
    ) -> [MetricFamily.Sample] {
        entries.flatMap { entry in
            parts(entry).map { part in
                let (labels, value) = sample(part)
                return MetricFamily.Sample(labels: entry.labels + labels, value: value)
            }
        }
    }

    private var about: [MetricFamily] {
        let version = [MetricFamily.Label(name: "version", value: version)]
        let commands = each(of: { [$0.subject] }) { subject in
            (
                [.init(name: "command", value: subject.command), .init(name: "mode", value: subject.mode.rawValue)],
                .count(1)
            )
        }
        return [
            MetricFamily("build", .info, "The version of Kapo.", [.init(labels: version, value: .count(1))]),
            MetricFamily(
                "command", .info, "What Kapo was asked for: the command as typed, without its arguments.", commands),
        ]
    }

    private var services: [MetricFamily] {
        guard isOfServices else { return [] }
        var counts: [Status: UInt64] = [:]
        for report in entries.flatMap(\.reports) { counts[report.status, default: 0] += 1 }
        let samples = Status.allCases.map { status in
            MetricFamily.Sample(
                labels: [.init(name: "state", value: status.rawValue)], value: .count(counts[status] ?? 0))
        }
        return [MetricFamily("services", .gauge, "Services by the state that Status of the document shows.", samples)]
    }

    private var state: [MetricFamily] {
        let states = each(of: { entry in Status.allCases.map { (status: $0, entry: entry) } }) { part in
            let isShown = part.entry.reports.contains { $0.status == part.status }
            return ([.init(name: "state", value: part.status.rawValue)], .count(isShown ? 1 : 0))
        }
        // The run that ended last: this one if it has ended, or else the one before it.
        let last = { (entry: Entry) in entry.reports.first.flatMap { $0.exit ?? $0.previousExit } }
        return [
            MetricFamily(
                "up", .gauge, "1 if the command runs, 0 if not.", each { .count($0.processes > 0 ? 1 : 0) }),
            MetricFamily(
                "processes", .gauge, "Processes that run.",
                .integer(Int64(entries.reduce(0) { $0 + $1.processes }))),
            MetricFamily("state", .gauge, "1 for the state that Status of the document shows, 0 for others.", states),
            MetricFamily(
                "restarts", .counter, "Starts of the command after the first.",
                each { .integer(Int64($0.reports.first?.restarts ?? 0)) }),
            MetricFamily(
                "last_exit_code", .gauge, "Exit code of the run that ended last, or -1 if a signal ended it.",
                each { last($0).map { .integer(Int64($0.documentCode)) } }),
            MetricFamily(
                "last_signal", .gauge, "The signal that ended the run that ended last, or 0.",
                each { last($0).map { .integer(Int64($0.signal)) } }),
        ]
    }

    private var time: [MetricFamily] {
        // Those of the oldest.
        let running = { (entry: Entry) in entry.reports.first.flatMap { $0.pid == 0 ? nil : $0.startedAt } }
        return [
            MetricFamily(
                "command_start_time_seconds", .gauge, "When the process started, since 1970; it stays after the end.",
                each { $0.reports.first?.startedAt.map { .nanoseconds($0) } }),
            MetricFamily(
                "command_uptime_seconds", .gauge, "How long the process has been running.",
                // The clock may have been set back since.
                each { running($0).map { .nanoseconds(max(0, now - $0)) } }),
            MetricFamily(
                "command_ttl_remaining_seconds", .gauge, "What is left of the time to live.",
                each { $0.timeToLive.map { .nanoseconds(max(0, $0)) } }),
        ]
    }

    private var usage: [MetricFamily] {
        [
            MetricFamily(
                "command_cpu_seconds", .counter, "CPU time of the process and of those before it, as seen by scrapes.",
                each { $0.command.processorTime.map { .nanoseconds($0) } })
        ]
            + Self.families(
                of: entries.compactMap { entry in entry.command.usage.map { (entry.labels, $0) } }, "command",
                whose: "of the process")
    }

    private var output: [MetricFamily] {
        func samples(_ count: @escaping (Stream) -> UInt64) -> [MetricFamily.Sample] {
            let sample = { (stream: Stream) -> (labels: [MetricFamily.Label], value: MetricFamily.Value) in
                ([.init(name: "stream", value: stream.name)], .count(count(stream)))
            }
            return sharedStreams.map(sample).map { .init(labels: $0.labels, value: $0.value) }
                + each(of: \.streams, sample)
        }
        return [
            MetricFamily(
                "output_bytes", .counter, "Captured from the command.",
                samples(\.bytes)),
            MetricFamily(
                "output_lines", .counter, "Lines captured from the command.",
                samples(\.lines)),
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
        ] + Self.families(of: own.usage.map { [([], $0)] } ?? [], "self", whose: "of Kapo")
    }

    private static func families(
        of usages: [(labels: [MetricFamily.Label], usage: Usage)], _ prefix: String, whose: String
    ) -> [MetricFamily] {
        func each(_ value: (Usage) -> MetricFamily.Value?) -> [MetricFamily.Sample] {
            usages.compactMap { part in value(part.usage).map { .init(labels: part.labels, value: $0) } }
        }
        return [
            MetricFamily(
                "\(prefix)_resident_memory_bytes", .gauge, "Resident memory \(whose).",
                each { .count($0.residentBytes) }),
            MetricFamily(
                "\(prefix)_virtual_memory_bytes", .gauge, "Virtual memory \(whose).",
                each { .count($0.virtualBytes) }),
            MetricFamily(
                "\(prefix)_open_fds", .gauge, "Open file descriptors \(whose).",
                each { $0.descriptors.map { .integer(Int64($0)) } }),
            MetricFamily("\(prefix)_threads", .gauge, "Threads \(whose).", each { .integer(Int64($0.threads)) }),
        ]
    }
}

import Machine

/// What is counted of the checks of commands.
extension Metrics {
    var checks: [MetricFamily] {
        func each(
            _ value: (CheckStanding) -> [(labels: [MetricFamily.Label], value: MetricFamily.Value)]
        ) -> [MetricFamily.Sample] {
            entries.flatMap { entry in
                entry.reports.flatMap(\.checks).flatMap { standing in
                    value(standing).map { sample in
                        let name = [MetricFamily.Label(name: "check", value: standing.name)]
                        return MetricFamily.Sample(
                            labels: entry.labels + name + sample.labels, value: sample.value)
                    }
                }
            }
        }
        return [
            MetricFamily(
                "check_up", .gauge, "1 if the verdict of a check is that it passes, 0 if it fails.",
                each { $0.verdict == .pending ? [] : [([], .count($0.verdict == .passing ? 1 : 0))] }),
            MetricFamily(
                "check_results", .counter, "Checks that were made, by what came of them.",
                each {
                    [
                        ([.init(name: "result", value: "passed")], .integer(Int64($0.passed))),
                        ([.init(name: "result", value: "failed")], .integer(Int64($0.failed))),
                    ]
                }),
            MetricFamily(
                "check_latency_seconds", .gauge, "How long the last check took.",
                each { $0.last.map { [([], .nanoseconds($0.latency))] } ?? [] }),
        ]
    }
}

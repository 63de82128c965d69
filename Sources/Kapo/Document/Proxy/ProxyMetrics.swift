import Machine

/// What a proxy of health checks has done, as `GET /metrics` tells it. docs/metrics.md is the list.
package struct ProxyMetrics: Equatable, Sendable {
    /// Checks of one protocol.
    package struct Checks: Equatable, Sendable {
        /// `http`, `tcp`, …
        package var name: String
        package var passed: UInt64 = 0
        package var failed: UInt64 = 0
        package var timeout: UInt64 = 0
        /// How many took no longer than each bound, and longer than the one before; bounds in nanoseconds.
        package var buckets: [(bound: Int64, count: UInt64)] = []
        /// The time of all together, in nanoseconds.
        package var nanoseconds: Int64 = 0

        /// Of that protocol, none.
        package init(name: String) { self.name = name }

        package static func == (one: Self, other: Self) -> Bool {
            (one.name, one.passed, one.failed, one.timeout, one.nanoseconds)
                == (other.name, other.passed, other.failed, other.timeout, other.nanoseconds)
                && one.buckets.elementsEqual(other.buckets, by: ==)
        }

        fileprivate var all: UInt64 { passed + failed + timeout }
    }

    package var checks: [Checks] = []
    /// Checks under way, and checks that wait for their turn.
    package var running = 0
    package var waiting = 0
    package var cache = ProxyCache()
    /// Answers that are kept.
    package var cached = 0
    /// What is down.
    package var down: [SpoolName] = []

    /// Nothing yet.
    package init() {}

    var families: [MetricFamily] {
        [
            MetricFamily("proxy_checks", .counter, "Checks by protocol and result.", checks.flatMap(Self.results)),
            MetricFamily(
                "proxy_check_duration_seconds", .histogram, "How long checks took, the wait for their turn included.",
                checks.flatMap(Self.histogram)),
            MetricFamily("proxy_checks_running", .gauge, "Checks under way.", .integer(Int64(running))),
            MetricFamily(
                "proxy_checks_waiting", .gauge, "Checks that wait for their turn.", .integer(Int64(waiting))),
            MetricFamily(
                "proxy_cache_requests", .counter, "Questions to the cache by result.",
                [("hit", cache.hits), ("miss", cache.misses)].map { result, count in
                    .init(labels: [.init(name: "result", value: result)], value: .count(count))
                }),
            MetricFamily("proxy_cached_answers", .gauge, "Answers that are kept.", .integer(Int64(cached))),
            MetricFamily("proxy_spool_entries", .gauge, "Downtimes in the spool.", .integer(Int64(down.count))),
            MetricFamily("proxy_spool_down", .gauge, "1 for what the spool takes down.", down.map(Self.down)),
        ]
    }

    private static func results(_ checks: Checks) -> [MetricFamily.Sample] {
        [("passed", checks.passed), ("failed", checks.failed), ("timeout", checks.timeout)].map { result, count in
            .init(
                labels: [.init(name: "protocol", value: checks.name), .init(name: "result", value: result)],
                value: .count(count))
        }
    }

    private static func histogram(_ checks: Checks) -> [MetricFamily.Sample] {
        let name = MetricFamily.Label(name: "protocol", value: checks.name)
        var count: UInt64 = 0
        var samples = checks.buckets.map { bucket in
            count += bucket.count
            let bound = MetricFamily.Label(name: "le", value: MetricFamily.Value.nanoseconds(bucket.bound).bound)
            return MetricFamily.Sample(part: "_bucket", labels: [name, bound], value: .count(count))
        }
        samples.append(
            .init(part: "_bucket", labels: [name, .init(name: "le", value: "+Inf")], value: .count(checks.all)))
        samples.append(.init(part: "_sum", labels: [name], value: .nanoseconds(checks.nanoseconds)))
        samples.append(.init(part: "_count", labels: [name], value: .count(checks.all)))
        return samples
    }

    private static func down(_ name: SpoolName) -> MetricFamily.Sample {
        let host = name.host.map { [MetricFamily.Label(name: "host", value: $0)] } ?? []
        let port = name.port.map { [MetricFamily.Label(name: "port", value: String($0))] } ?? []
        return .init(labels: [.init(name: "service", value: name.service)] + host + port, value: .count(1))
    }
}

extension MetricFamily.Value {
    /// With a decimal point, as OpenMetrics wants bounds: `1.0`.
    fileprivate var bound: String { text.contains(".") ? text : text + ".0" }
}

/// What a cache has been used for, by hacheck's names.
package struct ProxyCache: Equatable, Sendable {
    package var gets: UInt64 = 0
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    package var sets: UInt64 = 0
    package var expirations: UInt64 = 0

    /// Nothing yet.
    package init() {}
}

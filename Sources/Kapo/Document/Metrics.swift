import Machine

/// What `GET /metrics` tells, as plain values. docs/metrics.md is the list of what becomes of them.
package struct Metrics: Equatable, Sendable {
    /// Kapo's own version.
    package var version: String
    /// The command, or what `watch` found, or each service.
    package var entries: [Entry]
    /// True where each entry is a service, whose name is a label.
    package var isOfServices = false
    /// Wall time in nanoseconds since 1970.
    package var now: Int64
    package var own = Own()
    package var http = HTTP()
    /// What was captured of services together.
    package var sharedStreams: [Stream] = []
    package var logLinesDropped: UInt64 = 0
    /// What a proxy has done; nil where there is none.
    package var proxy: ProxyMetrics?

    /// The metrics of a Kapo that has not counted anything yet.
    package init(version: String, entries: [Entry], now: Int64) {
        self.version = version
        self.entries = entries
        self.now = now
    }

    /// What is told of one command, of what `watch` found, or of one service.
    package struct Entry: Equatable, Sendable {
        package let subject: StatusEntry.Subject
        /// Those of the document: never empty.
        package var reports: [Report]
        /// Nanoseconds until the command is stopped, below 0 when it is late; nil when there is no such time.
        package var timeToLive: Int64?
        package var command = Command()
        /// The captured streams of the command, if any.
        package var streams: [Stream] = []
        /// The name of a service, which all of its samples have.
        let labels: [MetricFamily.Label]

        /// What is reported on that subject, and nothing more.
        package init(subject: StatusEntry.Subject, reports: [Report]) {
            self.subject = subject
            self.reports = reports
            labels = subject.name.map { [.init(name: "service", value: $0)] } ?? []
        }

        /// Processes that run.
        var processes: Int { reports.count { $0.pid != 0 } }
    }

    /// What the kernel says that processes use. Nil is what it does not say.
    package struct Usage: Equatable, Sendable {
        package var residentBytes: UInt64
        package var virtualBytes: UInt64
        package var descriptors: Int?
        package var threads: Int

        /// The figures of one process.
        package init(residentBytes: UInt64, virtualBytes: UInt64, descriptors: Int?, threads: Int) {
            self.residentBytes = residentBytes
            self.virtualBytes = virtualBytes
            self.descriptors = descriptors
            self.threads = threads
        }

        /// The sum for both; what is not known of one is not known of the sum.
        package static func + (one: Self, other: Self) -> Self {
            var sum = one
            sum.residentBytes += other.residentBytes
            sum.virtualBytes += other.virtualBytes
            sum.threads += other.threads
            sum.descriptors = one.descriptors.flatMap { one in other.descriptors.map { one + $0 } }
            return sum
        }
    }

    /// What the command's process uses; under `watch`, all processes of the name together.
    package struct Command: Equatable, Sendable {
        /// Nil when none runs, or when the kernel does not say.
        package var usage: Usage?
        /// CPU time of all processes so far, in nanoseconds: it never falls.
        package var processorTime: Int64?

        /// Nothing that anybody knows.
        package init() {}
    }

    /// What Kapo itself uses.
    package struct Own: Equatable, Sendable {
        package var usage: Usage?
        /// Nanoseconds.
        package var processorTime: Int64?
        /// Wall time in nanoseconds since 1970.
        package var startedAt: Int64 = 0

        /// Nothing that anybody knows.
        package init() {}
    }

    /// What the server has seen.
    package struct HTTP: Equatable, Sendable {
        /// Answers by path, errors among them.
        package var requests: [Requests] = []
        package var connectionsAccepted: UInt64 = 0
        package var connectionsOpen = 0

        /// Nothing yet.
        package init() {}
    }

    /// The answers given to requests for one path.
    package struct Requests: Equatable, Sendable {
        /// `*` stands for all paths that have no content of their own.
        package var path: String
        package var count: UInt64

        /// That many answers.
        package init(path: String, count: UInt64) {
            self.path = path
            self.count = count
        }
    }

    /// A captured stream of the command.
    package struct Stream: Equatable, Sendable {
        /// `stdout` or `stderr`.
        package var name: String
        package var bytes: UInt64
        /// A last line without a newline is one, once its run has ended.
        package var lines: UInt64

        /// What came through it so far.
        package init(name: String, bytes: UInt64, lines: UInt64) {
            self.name = name
            self.bytes = bytes
            self.lines = lines
        }
    }

    /// What `GET /metrics` answers in that format.
    package func bytes(in format: MetricsFormat) -> [UInt8] {
        var output: [UInt8] = []
        for family in families { family.append(to: &output, in: format) }
        if format == .openMetrics { output += "# EOF\n".utf8 }
        return output
    }
}

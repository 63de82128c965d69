import Document
import Host
import Loop
import Machine

/// Gathers what `GET /metrics` tells, when somebody asks: nothing is done for it before.
final class MetricsReader {
    /// Processes whose usage is read for one answer: 2 ms of work. Of more than that the number only is told, for a sum
    /// over some of them would be wrong.
    static let mostProcesses = 256

    private let console: Console
    private let board: StatusBoard
    /// What a proxy has done; to be set before the loop runs.
    var proxy: (() -> ProxyMetrics)?
    private let startedAt = Clock.wall
    /// By the name of the service; the empty one is that of a command that is the only one.
    private var processorTimes: [String: ProcessorTime] = [:]

    init(_ console: Console, _ board: StatusBoard) {
        self.console = console
        self.board = board
    }

    /// The metrics of right now.
    func read(_ counters: HTTPCounters) -> Metrics {
        let (own, entries) = (own, entries)
        var metrics = Metrics(version: Version.text, entries: entries, now: Clock.wall)
        metrics.isOfServices = board.isOfServices
        metrics.own = own
        // Without /proc nobody knows what anybody uses.
        if own.usage != nil { addUsage(to: &metrics.entries) }
        metrics.http.requests = counters.requestsByPath.map(Metrics.Requests.init)
        metrics.http.connectionsAccepted = counters.connectionsAccepted
        metrics.http.connectionsOpen = counters.connectionsOpen
        if board.isOfServices { metrics.sharedStreams = console.streams }
        metrics.proxy = proxy?()
        metrics.logLinesDropped = console.logLinesDropped
        return metrics
    }

    private var entries: [Metrics.Entry] {
        let now = Clock.monotonic
        return board.told.map { told in
            var entry = Metrics.Entry(subject: told.subject, reports: told.reports)
            entry.timeToLive = told.reports.first?.expiresAt.map { $0 - now }
            entry.streams = told.streams
            return entry
        }
    }

    private func addUsage(to entries: inout [Metrics.Entry]) {
        let pids = entries.map { entry in entry.reports.map(\.pid).filter { $0 != 0 } }
        // Where /proc is that of another PID namespace, a child's pid means somebody else there.
        let isTold = entries.first?.subject.mode == .watch || ProcessList.isOwn
        guard isTold, pids.reduce(0, { $0 + $1.count }) <= Self.mostProcesses else { return }
        var seen: [String: ProcessorTime] = [:]
        for index in entries.indices {
            let name = entries[index].subject.name ?? ""
            let usages = pids[index].compactMap(ProcessUsage.init(pid:))
            var processorTime = processorTimes[name] ?? ProcessorTime()
            processorTime.look(at: usages)
            seen[name] = processorTime
            entries[index].command.processorTime = processorTime.total
            // A process that ends between the document and this look is missed: it uses nothing any more.
            entries[index].command.usage = usages.map(Metrics.Usage.init)
                .reduce(nil) { sum, usage in sum.map { $0 + usage } ?? usage }
        }
        // Of services that are gone nothing is kept.
        processorTimes = seen
    }

    private var own: Metrics.Own {
        var own = Metrics.Own()
        own.startedAt = startedAt
        guard let usage = ProcessUsage.own else { return own }
        own.processorTime = usage.processorTime
        own.usage = Metrics.Usage(usage)
        return own
    }
}

extension Metrics.Usage {
    /// What the kernel said of a process.
    fileprivate init(_ usage: ProcessUsage) {
        self.init(
            residentBytes: usage.residentBytes, virtualBytes: usage.virtualBytes, descriptors: usage.descriptors,
            threads: usage.threads)
    }
}

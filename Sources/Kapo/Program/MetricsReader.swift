import Document
import Host
import Loop
import Machine

/// Gathers what `GET /metrics` tells, when somebody asks: nothing is done for it before.
final class MetricsReader {
    /// Processes whose usage is read for one answer: 2 ms of work. Of more than that `watch` tells the number only, for
    /// a sum over some of them would be wrong.
    static let mostProcesses = 256

    private let console: Console
    private let subject: StatusEntry.Subject
    private let startedAt = Clock.wall
    private var processorTime = ProcessorTime()

    init(_ console: Console, _ subject: StatusEntry.Subject) {
        self.console = console
        self.subject = subject
    }

    /// The metrics of right now. `timeToLive` is what is left of it, in nanoseconds.
    func read(_ reports: [Report], timeToLive: Int64?, _ counters: HTTPCounters) -> Metrics {
        var metrics = Metrics(version: Version.text, subject: subject, reports: reports, now: Clock.wall)
        metrics.timeToLive = timeToLive
        metrics.own = own
        // Without /proc nobody knows what anybody uses.
        // Where /proc is that of another PID namespace, a child's pid means somebody else there.
        let isTold = subject.mode == .watch || ProcessList.isOwn
        if metrics.own.usage != nil, isTold { metrics.command = command(reports.map(\.pid).filter { $0 != 0 }) }
        metrics.http.requests = counters.requestsByPath.map(Metrics.Requests.init)
        metrics.http.connectionsAccepted = counters.connectionsAccepted
        metrics.http.connectionsOpen = counters.connectionsOpen
        metrics.streams = console.streams
        metrics.logLinesDropped = console.logLinesDropped
        return metrics
    }

    private func command(_ pids: [Int32]) -> Metrics.Command {
        guard pids.count <= Self.mostProcesses else { return Metrics.Command() }
        let usages = pids.compactMap(ProcessUsage.init(pid:))
        processorTime.look(at: usages)
        var command = Metrics.Command()
        command.processorTime = processorTime.total
        // A process that ends between the document and this look is missed: it uses nothing any more.
        command.usage = usages.map(Metrics.Usage.init).reduce(nil) { sum, usage in sum.map { $0 + usage } ?? usage }
        return command
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

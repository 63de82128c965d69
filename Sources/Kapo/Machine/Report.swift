/// What `Status` of the document says.
package enum Status: String, CaseIterable, Sendable {
    case running, stopped, killed
    /// It is being started, or has been and is not ready yet.
    case starting
    /// A start failed and will be tried again.
    case waiting
    /// It runs and is to end.
    case stopping
    /// It is not started any more.
    case failed
}

/// What a machine knows of one process: the part of a document's entry that changes.
package struct Report: Equatable, Sendable {
    package var status: Status = .stopped
    /// 0 when there is no process.
    package var pid: Int32 = 0
    /// Wall time of the start and of the end, in nanoseconds since 1970; nil when it has not come.
    package var startedAt: Int64?
    package var endedAt: Int64?
    /// How it ended; nil while it runs, and when nobody can know.
    package var exit: ExitStatus?
    /// How the run before this one ended; nil before there is one.
    package var previousExit: ExitStatus?
    package var restarts = 0
    /// Starts that were tried, successful or not.
    package var starts = 0
    /// True when the process has taken the place of the one that Kapo started.
    package var isFollowed = false
    /// Monotonic time at which a start is due, in nanoseconds; nil when none is awaited.
    package var startsAt: Int64?
    /// Seconds that this run may last; 0 for ever.
    package var ttlSeconds: Int64 = 0
    /// Monotonic time at which these seconds are over, in nanoseconds; nil when nothing is due.
    package var expiresAt: Int64?
    /// What is known of the checks of it, in the order in which they were asked for.
    package var checks: [CheckStanding] = []

    /// A process that has never run.
    package init() {}

    fileprivate mutating func show(_ run: Run, as status: Status) {
        self.status = status
        pid = run.pid
        startedAt = run.startedAt.wall
        expiresAt = run.expiresAt
        isFollowed = run.isFollowed
    }

    /// Shows how it ended, as `status` if that says more.
    fileprivate mutating func show(_ ended: EndedRun, as status: Status? = nil) {
        self.status = status ?? (ended.status.signal == 0 ? .stopped : .killed)
        startedAt = ended.startedAt.wall
        endedAt = ended.endedAt.wall
        exit = ended.status.known
    }
}

extension ChildMachine {
    /// The entries of the document, as of the last event: one, the command's.
    package var reports: [Report] { [report] }

    /// The entry of the document, as of the last event.
    package var report: Report {
        var report = Report()
        report.restarts = history.restarts
        report.previousExit = history.previous?.status.known
        report.starts = history.startCount
        report.ttlSeconds = history.ttlSeconds
        switch state {
        case .idle, .down(nil), .finished(nil): break
        case .running(let run), .left(let run): report.show(run, as: run.readyBy == nil ? .running : .starting)
        case .draining(let run, _, _), .stopping(let run, _): report.show(run, as: .stopping)
        case .sweeping(let ended, _), .concluding(let ended, _), .waiting(let ended?, .restart, _),
            .lingering(let ended, _), .down(let ended?), .finished(let ended?):
            report.show(ended)
        case .preparing(let last, let hook): report.show(last, as: isToStart(behind: hook) ? .starting : .stopping)
        case .starting(let last): report.show(last, as: .starting)
        case .waiting(let last, _, _): report.show(last, as: .waiting)
        case .failed(.ended(let ended)): report.show(ended, as: .failed)
        case .failed(.notStarted(let last, _)): report.show(last, as: .failed)
        }
        if case .waiting(_, _, let until) = state { report.startsAt = until }
        return report
    }
}

extension Report {
    /// Shows the last run, if there was one.
    fileprivate mutating func show(_ last: EndedRun?, as status: Status) {
        if let last { show(last, as: .some(status)) } else { self.status = status }
    }
}

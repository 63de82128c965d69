/// What `Status` of the document says.
package enum Status: String, Sendable {
    case running, stopped, killed
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

    /// A process that has never run.
    package init() {}
}

extension ChildMachine {
    /// The entry of the document, as of the last event.
    package var report: Report {
        var report = Report()
        report.restarts = restarts
        report.previousExit = previous?.status
        switch state {
        case .idle, .starting, .finished(nil): break
        case .running(let run), .stopping(let run, _):
            report.status = .running
            report.pid = run.pid
            report.startedAt = run.startedAt.wall
        case .waiting(let ended, _), .restarting(let ended), .lingering(let ended, _), .finished(let ended?):
            report.status = ended.status.signal == 0 ? .stopped : .killed
            report.startedAt = ended.startedAt.wall
            report.endedAt = ended.endedAt.wall
            report.exit = ended.status
        }
        return report
    }
}

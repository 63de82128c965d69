import Host
import Logging
import Machine

/// What systemd, or whoever set NOTIFY_SOCKET, hears of Kapo.
final class ServiceManager {
    private let notifier: Notifier?
    private let log: Logger
    private var hasComplained = false
    private var isReady = false
    private var isStopping = false
    /// What was sent last.
    private var status = ""

    init(_ log: Logger) {
        self.log = log
        let path = Invocation.variable(Notifier.variable) ?? ""
        notifier = Notifier(path: path)
        if !path.isEmpty && notifier == nil { complain() }
    }

    /// The listener serves, and the command has started; of a directory of services each that can be: that one of
    /// them fails is no reason for systemd to give up Kapo.
    func ready(_ board: StatusBoard) {
        guard notifier != nil, !isReady else { return }
        isReady = true
        status = Self.text(board)
        send("READY=1\nSTATUS=\(status)")
    }

    /// Kapo is about to end.
    func stopping() {
        guard !isStopping else { return }
        isStopping = true
        send("STOPPING=1")
    }

    /// The state has changed.
    func changed(to board: StatusBoard) {
        guard notifier != nil, isReady else { return }
        let text = Self.text(board)
        // Most changes of a service do not change how many run.
        guard !board.isOfServices || text != status else { return }
        status = text
        send("STATUS=\(status)")
    }

    private func send(_ message: String) {
        if notifier?.send(message) == false { complain() }
    }

    private func complain() {
        guard !hasComplained else { return }
        hasComplained = true
        log.warning("the service manager cannot be reached at \(Notifier.variable)")
    }

    private static func text(_ board: StatusBoard) -> String {
        if board.spool != nil { return "answers health checks" }
        if board.isOfServices { return "\(board.runningCount) of \(board.count) services run" }
        let reports = board.reports
        return reports.count == 1 ? text(reports[0]) : "\(reports.count) processes running"
    }

    private static func text(_ report: Report) -> String {
        let restarts = report.restarts == 0 ? "" : ", restarts: \(report.restarts)"
        let end =
            switch report.exit {
            case .exited(let code)?: ", exit code \(code)"
            case .signalled(let number)?: " by \(Signals.name(of: number))"
            case .unknown?, nil: ""
            }
        return switch report.status {
        case .running, .starting, .stopping:
            "\(report.status.rawValue)\(report.pid == 0 ? "" : ", pid \(report.pid)")\(restarts)"
        case .stopped, .killed: "\(report.status.rawValue)\(end)\(restarts)"
        case .waiting, .failed: "\(report.status.rawValue)\(restarts)"
        }
    }
}

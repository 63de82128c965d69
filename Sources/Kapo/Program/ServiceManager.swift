import Host
import Machine

/// What systemd, or whoever set NOTIFY_SOCKET, hears of Kapo.
final class ServiceManager {
    private let notifier: Notifier?
    private var isReady = false
    private var isStopping = false
    private var status = ""

    init() {
        notifier = Invocation.variable(Notifier.variable).flatMap { Notifier(path: $0) }
    }

    /// The listener serves, and the command has started.
    func ready() {
        guard !isReady else { return }
        isReady = true
        notifier?.send("READY=1\nSTATUS=\(status)")
    }

    /// Kapo is about to end.
    func stopping() {
        guard !isStopping else { return }
        isStopping = true
        notifier?.send("STOPPING=1")
    }

    /// The state has changed.
    func changed(to reports: [Report]) {
        status = reports.count == 1 ? Self.text(reports[0]) : "\(reports.count) processes running"
        if isReady { notifier?.send("STATUS=\(status)") }
    }

    private static func text(_ report: Report) -> String {
        let restarts = report.restarts == 0 ? "" : ", restarts: \(report.restarts)"
        return switch (report.status, report.exit) {
        case (.running, _): "running, pid \(report.pid)\(restarts)"
        case (_, .exited(let code)?): "stopped, exit code \(code)\(restarts)"
        case (_, .signalled(let number)?): "killed by \(Signals.name(of: number))\(restarts)"
        case (_, nil): "stopped\(restarts)"
        }
    }
}

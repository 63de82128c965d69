import Host
import Machine

/// What is told of a command, its checks included.
extension ChildDriver {
    /// Tells the host what is known.
    func publish() {
        guard let machine = runner?.machine else { return }
        var (reports, health) = (machine.reports, machine.health)
        if let checks {
            reports[0].checks = checks.standings
            if checks.areUnhealthy && health.blocker == nil { health.blocker = .unhealthy }
        }
        host.publish(reports, health)
    }

    /// The checks of the command, not begun.
    func makeChecks(_ options: CheckOptions) -> CommandChecks {
        let shell = CheckAsker.Shell(
            sides: sides, command: { [unowned self] in try equipped() },
            pid: { [unowned self] in runner?.machine.report.pid ?? 0 })
        let notices = CheckNoticeBoard(
            host.loop, host.log, sides, like: command, options.notices, host.checkSupplies.notices,
            name: log.name, service: host.serviceName)
        return CommandChecks(
            host.loop, options, host.checkSupplies, shell, notices,
            .init(
                changed: { [unowned self] in publish() },
                restart: { [unowned self] in send(.unhealthy) }))
    }
}

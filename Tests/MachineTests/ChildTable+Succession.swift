@testable import Machine

/// What happens to commands that Kapo did not start itself.
extension ChildRow {
    /// The command of an earlier Kapo, and one that takes the place of another.
    static let successions: [ChildEvent] = [
        .found(pid: 77, startedAt: at(90)), .exited(.unknown, successor: 77), .exited(.exited(3), successor: 77),
    ]

    static let successionRows: [ChildRow] = {
        let found = Run(pid: 77, startedAt: at(90), readyAt: at(100).monotonic)
        return [ChildRow(.idle, successions[0], [.log(.found(pid: 77))], .running(found))]
            + ([.unknown, .exited(3)] as [ExitStatus]).flatMap { status in
                ChildSituation.alive.map { succeeded($0, status) }
            }
    }()

    private static func succeeded(_ situation: ChildSituation, _ status: ExitStatus) -> ChildRow {
        let notes: [ChildAction] = [.log(.ended(pid: 42, status)), .log(.follows(pid: 77))]
        let event = ChildEvent.exited(status, successor: 77)
        guard let old = situation.state.run else { return ChildRow(situation, event, [], situation.state) }
        let run = old.with {
            ($0.pid, $0.startedAt, $0.isFollowed, $0.isPaused) = (77, at(100), true, false)
            renew(&$0)
        }
        let next = situation.state.with(run)
        switch situation {
        // One that comes behind a KILL gets that as well.
        case .killedAfterTTL:
            return ChildRow(
                situation, event, notes + [.log(.killing(pid: 77)), .signalCommand(pid: 77, signal: 9)], next)
        default:
            let stop: [ChildAction] =
                situation.state.name == "stopping" ? [.signalCommand(pid: 77, signal: 15)] : []
            return ChildRow(situation, event, notes + stop, next)
        }
    }
}

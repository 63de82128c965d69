@testable import Machine

/// One row of the table: at second 100, this event changes that situation in this way.
struct ChildRow: Sendable {
    let situation: ChildSituation
    let event: ChildEvent
    let actions: [ChildAction]
    let next: ChildState
    /// What it adds to the failures that are remembered.
    let failures: Int
    /// What is wanted of the command since; nil when that stays what it was.
    let wish: Wish?

    init(
        _ situation: ChildSituation, _ event: ChildEvent, _ actions: [ChildAction], _ next: ChildState,
        failures: Int = 0, forgetting: Bool = false, wish: Wish? = nil
    ) {
        self.situation = situation
        self.event = event
        self.actions = actions
        self.next = next
        self.failures = forgetting ? -situation.machine.history.failures : failures
        self.wish = wish
    }

    /// Each event, with the payloads that the table uses.
    static let events: [ChildEvent] =
        [
            .begin, .hookEnded(succeeded: true), .hookEnded(succeeded: false), .spawned(pid: 77),
            .spawnFailed(notExecutable), .ready, .alive, .unhealthy, .exited(.exited(3)), .exited(.signalled(9)),
            .left(.exited(3)),
            .left(.signalled(9)), .otherEnded, .othersEnded, .paused(signal: 19), .paused(signal: 20), .resumed,
            .askedToStop(signal: 15), .askedToStop(signal: 2), .signalled(1), .signalled(18), .signalled(20),
            .signalled(21), .signalled(22), .deadline,
        ] + orders + successions

    /// What is not in the table changes nothing.
    static let table: [ChildRow] =
        starts + waits + preparations + hookSignals + stops + kills + deadlines + signals + pauses + signs + exits
        + leavings + failedChecks
        + sweeps + conclusions + conclusionSignals + orderRows + orderedRows + successionRows

    /// The note that the command is started again in five seconds, which are over at second 105.
    static let restart = ChildAction.log(.restarts(inNanoseconds: 5 * second))

    /// Both ways to be asked: the number of the signal, and the event.
    static let askings: [(Int32, ChildEvent)] = [(15, .askedToStop(signal: 15)), (2, .askedToStop(signal: 2))]

    private static let starts: [ChildRow] = [
        ChildRow(.idle, .begin, [.spawn], .starting(nil)),
        ChildRow(.starting, .spawned(pid: 77), [.log(.started(pid: 77))], .running(fresh)),
        ChildRow(
            .starting, .spawnFailed(notExecutable), [.log(.spawnFailed(notExecutable)), .finish(code: 126)],
            .finished(nil), failures: 1),
        // The failure before it is forgotten after ten seconds.
        ChildRow(.restarting, .spawned(pid: 77), [.log(.started(pid: 77))], .running(freshAfterFailure)),
        ChildRow(.restartingAtOnce, .spawned(pid: 77), [.log(.started(pid: 77))], .running(freshAfterFailure)),
        ChildRow(
            .restarting, .spawnFailed(notExecutable), [.log(.spawnFailed(notExecutable)), restart],
            .waiting(ChildSituation.crashed, .retry, until: at(105).monotonic), failures: 1),
        ChildRow(
            .restartingAtOnce, .spawnFailed(notExecutable),
            [.log(.spawnFailed(notExecutable)), .log(.restarts(inNanoseconds: second))],
            .waiting(ChildSituation.crashed, .retry, until: at(101).monotonic), failures: 1),
    ]

    private static let fresh = Run(pid: 77, startedAt: at(100), readyAt: at(100).monotonic)
    private static let freshAfterFailure = fresh.with { $0.stableAt = at(110).monotonic }

    /// What ends while no command lives and no hook runs.
    private static let waits: [ChildRow] = {
        let crashed = ChildSituation.crashed
        var rows = [
            ChildRow(.waiting, .deadline, [.spawn], .starting(crashed)),
            ChildRow(.retrying, .deadline, [.spawn], .starting(nil)),
            ChildRow(.retryingNext, .deadline, [.spawn], .starting(crashed)),
            ChildRow(.lingering, .deadline, [.finish(code: 139)], .finished(crashed)),
        ]
        for (signal, event) in askings {
            for situation in [.idle, .retrying] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [.finish(code: 128 + signal)], .finished(nil)))
            }
            for situation in [.waiting, .retryingNext, .lingering, .heldAfterRun] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [.finish(code: 139)], .finished(crashed)))
            }
            rows.append(ChildRow(.held, event, [.finish(code: 127)], .finished(nil)))
        }
        return rows
    }()

    /// The hook before a start.
    private static let preparations: [ChildRow] = {
        let crashed = ChildSituation.crashed
        let succeeded = ChildEvent.hookEnded(succeeded: true)
        let failed = ChildEvent.hookEnded(succeeded: false)
        let retry: [ChildAction] = [.log(.preStartFailed), restart]
        let retrying = ChildState.waiting(crashed, .retry, until: at(105).monotonic)
        let giveUp: [ChildAction] = [.log(.preStartFailed), .finish(code: 125)]
        var rows: [ChildRow] = []
        for situation in [.preparing, .preparingTimedOut] as [ChildSituation] {
            rows += [
                ChildRow(situation, succeeded, [.spawn], .starting(nil)),
                ChildRow(situation, failed, giveUp, .finished(nil), failures: 1),
            ]
        }
        for situation in [.preparingNext, .preparingNextTimedOut] as [ChildSituation] {
            rows += [
                ChildRow(situation, succeeded, [.spawn], .starting(crashed)),
                ChildRow(situation, failed, retry, retrying, failures: 1),
            ]
        }
        // What does not end by KILL is not waited for any longer, and has failed.
        rows += [
            ChildRow(.preparingTimedOut, .deadline, giveUp, .finished(nil), failures: 1),
            ChildRow(.preparingNextTimedOut, .deadline, retry, retrying, failures: 1),
            ChildRow(.preparingKilled, .deadline, [.finish(code: 143)], .finished(nil)),
        ]
        for event in [succeeded, failed] {
            rows += [
                ChildRow(.preparingAsked, event, [.finish(code: 143)], .finished(nil)),
                ChildRow(.preparingKilled, event, [.finish(code: 143)], .finished(nil)),
                ChildRow(.preparingNextAsked, event, [.finish(code: 139)], .finished(crashed)),
            ]
        }
        return rows
    }()

    /// What a hook before a start is told.
    private static let hookSignals: [ChildRow] = {
        let crashed = ChildSituation.crashed
        let hook = { ChildSituation.hook($0, isKilled: $1, askedBy: $2) }
        let timeout: [ChildAction] = [.log(.hookTimedOut), .signalHook(signal: 9)]
        let term: [ChildAction] = [.signalHook(signal: 15)]
        let kill: [ChildAction] = [.signalHook(signal: 9)]
        var rows = [
            ChildRow(.preparing, .deadline, timeout, .preparing(nil, hook(101, true, nil))),
            ChildRow(.preparingAsked, .deadline, timeout, .preparing(nil, hook(101, true, 15))),
            ChildRow(.preparingNext, .deadline, timeout, .preparing(crashed, hook(101, true, nil))),
            ChildRow(.preparingNextAsked, .deadline, timeout, .preparing(crashed, hook(101, true, 15))),
        ]
        for (signal, event) in askings {
            rows += [
                ChildRow(.preparing, event, term, .preparing(nil, hook(30, false, signal))),
                ChildRow(.preparingTimedOut, event, term, .preparing(nil, hook(31, true, signal))),
                ChildRow(.preparingNext, event, term, .preparing(crashed, hook(85, false, signal))),
                ChildRow(.preparingNextTimedOut, event, term, .preparing(crashed, hook(86, true, signal))),
                // The first signal is the one that decides the code.
                ChildRow(.preparingAsked, event, kill, .preparing(nil, hook(101, true, 15))),
                ChildRow(.preparingKilled, event, kill, .preparing(nil, hook(101, true, 15))),
                ChildRow(.preparingNextAsked, event, kill, .preparing(crashed, hook(101, true, 15))),
            ]
        }
        return rows
    }()
}

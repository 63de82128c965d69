@testable import Machine

/// What orders do, in every situation.
extension ChildRow {
    /// One of each kind.
    static let orders: [ChildEvent] = [
        .order(.up), .order(.once), .order(.down), .order(.restart), .order(.signal(2)), .order(.kill), .order(.leave),
    ]
    private static let starting: [(ChildEvent, Wish)] = [
        (.order(.up), .up), (.order(.once), .once), (.order(.restart), .up),
    ]
    private static let down = ChildEvent.order(.down)
    private static let kill: [ChildAction] = [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)]
    private static let isDown = ChildAction.log(.down)
    private static let finish = ChildAction.finish(code: 0)

    /// Those orders keep a wish, and bring about no more than that.
    private static func wishes(_ situation: ChildSituation, _ next: ChildState? = nil) -> [ChildRow] {
        starting.map { ChildRow(situation, $0, [], next ?? situation.state, forgetting: true, wish: $1) }
    }

    /// Those orders start the command at once.
    private static func spawns(_ situation: ChildSituation, after last: EndedRun?) -> [ChildRow] {
        starting.map { ChildRow(situation, $0, [.spawn], .starting(last), forgetting: true, wish: $1) }
    }

    private static func leave(_ situation: ChildSituation, after last: EndedRun?) -> ChildRow {
        ChildRow(situation, .order(.leave), [finish], .finished(last))
    }

    static let orderRows = ChildSituation.allCases.flatMap(orders)

    private static func orders(_ situation: ChildSituation) -> [ChildRow] {
        switch situation.state {
        case .idle:
            wishes(situation) + [
                ChildRow(situation, down, [], .idle, wish: .down), leave(situation, after: nil),
            ]
        case .starting:
            wishes(situation) + [ChildRow(situation, down, [], situation.state, wish: .down)]
        case .preparing(let last, let hook): preparing(situation, last, hook)
        case .running(let run): running(situation, run)
        case .draining(let run, let signal, let until):
            addressed(situation, run, kill: situation.state) { .draining($0, signal: signal, until: until) }
        case .stopping(let run, let stop): stopping(situation, run, stop)
        case .sweeping(let ended, let sweep): sweeping(situation, ended, sweep)
        case .concluding(let ended, let hook):
            after(situation, ended) { .concluding($0, hook) }
        case .waiting(let last, _, let until):
            // The delay before each start is waited for in any case.
            (until == at(200).monotonic ? wishes(situation) : spawns(situation, after: last)) + [
                ChildRow(situation, down, [isDown], .down(last), wish: .down), leave(situation, after: last),
            ]
        case .lingering(let ended, _):
            spawns(situation, after: ended) + [leave(situation, after: ended)]
        case .failed(.ended(let ended)): failed(situation, ended)
        case .failed(.notStarted(let last, _)): failed(situation, last)
        case .down(let last): spawns(situation, after: last) + [leave(situation, after: last)]
        case .left, .finished: []
        }
    }

    private static func preparing(_ situation: ChildSituation, _ last: EndedRun?, _ hook: HookRun) -> [ChildRow] {
        let leave = ChildRow(situation, .order(.leave), [.signalHook(signal: 9), finish], .finished(last))
        if hook.askedBy != nil { return [leave] }
        if hook.isCancelled { return wishes(situation) + [leave] }
        var cancelled = hook
        (cancelled.isCancelled, cancelled.until) = (true, min(hook.until, at(110).monotonic))
        return wishes(situation) + [
            ChildRow(situation, down, [.signalHook(signal: 15)], .preparing(last, cancelled), wish: .down), leave,
        ]
    }

    /// Orders for a command that lives, whatever it is about.
    private static func addressed(
        _ situation: ChildSituation, _ run: Run, kill next: ChildState, _ state: (Run) -> ChildState
    ) -> [ChildRow] {
        let told = run.with { $0.wasInterrupted = true }
        return [
            ChildRow(situation, .order(.signal(2)), [.signalCommand(pid: 42, signal: 2)], state(told)),
            ChildRow(situation, .order(.kill), kill, next),
            ChildRow(situation, .order(.leave), [finish], .left(run)),
        ]
    }

    private static func running(_ situation: ChildSituation, _ run: Run) -> [ChildRow] {
        let cont: [ChildAction] = run.isPaused ? [.signalGroup(pid: 42, signal: 18)] : []
        let stop: [ChildAction] = [.log(.stopping(pid: 42)), .signalGroup(pid: 42, signal: 15)] + cont
        let stopping = ChildState.stopping(run, Stop(cause: .ordered, killAt: at(110).monotonic))
        return addressed(situation, run, kill: situation.state) { .running($0) } + [
            ChildRow(situation, .order(.up), [], situation.state, forgetting: true, wish: .up),
            ChildRow(situation, .order(.once), [], situation.state, forgetting: true, wish: .once),
            ChildRow(situation, .order(.restart), stop, stopping, forgetting: true, wish: .up),
            ChildRow(situation, down, stop, stopping, wish: .down),
        ]
    }

    private static func stopping(_ situation: ChildSituation, _ run: Run, _ stop: Stop) -> [ChildRow] {
        let killed = ChildState.stopping(run, Stop(cause: stop.cause, killAt: nil))
        let rows = addressed(situation, run, kill: killed) { .stopping($0, stop) }
        if stop.cause == .asked { return rows }
        // The KILL that is due stays due.
        let ordered = Stop(cause: .ordered, killAt: stop.killAt, hasWoken: stop.hasWoken)
        return rows + wishes(situation, .stopping(run, ordered)) + [
            ChildRow(situation, down, [], .stopping(run, ordered), wish: .down)
        ]
    }

    /// Orders for a command that has ended, with something still to be done behind it.
    private static func after(
        _ situation: ChildSituation, _ ended: EndedRun, _ state: (EndedRun) -> ChildState
    ) -> [ChildRow] {
        if ended.cause == .asked { return [leave(situation, after: ended)] }
        var ordered = ended
        ordered.cause = .ordered
        return wishes(situation, state(ordered)) + [
            ChildRow(situation, down, [], situation.state, wish: .down), leave(situation, after: ended),
        ]
    }

    private static func sweeping(_ situation: ChildSituation, _ ended: EndedRun, _ sweep: Sweep) -> [ChildRow] {
        let rows = after(situation, ended) { .sweeping($0, sweep) }
        if sweep.isKilling { return rows }
        return rows + [
            ChildRow(
                situation, .order(.kill), [.log(.killingOthers), .signalOthers(signal: 9)],
                .sweeping(ended, ChildSituation.sweep(isKilling: true, until: 101)))
        ]
    }

    private static func failed(_ situation: ChildSituation, _ last: EndedRun?) -> [ChildRow] {
        spawns(situation, after: last) + [
            ChildRow(situation, down, [isDown], .down(last), wish: .down), leave(situation, after: last),
        ]
    }

    /// What else happens to a service that was given orders, or waits for one.
    static let orderedRows: [ChildRow] = {
        let crashed = ChildSituation.crashed
        let cancelled = ChildSituation.preparingCancelled
        let hook = { ChildSituation.hook($0, isKilled: $1, askedBy: $2, isCancelled: true) }
        var rows = [
            ChildRow(.delayed, .deadline, [.spawn], .starting(nil)),
            ChildRow(
                cancelled, .deadline, [.log(.hookTimedOut), .signalHook(signal: 9)],
                .preparing(nil, hook(101, true, nil))),
        ]
        for succeeded in [true, false] {
            rows.append(ChildRow(cancelled, .hookEnded(succeeded: succeeded), [isDown], .down(nil)))
        }
        for (signal, event) in askings {
            rows += [
                ChildRow(.down, event, [.finish(code: 128 + signal)], .finished(nil)),
                ChildRow(.delayed, event, [.finish(code: 128 + signal)], .finished(nil)),
                ChildRow(.downAfterRun, event, [.finish(code: 139)], .finished(crashed)),
                ChildRow(
                    cancelled, event, [.signalHook(signal: 15)], .preparing(nil, hook(15, false, signal))),
            ]
        }
        return rows
    }()
}

@testable import Machine

/// What happens when a command has ended.
extension ChildRow {
    private static let killingOthers: [ChildAction] = [.log(.killingOthers), .signalOthers(signal: 9)]
    private static let crashed = ChildSituation.crashed
    private static let crashedAsked = ChildSituation.crashedAsked

    /// Why a run ends that ends by itself in that situation.
    private static func cause(_ situation: ChildSituation) -> EndCause {
        switch situation.state {
        case .draining: .asked
        case .stopping(_, let stop): stop.cause
        default: .byItself
        }
    }

    private static func ended(_ situation: ChildSituation, _ status: ExitStatus) -> EndedRun {
        let run = situation.state.run
        let cause = cause(situation)
        // One that hung was ready until then.
        let until = cause == .hung ? run?.aliveBy ?? at(100).monotonic : at(100).monotonic
        return EndedRun(
            startedAt: run?.startedAt ?? at(0), endedAt: at(100), status: status, cause: cause,
            readyNanoseconds: run?.readyAt.map { until - $0 })
    }

    /// The end of a command that leaves nobody behind, or whose others are left alone.
    static let exits: [ChildRow] = {
        let finishing: [ChildSituation] = [
            .running, .asked, .killed, .supervisedAsked, .paused, .pausedAsked, .unswept, .draining, .drainingPaused,
            .drainingRun, .drained, .askedPaused, .askedSuspended, .askedWoken,
        ]
        let lingering: [ChildSituation] = [
            .runningWithTTL, .expired, .expiredAndAsked, .killedAfterTTL, .pausedWithTTL, .pausedExpired,
        ]
        let restarting: [ChildSituation] = [
            .supervised, .unready, .unreadyWatched, .watched, .notReady, .hung, .unreadyPaused, .watchedPaused,
            .watchedSuspended, .unstableUnready,
        ]
        var rows: [ChildRow] = []
        for (status, code) in [(.exited(3), 3), (.signalled(9), 137)] as [(ExitStatus, Int32)] {
            let event = ChildEvent.exited(status)
            let note = ChildAction.log(.ended(pid: 42, status))
            rows += finishing.map {
                ChildRow($0, event, [note, .finish(code: code)], .finished(ended($0, status)))
            }
            rows += lingering.map {
                ChildRow($0, event, [note], .lingering(ended($0, status), until: at(103).monotonic))
            }
            rows += restarting.map {
                ChildRow(
                    $0, event, [note, restart], .waiting(ended($0, status), .restart, until: at(105).monotonic),
                    failures: 1)
            }
            rows += [
                ChildRow(
                    .once, event, [note, .finish(code: code)], .finished(ended(.once, status)), failures: 1),
                // It was ready for long enough, so that its failure is the first one again.
                ChildRow(
                    .unstable, event, [note, restart],
                    .waiting(ended(.unstable, status), .restart, until: at(105).monotonic)),
                ChildRow(.ordered, event, [note, .log(.down)], .down(ended(.ordered, status))),
                ChildRow(.reordered, event, [note, .spawn], .starting(ended(.reordered, status))),
                ChildRow(
                    .unswept, .left(status), [note, .finish(code: code)], .finished(ended(.unswept, status))),
            ]
        }
        return rows
    }()

    /// The end of a command that leaves others behind: they are told to stop before anything else happens.
    static let leavings: [ChildRow] = ([.exited(3), .signalled(9)] as [ExitStatus]).flatMap { status in
        ChildSituation.alive.filter { $0 != .unswept }.map { situation in
            let actions: [ChildAction] = [
                .log(.ended(pid: 42, status)), .log(.sweeping), .signalOthers(signal: 15),
            ]
            let sweep = ChildSituation.sweep(isKilling: false, until: 110)
            return ChildRow(situation, .left(status), actions, .sweeping(ended(situation, status), sweep))
        }
    }

    /// What follows once nobody is left.
    private static let settled: [(ChildSituation, [ChildAction], ChildState, failures: Int)] = [
        (.sweeping, [.finish(code: 139)], .finished(crashed), 0),
        (.sweepingAsked, [.finish(code: 139)], .finished(crashedAsked), 0),
        (.sweepingKilling, [.finish(code: 139)], .finished(crashed), 0),
        (.sweepingKillingAsked, [.finish(code: 139)], .finished(crashedAsked), 0),
        (.sweepingThenLingering, [], .lingering(crashed, until: at(103).monotonic), 0),
        (.sweepingSupervised, [restart], .waiting(crashed, .restart, until: at(105).monotonic), 1),
        (.sweepingSupervisedAsked, [.finish(code: 139)], .finished(crashedAsked), 0),
        (.sweepingSupervisedKilling, [restart], .waiting(crashed, .restart, until: at(105).monotonic), 1),
        (.sweepingThenAtOnce, [.spawn], .starting(crashed), 1),
        (
            .sweepingThenConcluding, [.startHook(.postExit(.signalled(11), restarts: 0))],
            .concluding(crashed, ChildSituation.hook(130)), 0
        ),
    ]

    static let sweeps: [ChildRow] = {
        let sweep = ChildSituation.sweep
        let killing: [ChildSituation] = [.sweepingKilling, .sweepingKillingAsked, .sweepingSupervisedKilling]
        let asked: [ChildSituation] = [.sweepingAsked, .sweepingSupervisedAsked]
        let told: [ChildSituation] = [
            .sweeping, .sweepingThenLingering, .sweepingSupervised, .sweepingThenAtOnce, .sweepingThenConcluding,
        ]
        var rows: [ChildRow] = []
        for (situation, actions, next, failures) in settled {
            rows.append(ChildRow(situation, .othersEnded, actions, next, failures: failures))
            guard killing.contains(situation) else { continue }
            rows.append(ChildRow(situation, .deadline, actions, next, failures: failures))
        }
        // Whom a process that ended leaves behind has not heard of it.
        rows += killing.map { ChildRow($0, .otherEnded, [.signalOthers(signal: 9)], $0.state) }
        rows += (told + asked).map { ChildRow($0, .otherEnded, [.signalOthers(signal: 15)], $0.state) }
        rows += told.map { ChildRow($0, .deadline, killingOthers, .sweeping(crashed, sweep(true, 101))) }
        rows += asked.map { ChildRow($0, .deadline, killingOthers, .sweeping(crashedAsked, sweep(true, 101))) }
        for (_, event) in askings {
            rows += told.map { ChildRow($0, event, [], .sweeping(crashedAsked, sweep(false, 60))) }
            rows += ([.sweepingKilling, .sweepingSupervisedKilling] as [ChildSituation]).map {
                ChildRow($0, event, [], .sweeping(crashedAsked, sweep(true, 61)))
            }
            rows += asked.map { ChildRow($0, event, killingOthers, .sweeping(crashedAsked, sweep(true, 101))) }
        }
        return rows
    }()

    /// The hook after an end.
    static let conclusions: [ChildRow] = {
        let unasked: [ChildSituation] = [.concluding, .concludingTimedOut]
        let asked: [ChildSituation] = [.concludingAsked, .concludingKilled]
        let supervised: [ChildSituation] = [.concludingSupervised, .concludingSupervisedTimedOut]
        let killed: [ChildSituation] = [.concludingTimedOut, .concludingKilled, .concludingSupervisedTimedOut]
        let waiting = ChildState.waiting(crashed, .restart, until: at(105).monotonic)
        var rows: [ChildRow] = []
        // How it ended makes no difference, nor whether it did once it got KILL.
        for event in [.hookEnded(succeeded: true), .hookEnded(succeeded: false), .deadline] as [ChildEvent] {
            let over = { event != .deadline || killed.contains($0) }
            rows += unasked.filter(over).map { ChildRow($0, event, [.finish(code: 139)], .finished(crashed)) }
            rows += asked.filter(over).map { ChildRow($0, event, [.finish(code: 139)], .finished(crashedAsked)) }
            rows += supervised.filter(over).map { ChildRow($0, event, [restart], waiting, failures: 1) }
            guard event != .deadline else { continue }
            rows.append(ChildRow(.concludingThenLingering, event, [], .lingering(crashed, until: at(103).monotonic)))
        }
        return rows
    }()

    /// What a hook after an end is told.
    static let conclusionSignals: [ChildRow] = {
        let hook = { ChildSituation.hook($0, isKilled: $1) }
        let timeout: [ChildAction] = [.log(.hookTimedOut), .signalHook(signal: 9)]
        let kill: [ChildAction] = [.signalHook(signal: 9)]
        let unasked: [ChildSituation] = [.concluding, .concludingSupervised, .concludingThenLingering]
        var rows = unasked.map { ChildRow($0, .deadline, timeout, .concluding(crashed, hook(101, true))) }
        rows.append(ChildRow(.concludingAsked, .deadline, timeout, .concluding(crashedAsked, hook(101, true))))
        for (_, event) in askings {
            rows += unasked.map { ChildRow($0, event, [], .concluding(crashedAsked, hook(80, false))) }
            rows += ([.concludingTimedOut, .concludingSupervisedTimedOut] as [ChildSituation]).map {
                ChildRow($0, event, [], .concluding(crashedAsked, hook(81, true)))
            }
            rows += ([.concludingAsked, .concludingKilled] as [ChildSituation]).map {
                ChildRow($0, event, kill, .concluding(crashedAsked, hook(101, true)))
            }
        }
        return rows
    }()
}

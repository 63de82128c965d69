@testable import Machine

/// What happens to a command that lives.
extension ChildRow {
    private static let killing: [ChildAction] = [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)]
    private static let cont = ChildAction.signalGroup(pid: 42, signal: 18)

    private static func stopping(_ situation: ChildSituation, _ cause: EndCause, killAt: Int64?) -> ChildState {
        let run = situation.state.run ?? Run(pid: 0, startedAt: at(0))
        return .stopping(run, Stop(cause: cause, killAt: killAt.map { at($0).monotonic }))
    }

    /// The first word to a command that it is to stop. One that is paused must run to hear it.
    static let stops: [ChildRow] = {
        var rows: [ChildRow] = []
        for (signal, event) in askings {
            let pass = ChildAction.signalGroup(pid: 42, signal: signal)
            // Under `run` it has the time that it takes, under `supervise` the grace period.
            for situation in [.running, .runningWithTTL, .unswept, .drainingRun] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [pass], stopping(situation, .asked, killAt: nil)))
            }
            for situation in [.paused, .pausedWithTTL] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [pass, cont], stopping(situation, .asked, killAt: nil)))
            }
            for situation in [.unreadyPaused, .watchedPaused] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [pass, cont], stopping(situation, .asked, killAt: 110)))
            }
            let supervised: [ChildSituation] = [
                .supervised, .unstable, .once, .unready, .unreadyWatched, .watched, .draining,
                .watchedSuspended, .unstableUnready,
            ]
            for situation in supervised {
                rows.append(ChildRow(situation, event, [pass], stopping(situation, .asked, killAt: 110)))
            }
            rows += [
                ChildRow(.drainingPaused, event, [pass, cont], stopping(.drainingPaused, .asked, killAt: 110)),
                // The KILL that is due stays due.
                ChildRow(.expired, event, [pass], stopping(.expired, .asked, killAt: 70)),
                ChildRow(.pausedExpired, event, [pass, cont], stopping(.pausedExpired, .asked, killAt: 70)),
                ChildRow(.notReady, event, [pass], stopping(.notReady, .asked, killAt: 70)),
                ChildRow(.ordered, event, [pass], stopping(.ordered, .asked, killAt: 50)),
                ChildRow(.reordered, event, [pass], stopping(.reordered, .asked, killAt: 50)),
                ChildRow(.hung, event, [pass], stopping(.hung, .asked, killAt: 40)),
                ChildRow(.killedAfterTTL, event, [pass], stopping(.killedAfterTTL, .asked, killAt: nil)),
            ]
        }
        return rows
    }()

    /// The last word. KILL needs no CONT behind it.
    static let kills: [ChildRow] = {
        let due: [(ChildSituation, EndCause)] = [
            (.expired, .ttlExpired), (.pausedExpired, .ttlExpired), (.expiredAndAsked, .asked),
            (.supervisedAsked, .asked), (.drained, .asked), (.notReady, .notReady), (.hung, .hung),
            (.ordered, .ordered), (.reordered, .ordered),
        ]
        let twice: [ChildSituation] = [
            .asked, .killed, .supervisedAsked, .pausedAsked, .expiredAndAsked, .drained, .askedPaused,
            .askedSuspended, .askedWoken,
        ]
        return due.map { situation, cause in
            ChildRow(situation, .deadline, killing, stopping(situation, cause, killAt: nil))
        }
            + askings.flatMap { _, event in
                twice.map { ChildRow($0, event, killing, stopping($0, .asked, killAt: nil)) }
            }
    }()

    /// What the deadline of a run, and of a drain, leads to.
    static let deadlines: [ChildRow] = {
        let term = ChildAction.signalGroup(pid: 42, signal: 15)
        let expire: [ChildAction] = [.log(.ttlExpired(pid: 42)), term]
        let late: [ChildAction] = [.log(.notReady(pid: 42)), term]
        return [
            ChildRow(.runningWithTTL, .deadline, expire, stopping(.runningWithTTL, .ttlExpired, killAt: 110)),
            ChildRow(.pausedWithTTL, .deadline, expire + [cont], stopping(.pausedWithTTL, .ttlExpired, killAt: 110)),
            ChildRow(.unready, .deadline, late, stopping(.unready, .notReady, killAt: 110)),
            ChildRow(.unreadyWatched, .deadline, late, stopping(.unreadyWatched, .notReady, killAt: 110)),
            ChildRow(
                .watched, .deadline, [.log(.hung(pid: 42)), .signalGroup(pid: 42, signal: 6)],
                stopping(.watched, .hung, killAt: 110)),
            ChildRow(.unstable, .deadline, [], changed(.unstable) { $0.stableAt = nil }, failures: -1),
            ChildRow(.draining, .deadline, [term], stopping(.draining, .asked, killAt: 110)),
            ChildRow(.drainingPaused, .deadline, [term, cont], stopping(.drainingPaused, .asked, killAt: 110)),
            ChildRow(.drainingRun, .deadline, [term], stopping(.drainingRun, .asked, killAt: nil)),
        ]
    }()

    /// A command that runs is stopped when its checks fail; one that is told to stop already is not told again.
    static let failedChecks: [ChildRow] = ChildSituation.allCases.compactMap { situation in
        guard case .running(let run) = situation.state else { return nil }
        let stop: [ChildAction] = [.log(.unhealthy(pid: 42)), .signalGroup(pid: 42, signal: 15)]
        return ChildRow(
            situation, .unhealthy, stop + (run.isPaused ? [cont] : []),
            stopping(situation, .unhealthy, killAt: 110))
    }

    /// The state of that situation with its run changed.
    private static func changed(_ situation: ChildSituation, _ change: (inout Run) -> Void) -> ChildState {
        situation.state.run.map { situation.state.with($0.with(change)) } ?? situation.state
    }

    /// What is passed on; Kapo pauses behind what would pause a job of a terminal, until CONT.
    static let signals: [ChildRow] = ChildSituation.alive.flatMap { situation in
        let pass = { ChildAction.signalGroup(pid: 42, signal: $0) }
        return [
            ChildRow(situation, .signalled(1), [pass(1)], situation.state),
            ChildRow(
                situation, .signalled(18), [pass(18)],
                changed(situation) {
                    $0.hasPausedKapo = false
                    renew(&$0)
                }),
        ]
            + ([20, 21, 22] as [Int32]).map {
                ChildRow(
                    situation, .signalled($0), [pass($0), .pause], changed(situation) { $0.hasPausedKapo = true })
            }
    }

    /// What is still expected of a run that goes on is expected anew.
    static func renew(_ run: inout Run) {
        if run.readyBy != nil { run.readyBy = at(160).monotonic }
        if run.aliveBy != nil { run.aliveBy = at(120).monotonic }
    }

    static let pauses: [ChildRow] = ChildSituation.alive.flatMap { situation in
        let paused = changed(situation) { $0.isPaused = true }
        let resumed = changed(situation) {
            $0.isPaused = false
            renew(&$0)
        }
        return ([19, 20] as [Int32]).map { signal in
            guard case .stopping(let run, var stop) = paused else {
                return ChildRow(situation, .paused(signal: signal), [], paused)
            }
            // What is to end is woken, once.
            let isWoken = stop.hasWoken || run.hasPausedKapo
            stop.hasWoken = true
            return ChildRow(situation, .paused(signal: signal), isWoken ? [] : [cont], .stopping(run, stop))
        } + [ChildRow(situation, .resumed, [], resumed)]
    }

    /// Signs of readiness and of life.
    static let signs: [ChildRow] =
        ChildSituation.unreadied.map { situation in
            let ready = changed(situation) {
                ($0.readyBy, $0.readyAt) = (nil, at(100).monotonic)
                if situation == .unreadyWatched { $0.aliveBy = at(120).monotonic }
                if situation == .unstableUnready { $0.stableAt = at(110).monotonic }
            }
            return ChildRow(situation, .ready, [.log(.ready(pid: 42))], ready)
        }
        + ChildSituation.guarded.map { situation in
            ChildRow(situation, .alive, [], changed(situation) { $0.aliveBy = at(120).monotonic })
        }
}

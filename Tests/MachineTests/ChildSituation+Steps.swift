@testable import Machine

extension ChildSituation {
    /// What has happened to that machine.
    var events: [(Int64, ChildEvent)] {
        let start: [(Int64, ChildEvent)] = [(0, .begin), (0, .spawned(pid: 42))]
        let crash: [(Int64, ChildEvent)] = start + [(50, .exited(.signalled(11)))]
        let left: [(Int64, ChildEvent)] = start + [(50, .left(.signalled(11)))]
        let prepared: [(Int64, ChildEvent)] = [
            (0, .begin), (0, .hookEnded(succeeded: true)), (0, .spawned(pid: 42)), (50, .exited(.signalled(11))),
            (55, .deadline),
        ]
        return switch self {
        case .idle: []
        case .starting, .preparing: [(0, .begin)]
        case .notStarted, .held: [(0, .begin), (0, .spawnFailed(notFound))]
        case .retrying: [(0, .begin), (0, .spawnFailed(noResources))]
        case .running, .runningWithTTL, .supervised, .once, .unready, .unreadyWatched, .unswept: start
        case .expired, .notReady: start + [(60, .deadline)]
        case .expiredAndAsked: start + [(60, .deadline), (61, .askedToStop(signal: 2))]
        case .asked, .draining, .drainingRun: start + [(40, .askedToStop(signal: 15))]
        case .killed: start + [(40, .askedToStop(signal: 15)), (41, .askedToStop(signal: 2))]
        case .killedAfterTTL: start + [(60, .deadline), (70, .deadline)]
        case .supervisedAsked: start + [(40, .askedToStop(signal: 2))]
        case .lingering, .finishedRun, .waiting, .restartingAtOnce, .heldAfterRun, .concluding, .concludingSupervised,
            .concludingThenLingering:
            crash
        case .restarting: crash + [(55, .deadline)]
        case .unstable, .unstableUnready: crash + [(55, .deadline), (55, .spawned(pid: 42))]
        case .retryingNext: crash + [(55, .deadline), (55, .spawnFailed(notFound))]
        case .stopped: crash + [(51, .askedToStop(signal: 15))]
        case .paused, .pausedWithTTL, .unreadyPaused: start + [(30, .paused(signal: 19))]
        case .pausedExpired: start + [(60, .deadline), (61, .paused(signal: 19))]
        case .pausedAsked, .drainingPaused: start + [(40, .askedToStop(signal: 15)), (41, .paused(signal: 19))]
        case .askedPaused: start + [(30, .paused(signal: 19)), (40, .askedToStop(signal: 15))]
        case .askedSuspended: start + [(40, .askedToStop(signal: 15)), (41, .signalled(20))]
        case .askedWoken: start + [(40, .askedToStop(signal: 15)), (41, .paused(signal: 19)), (42, .resumed)]
        case .watched: start + [(10, .ready)]
        case .watchedPaused: start + [(10, .ready), (20, .paused(signal: 19))]
        case .watchedSuspended: start + [(10, .ready), (20, .signalled(20))]
        case .hung: start + [(10, .ready), (30, .deadline)]
        case .drained: start + [(40, .askedToStop(signal: 15)), (70, .deadline)]
        case .preparingAsked: [(0, .begin), (5, .askedToStop(signal: 15))]
        case .preparingKilled: [(0, .begin), (5, .askedToStop(signal: 15)), (6, .askedToStop(signal: 2))]
        case .preparingTimedOut: [(0, .begin), (30, .deadline)]
        case .preparingNext: prepared
        case .preparingNextAsked: prepared + [(60, .askedToStop(signal: 15))]
        case .preparingNextTimedOut: prepared + [(85, .deadline)]
        case .concludingAsked: crash + [(51, .askedToStop(signal: 15))]
        case .concludingKilled: crash + [(51, .askedToStop(signal: 15)), (52, .askedToStop(signal: 2))]
        case .concludingTimedOut, .concludingSupervisedTimedOut: crash + [(80, .deadline)]
        case .sweeping, .sweepingThenLingering, .sweepingSupervised, .sweepingThenAtOnce, .sweepingThenConcluding: left
        case .sweepingAsked: start + [(40, .askedToStop(signal: 15)), (50, .left(.signalled(11)))]
        case .sweepingKilling, .sweepingSupervisedKilling: left + [(60, .deadline)]
        case .sweepingKillingAsked: left + [(51, .askedToStop(signal: 15)), (52, .askedToStop(signal: 2))]
        case .sweepingSupervisedAsked: left + [(51, .askedToStop(signal: 2))]
        case .ordered: start + [(40, .order(.down))]
        case .reordered: start + [(40, .order(.restart))]
        case .down: [(0, .order(.down)), (0, .begin)]
        case .downAfterRun: crash
        case .preparingCancelled: [(0, .begin), (5, .order(.down))]
        case .delayed: [(0, .begin)]
        case .left: start + [(40, .order(.leave))]
        }
    }

    /// The state of that machine.
    var state: ChildState {
        switch self {
        case .idle: .idle
        case .starting: .starting(nil)
        case .down: .down(nil)
        case .downAfterRun: .down(Self.crashed)
        case .delayed: .waiting(nil, .restart, until: at(200).monotonic)
        case .left: .left(livingRun)
        case .notStarted: .finished(nil)
        case .retrying: .waiting(nil, .retry, until: at(5).monotonic)
        case .retryingNext: .waiting(Self.crashed, .retry, until: at(60).monotonic)
        case .held: .failed(.notStarted(nil, code: 127))
        case .heldAfterRun: .failed(.ended(Self.crashed))
        case .lingering: .lingering(Self.crashed, until: at(80).monotonic)
        case .finishedRun, .stopped: .finished(Self.crashed)
        case .waiting: .waiting(Self.crashed, .restart, until: at(110).monotonic)
        case .restarting, .restartingAtOnce: .starting(Self.crashed)
        case .running, .supervised, .once, .unswept, .runningWithTTL, .paused, .pausedWithTTL, .unready,
            .unreadyWatched, .watched, .unstable, .unreadyPaused, .watchedPaused, .watchedSuspended, .unstableUnready:
            .running(livingRun)
        case .draining, .drainingPaused, .drainingRun: .draining(livingRun, signal: 15, until: at(70).monotonic)
        case .asked, .killed, .pausedAsked, .expired, .pausedExpired, .expiredAndAsked, .killedAfterTTL,
            .supervisedAsked, .notReady, .hung, .drained, .askedPaused, .askedSuspended, .askedWoken,
            .ordered, .reordered:
            .stopping(livingRun, stop)
        case .preparing: .preparing(nil, Self.hook(30))
        case .preparingCancelled: .preparing(nil, Self.hook(15, isCancelled: true))
        case .preparingAsked: .preparing(nil, Self.hook(15, askedBy: 15))
        case .preparingKilled: .preparing(nil, Self.hook(7, isKilled: true, askedBy: 15))
        case .preparingTimedOut: .preparing(nil, Self.hook(31, isKilled: true))
        case .preparingNext: .preparing(Self.crashed, Self.hook(85))
        case .preparingNextAsked: .preparing(Self.crashed, Self.hook(70, askedBy: 15))
        case .preparingNextTimedOut: .preparing(Self.crashed, Self.hook(86, isKilled: true))
        case .concluding, .concludingSupervised, .concludingThenLingering: .concluding(Self.crashed, Self.hook(80))
        case .concludingAsked: .concluding(Self.crashedAsked, Self.hook(80))
        case .concludingKilled: .concluding(Self.crashedAsked, Self.hook(53, isKilled: true))
        case .concludingTimedOut, .concludingSupervisedTimedOut:
            .concluding(Self.crashed, Self.hook(81, isKilled: true))
        case .sweeping, .sweepingThenLingering, .sweepingSupervised, .sweepingThenAtOnce, .sweepingThenConcluding:
            .sweeping(Self.crashed, Self.sweep(isKilling: false, until: 60))
        case .sweepingAsked, .sweepingSupervisedAsked:
            .sweeping(Self.crashedAsked, Self.sweep(isKilling: false, until: 60))
        case .sweepingKilling, .sweepingSupervisedKilling:
            .sweeping(Self.crashed, Self.sweep(isKilling: true, until: 61))
        case .sweepingKillingAsked: .sweeping(Self.crashedAsked, Self.sweep(isKilling: true, until: 53))
        }
    }

    /// The run of a situation in which one lives.
    private var livingRun: Run {
        let start: Int64 = [.unstable, .unstableUnready].contains(self) ? 55 : 0
        var run = Run(pid: 42, startedAt: at(start))
        if policy.ttlSeconds.upperBound > 0 { run.expiresAt = at(60).monotonic }
        run.isPaused = Self.halted.contains(self)
        run.hasPausedKapo = [.watchedSuspended, .askedSuspended].contains(self)
        if self == .unstable { run.stableAt = at(65).monotonic }
        if self == .notReady || Self.unreadied.contains(self) {
            run.readyBy = at(start + 60).monotonic
        } else {
            run.readyAt = at(start).monotonic
        }
        if self == .hung || Self.guarded.contains(self) {
            (run.readyAt, run.aliveBy) = (at(10).monotonic, at(30).monotonic)
        }
        return run
    }

    /// Those in which a signal keeps it from running.
    private static let halted: [ChildSituation] = [
        .paused, .pausedWithTTL, .pausedExpired, .pausedAsked, .askedPaused, .drainingPaused, .unreadyPaused,
        .watchedPaused,
    ]

    /// How it is being stopped, in a situation in which it is.
    private var stop: Stop {
        switch self {
        case .expired: Stop(cause: .ttlExpired, killAt: at(70).monotonic)
        case .pausedExpired: Stop(cause: .ttlExpired, killAt: at(70).monotonic, hasWoken: true)
        case .expiredAndAsked: Stop(cause: .asked, killAt: at(70).monotonic)
        case .killedAfterTTL: Stop(cause: .ttlExpired, killAt: nil)
        case .supervisedAsked: Stop(cause: .asked, killAt: at(50).monotonic)
        case .notReady: Stop(cause: .notReady, killAt: at(70).monotonic)
        case .ordered, .reordered: Stop(cause: .ordered, killAt: at(50).monotonic)
        case .hung: Stop(cause: .hung, killAt: at(40).monotonic)
        case .drained: Stop(cause: .asked, killAt: at(80).monotonic)
        case .pausedAsked, .askedWoken: Stop(cause: .asked, killAt: nil, hasWoken: true)
        default: Stop(cause: .asked, killAt: nil)
        }
    }

    /// The run that ended at second 50, unasked and asked. It was ready from its start.
    static let crashed = EndedRun(
        startedAt: at(0), endedAt: at(50), status: .signalled(11), readyNanoseconds: 50 * second)
    static let crashedAsked = EndedRun(
        startedAt: at(0), endedAt: at(50), status: .signalled(11), cause: .asked, readyNanoseconds: 50 * second)

    /// The sweep of what pid 42 left behind.
    static func sweep(isKilling: Bool, until: Int64) -> Sweep {
        Sweep(isKilling: isKilling, until: at(until).monotonic)
    }

    /// A hook that has time until that second.
    static func hook(
        _ until: Int64, isKilled: Bool = false, askedBy signal: Int32? = nil, isCancelled: Bool = false
    ) -> HookRun {
        HookRun(until: at(until).monotonic, isKilled: isKilled, askedBy: signal, isCancelled: isCancelled)
    }
}

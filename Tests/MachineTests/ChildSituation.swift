import Testing

@testable import Machine

/// Every state of `run` and `supervise`, with each payload that makes a difference.
enum ChildSituation: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case idle, starting, notStarted, running, runningWithTTL, expired, expiredAndAsked, asked, killed, killedAfterTTL
    case lingering, finishedRun
    case supervised, supervisedAsked, waiting, restarting, restartingAtOnce, stopped
    /// The second run, behind a failure that is not forgotten yet: one that is ready, and one that is not.
    case unstable, unstableUnready
    /// The only run that the policy allows.
    case once
    /// A start failed: the first one, or a later one. Held: Kapo stays to say so.
    case retrying, retryingNext, held, heldAfterRun
    case paused, pausedWithTTL, pausedExpired, pausedAsked
    /// Asked: while it was paused, with Kapo paused since, and woken since.
    case askedPaused, askedSuspended, askedWoken
    /// Readiness and the watchdog.
    case unready, unreadyWatched, watched, notReady, hung
    /// The same while the command is paused, or Kapo with it.
    case unreadyPaused, watchedPaused, watchedSuspended
    case draining, drainingPaused, drainingRun, drained
    /// The hook before a start: the first one, or a later one.
    case preparing, preparingAsked, preparingKilled, preparingTimedOut, preparingNext, preparingNextAsked
    case preparingNextTimedOut
    /// The hook after an end.
    case concluding, concludingAsked, concludingKilled, concludingTimedOut, concludingSupervised
    case concludingSupervisedTimedOut, concludingThenLingering
    /// A policy that leaves the others alone.
    case unswept
    case sweeping, sweepingAsked, sweepingKilling, sweepingKillingAsked, sweepingThenLingering
    case sweepingSupervised, sweepingSupervisedAsked, sweepingSupervisedKilling, sweepingThenAtOnce
    case sweepingThenConcluding
    /// Orders: the command was ordered to end, for ever or for the next run.
    case ordered, reordered
    /// Nothing runs: it never did, or there is no start behind its end.
    case down, downAfterRun
    /// The hook before a start whose outcome is of no use any more.
    case preparingCancelled
    /// The first start is delayed.
    case delayed
    /// Kapo ended, and the command runs on.
    case left

    var testDescription: String { rawValue }

    /// A machine in that situation. Its last event came at second 100 or before.
    var machine: ChildMachine { ChildMachine(policy, after: events) }

    /// The policy of that machine.
    var policy: ChildPolicy {
        switch self {
        case .idle, .starting, .notStarted, .running, .asked, .killed, .finishedRun, .paused, .pausedAsked, .sweeping,
            .askedPaused, .askedSuspended, .askedWoken, .sweepingAsked, .sweepingKilling, .sweepingKillingAsked:
            .run()
        case .runningWithTTL, .expired, .expiredAndAsked, .killedAfterTTL, .pausedWithTTL, .pausedExpired,
            .sweepingThenLingering:
            .run(wait: 3, ttl: 60)
        case .lingering: .run(wait: 30)
        case .supervised, .supervisedAsked, .restarting, .stopped, .unstable, .retrying, .retryingNext,
            .sweepingSupervised, .sweepingSupervisedAsked, .sweepingSupervisedKilling:
            .supervise()
        case .waiting: .supervise(wait: 60)
        case .restartingAtOnce, .sweepingThenAtOnce: .supervise(wait: 0)
        case .once: .supervise { $0.when = .never }
        case .held: .supervise { $0.onFailed = .hold }
        case .heldAfterRun: .supervise { ($0.when, $0.onFailed) = (.never, .hold) }
        case .unready, .unreadyPaused, .unstableUnready, .notReady: .supervise().expecting(ready: 60)
        case .unreadyWatched, .watched, .watchedPaused, .watchedSuspended, .hung:
            .supervise().expecting(ready: 60, alive: 20)
        case .draining, .drainingPaused, .drained: .supervise().draining(30)
        case .drainingRun: .run().draining(30)
        case .preparing, .preparingAsked, .preparingKilled, .preparingTimedOut: .run().preparing
        case .preparingNext, .preparingNextAsked, .preparingNextTimedOut: .supervise().preparing
        case .concluding, .concludingAsked, .concludingKilled, .concludingTimedOut, .sweepingThenConcluding:
            .run().concluding
        case .concludingSupervised, .concludingSupervisedTimedOut: .supervise().concluding
        case .concludingThenLingering: .run(wait: 3).concluding
        case .ordered, .reordered, .down, .left: .supervise()
        case .downAfterRun: .supervise { $0.when = .never }.with { $0.staysWhenDone = true }
        case .preparingCancelled: .supervise().preparing
        case .delayed: .supervise().with { $0.startDelayNanoseconds = 200 * second }
        case .unswept: .run().with { $0.sweeps = false }
        }
    }

    /// Those in which the command lives.
    static let alive: [ChildSituation] = [
        .running, .runningWithTTL, .expired, .expiredAndAsked, .asked, .killed, .killedAfterTTL, .supervised,
        .supervisedAsked, .unstable, .once, .paused, .pausedWithTTL, .pausedExpired, .pausedAsked, .unready,
        .unreadyWatched, .watched, .notReady, .hung, .draining, .drainingPaused, .drainingRun, .drained, .unswept,
        .unreadyPaused, .watchedPaused, .watchedSuspended, .unstableUnready, .askedPaused, .askedSuspended, .askedWoken,
        .ordered, .reordered,
    ]
    /// Those in which it lives, and nobody told it to stop.
    static let untold: [ChildSituation] = [
        .running, .runningWithTTL, .supervised, .unstable, .once, .paused, .pausedWithTTL, .unready, .unreadyWatched,
        .watched, .unswept, .unreadyPaused, .watchedPaused, .watchedSuspended, .unstableUnready,
    ]
    /// Those in which it is to say that it is ready.
    static let unreadied: [ChildSituation] = [.unready, .unreadyWatched, .unreadyPaused, .unstableUnready]
    /// Those in which it is to give signs of life.
    static let guarded: [ChildSituation] = [.watched, .watchedPaused, .watchedSuspended]
    /// Those in which the command has ended, and the others have not.
    static let swept: [ChildSituation] = [
        .sweeping, .sweepingAsked, .sweepingKilling, .sweepingKillingAsked, .sweepingThenLingering,
        .sweepingSupervised, .sweepingSupervisedAsked, .sweepingSupervisedKilling, .sweepingThenAtOnce,
        .sweepingThenConcluding,
    ]
}

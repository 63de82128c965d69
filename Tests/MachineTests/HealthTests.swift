import Testing

@testable import Machine

@Suite("What load balancers are told")
struct HealthTests {
    /// What blocks the command in each situation; nil when it is ready.
    private static func blocker(_ situation: ChildSituation) -> Health.Blocker? {
        switch situation {
        case .running, .runningWithTTL, .supervised, .unstable, .once, .watched, .watchedSuspended, .unswept,
            .left:
            nil
        case .idle, .starting, .restarting, .restartingAtOnce, .preparing, .preparingTimedOut, .preparingNext,
            .preparingNextTimedOut, .unready,
            .unreadyWatched, .unreadyPaused, .unstableUnready:
            .starting
        case .paused, .pausedWithTTL, .watchedPaused: .paused
        case .draining, .drainingPaused, .drainingRun: .draining
        case .expired, .expiredAndAsked, .asked, .killed, .killedAfterTTL, .supervisedAsked, .pausedExpired,
            .pausedAsked, .notReady, .hung, .drained, .askedPaused, .askedSuspended, .askedWoken,
            .preparingAsked, .preparingKilled, .preparingNextAsked, .ordered, .reordered, .preparingCancelled:
            .stopping
        case .lingering, .finishedRun, .waiting, .stopped, .concluding, .concludingAsked, .concludingKilled,
            .concludingTimedOut, .concludingSupervised, .concludingSupervisedTimedOut, .concludingThenLingering,
            .sweeping, .sweepingAsked, .sweepingKilling, .sweepingKillingAsked, .sweepingThenLingering,
            .sweepingSupervised, .sweepingSupervisedAsked, .sweepingSupervisedKilling, .sweepingThenAtOnce,
            .sweepingThenConcluding, .downAfterRun:
            .killed
        case .notStarted, .down: .stopped
        case .delayed, .retrying, .retryingNext: .waiting
        case .held, .heldAfterRun: .failed
        }
    }

    /// Those that do not live, and will not be started.
    private static let dead: [ChildSituation] = [
        .notStarted, .lingering, .finishedRun, .stopped, .held, .heldAfterRun, .concluding, .concludingAsked,
        .concludingKilled, .concludingTimedOut, .concludingThenLingering, .sweeping, .sweepingAsked,
        .sweepingKilling, .sweepingKillingAsked, .sweepingThenLingering, .sweepingSupervisedAsked,
        .sweepingThenConcluding, .preparingAsked, .preparingKilled, .preparingNextAsked,
    ]

    @Test("each situation has its health", arguments: ChildSituation.allCases)
    func situation(_ situation: ChildSituation) {
        let health = situation.machine.health
        #expect(health.blocker == Self.blocker(situation))
        #expect(health.isLive == !Self.dead.contains(situation))
        #expect(health.failures == situation.machine.history.failures)
    }

    @Test("what is ready runs, and what does not live is not ready", arguments: ChildSituation.allCases)
    func invariants(_ situation: ChildSituation) {
        let machine = situation.machine
        if machine.health.blocker == nil {
            #expect(machine.report.status == .running)
            #expect(machine.report.pid != 0)
        }
        #expect(machine.health.isLive || machine.health.blocker != nil)
    }

    @Test("a command that exited by itself is stopped, and not killed")
    func stopped() {
        for policy in [ChildPolicy.run(), .run(wait: 30), .supervise(), .run().concluding] {
            for event in [.exited(.exited(0)), .exited(.exited(3)), .left(.exited(1))] as [ChildEvent] {
                var machine = ChildMachine.running(policy)
                _ = machine.handle(event, at: at(9))
                #expect(machine.health.blocker == .stopped)
            }
        }
    }

    @Test("while others are left or a hook runs, it lives if it will be started again")
    func followed() {
        for when in RestartPolicy.When.allCases {
            for policy in [ChildPolicy.supervise { $0.when = when }, .supervise { $0.when = when }.concluding] {
                for status in [.exited(0), .exited(3), .signalled(9)] as [Machine.ExitStatus] {
                    var machine = ChildMachine.running(policy)
                    _ = machine.handle(.left(status), at: at(9))
                    let isLive = machine.health.isLive
                    _ = machine.handle(.othersEnded, at: at(10))
                    #expect(machine.health.isLive == isLive)
                    _ = machine.handle(.hookEnded(succeeded: true), at: at(11))
                    #expect(machine.health.isLive == isLive)
                    #expect((machine.state.name == "waiting") == isLive)
                }
            }
        }
    }

    @Test("failures are those since the last run that was stable")
    func failures() {
        var machine = ChildMachine(.supervise(), after: [(0, .begin), (0, .spawnFailed(noResources))])
        #expect(machine.health.failures == 1)
        _ = machine.startWhenDue()
        #expect(machine.health.failures == 1)
        _ = machine.handle(.exited(.exited(1)), at: at(12))
        #expect(machine.health.failures == 2)
        let start = machine.startWhenDue()
        #expect(machine.health.failures == 2)
        _ = machine.handle(.deadline, at: at(start + 10))
        #expect(machine.health.failures == 0)
        #expect(machine.health.blocker == nil)
    }

    @Test("the words of the answer")
    func names() {
        #expect(
            Health.Blocker.allCases.map(\.rawValue) == [
                "starting", "draining", "stopping", "paused", "stopped", "killed", "waiting", "failed", "unhealthy",
                "not running",
            ])
    }

    @Test("watch: ready as long as a process matches")
    func watch() {
        var machine = WatchMachine(interval: second, watchesOneProcess: false)
        let absent = Health(isLive: false, blocker: .absent)
        #expect(machine.health == absent)
        let sighting = Sighting(identity: ProcessIdentity(pid: 5, startTicks: 6), startedAt: 7)
        _ = machine.handle(.looked([sighting]), at: at(1))
        #expect(machine.health == Health(isLive: true, blocker: nil))
        #expect(machine.health.failures == 0)
        _ = machine.handle(.ended(sighting.identity), at: at(2))
        #expect(machine.health == absent)
        _ = machine.handle(.looked([sighting]), at: at(3))
        _ = machine.handle(.askedToStop, at: at(4))
        #expect(machine.health == absent)
    }
}

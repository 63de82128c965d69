import Testing

@testable import Machine

@Suite("The report of a child")
struct ReportTests {
    @Test("before there is a run, everything is empty", arguments: [ChildSituation.idle, .notStarted, .down])
    func empty(_ situation: ChildSituation) {
        #expect(situation.machine.report == Report().started(situation))
        #expect(Report().status == .stopped)
        #expect(Report().pid == 0)
        #expect(Report().startedAt == nil)
        #expect(Report().endedAt == nil)
    }

    @Test(
        "without a run there is a status that says why",
        arguments: [
            (.starting, .starting), (.preparing, .starting), (.preparingAsked, .stopping),
            (.preparingKilled, .stopping), (.preparingTimedOut, .starting), (.retrying, .waiting),
            (.held, .failed), (.preparingCancelled, .stopping), (.delayed, .waiting),
        ] as [(ChildSituation, Status)])
    func noRun(_ situation: ChildSituation, _ status: Status) {
        var expected = Report()
        expected.status = status
        #expect(situation.machine.report == expected.started(situation))
    }

    @Test(
        "while the command runs, its pid and its start are shown, and how far it is",
        arguments: ChildSituation.alive + [.left])
    func running(_ situation: ChildSituation) {
        var expected = Report()
        expected.status =
            ChildSituation.unreadied.contains(situation)
            ? .starting : ChildSituation.untold.contains(situation) || situation == .left ? .running : .stopping
        expected.pid = 42
        let isSecond = [.unstable, .unstableUnready].contains(situation)
        expected.startedAt = at(isSecond ? 55 : 0).wall
        if isSecond { (expected.restarts, expected.previousExit) = (1, .signalled(11)) }
        if situation.policy.ttlSeconds == 60...60 {
            (expected.ttlSeconds, expected.expiresAt) = (60, at(60).monotonic)
        }
        #expect(situation.machine.report == expected.started(situation))
    }

    @Test(
        "after the end, both times and the exit are shown, and no pid, though others are left or a hook runs",
        arguments: [
            .lingering, .finishedRun, .waiting, .stopped, .concluding, .concludingAsked, .concludingKilled,
            .concludingTimedOut, .concludingSupervised, .concludingSupervisedTimedOut, .concludingThenLingering,
            .downAfterRun,
        ] + ChildSituation.swept)
    func ended(_ situation: ChildSituation) {
        var expected = Self.crashed(as: .killed)
        expected.ttlSeconds = situation.policy.ttlSeconds.lowerBound
        #expect(situation.machine.report == expected.started(situation))
    }

    @Test(
        "the last run stays on show behind a status that says what comes",
        arguments: [
            (.restarting, .starting), (.restartingAtOnce, .starting), (.preparingNext, .starting),
            (.preparingNextAsked, .stopping), (.preparingNextTimedOut, .starting), (.retryingNext, .waiting),
            (.heldAfterRun, .failed),
        ] as [(ChildSituation, Status)])
    func last(_ situation: ChildSituation, _ status: Status) {
        #expect(situation.machine.report == Self.crashed(as: status).started(situation))
    }

    @Test("no situation is left out")
    func complete() {
        let shown: [ChildSituation] = [
            .idle, .notStarted, .starting, .preparing, .preparingAsked, .preparingKilled, .preparingTimedOut,
            .retrying, .held, .lingering, .finishedRun, .waiting, .stopped, .concluding, .concludingAsked,
            .concludingKilled, .concludingTimedOut, .concludingSupervised, .concludingSupervisedTimedOut,
            .concludingThenLingering, .restarting, .restartingAtOnce, .preparingNext, .preparingNextAsked,
            .preparingNextTimedOut, .retryingNext, .heldAfterRun, .down, .downAfterRun, .preparingCancelled, .delayed,
            .left,
        ]
        #expect(Set(shown + ChildSituation.alive + ChildSituation.swept) == Set(ChildSituation.allCases))
    }

    /// The report of a run that lasted from second 0 to 50.
    private static func crashed(as status: Status) -> Report {
        var report = Report()
        report.status = status
        report.startedAt = at(0).wall
        report.endedAt = at(50).wall
        report.exit = .signalled(11)
        return report
    }

    @Test(
        "an exit of its own is stopped, whatever its code; a signal is killed",
        arguments: [
            (Machine.ExitStatus.exited(0), Status.stopped), (.exited(1), .stopped), (.exited(255), .stopped),
            (.signalled(1), .killed), (.signalled(15), .killed), (.signalled(64), .killed),
        ])
    func status(_ exit: Machine.ExitStatus, _ status: Status) {
        for policy in [ChildPolicy.run(), .run(wait: 5), .supervise(), .supervise().concluding] {
            var machine = ChildMachine.running(policy)
            _ = machine.handle(.exited(exit), at: at(9))
            #expect(machine.report.status == status)
            #expect(machine.report.exit == exit)
            machine = ChildMachine.running(policy)
            _ = machine.handle(.left(exit), at: at(9))
            #expect(machine.report.status == status)
            #expect(machine.report.exit == exit)
        }
    }

    @Test("the second run keeps the count, and the exit of the first, through all its states")
    func secondRun() {
        var machine = ChildMachine(
            .supervise(),
            after: [
                (0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(7))), (14, .deadline),
                (14, .spawned(pid: 43)),
            ])
        var expected = Report()
        (expected.restarts, expected.starts) = (1, 2)
        expected.previousExit = .exited(7)
        expected.status = .running
        expected.pid = 43
        expected.startedAt = at(14).wall
        #expect(machine.report == expected)
        _ = machine.handle(.askedToStop(signal: 15), at: at(20))
        expected.status = .stopping
        #expect(machine.report == expected)
        _ = machine.handle(.exited(.exited(0)), at: at(21))
        expected.status = .stopped
        expected.pid = 0
        expected.endedAt = at(21).wall
        expected.exit = .exited(0)
        #expect(machine.report == expected)
    }

    @Test("the names of the document")
    func names() {
        #expect(
            Status.allCases.map(\.rawValue)
                == ["running", "stopped", "killed", "starting", "waiting", "stopping", "failed"])
    }
}

extension Report {
    /// The same, with what that situation says of starts: how many there were, and when the next one is due.
    fileprivate func started(_ situation: ChildSituation) -> Report {
        var report = self
        report.starts = situation.events.count { $0.1.name == "spawned" || $0.1.name == "spawnFailed" }
        if situation.state.name == "starting" { report.starts += 1 }
        if case .waiting(_, _, let until) = situation.state { report.startsAt = until }
        return report
    }
}

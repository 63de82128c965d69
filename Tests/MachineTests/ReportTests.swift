import Testing

@testable import Machine

@Suite("The report of a child")
struct ReportTests {
    @Test("before there is a run, everything is empty", arguments: [ChildSituation.idle, .starting, .failed])
    func empty(_ situation: ChildSituation) {
        #expect(situation.machine.report == Report())
        #expect(Report().status == .stopped)
        #expect(Report().pid == 0)
        #expect(Report().startedAt == nil)
        #expect(Report().endedAt == nil)
    }

    @Test(
        "while the command runs, its pid and its start are shown, whether it was asked to stop or not",
        arguments: [
            ChildSituation.running, .runningWithTTL, .expired, .expiredAndAsked, .asked, .killed, .killedAfterTTL,
            .supervised, .supervisedAsked,
        ])
    func running(_ situation: ChildSituation) {
        var expected = Report()
        expected.status = .running
        expected.pid = 42
        expected.startedAt = at(0).wall
        #expect(situation.machine.report == expected)
    }

    @Test(
        "after the end, both times and the exit are shown, and no pid",
        arguments: [
            ChildSituation.lingering, .finishedRun, .waiting, .restarting, .restartingAtOnce, .stopped,
        ])
    func ended(_ situation: ChildSituation) {
        var expected = Report()
        expected.status = .killed
        expected.startedAt = at(0).wall
        expected.endedAt = at(50).wall
        expected.exit = .signalled(11)
        #expect(situation.machine.report == expected)
    }

    @Test(
        "an exit of its own is stopped, whatever its code; a signal is killed",
        arguments: [
            (Machine.ExitStatus.exited(0), Status.stopped), (.exited(1), .stopped), (.exited(255), .stopped),
            (.signalled(1), .killed), (.signalled(15), .killed), (.signalled(64), .killed),
        ])
    func status(_ exit: Machine.ExitStatus, _ status: Status) {
        for policy in [ChildPolicy.run(), .run(wait: 5), .supervise(), .supervise(wait: 0)] {
            var machine = ChildMachine.running(policy)
            _ = machine.handle(.exited(exit), at: at(9))
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
        expected.restarts = 1
        expected.previousExit = .exited(7)
        expected.status = .running
        expected.pid = 43
        expected.startedAt = at(14).wall
        #expect(machine.report == expected)
        _ = machine.handle(.askedToStop(signal: 15), at: at(20))
        #expect(machine.report == expected)
        _ = machine.handle(.exited(.exited(0)), at: at(21))
        expected.status = .stopped
        expected.pid = 0
        expected.endedAt = at(21).wall
        expected.exit = .exited(0)
        #expect(machine.report == expected)
    }
}

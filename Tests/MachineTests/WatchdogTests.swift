import Testing

@testable import Machine

@Suite("A command that gives signs of life")
struct WatchdogTests {
    @Test("each sign moves the deadline")
    func alive() {
        var machine = ChildMachine.running(.run().expecting(alive: 20))
        #expect(machine.deadline == at(20).monotonic)
        for seconds in [5, 24, 25, 44] as [Int64] {
            #expect(machine.handle(.alive, at: at(seconds)) == [])
            #expect(machine.deadline == at(seconds + 20).monotonic)
        }
        #expect(machine.report.status == .running)
    }

    @Test("without one it is hung: it gets ABRT, and KILL after the grace period")
    func hung() {
        for policy in ChildPolicy.each.map({ $0.expecting(alive: 20) }) {
            var machine = ChildMachine.running(policy.with { $0.signals.stop = 3 })
            _ = machine.handle(.alive, at: at(1))
            let early = Moment(monotonic: at(21).monotonic - 1, wall: 0)
            #expect(machine.handle(.deadline, at: early) == [])
            #expect(
                machine.handle(.deadline, at: at(21)) == [.log(.hung(pid: 42)), .signalGroup(pid: 42, signal: 6)])
            #expect(machine.deadline == at(31).monotonic)
            #expect(machine.handle(.alive, at: at(22)) == [], "it is too late")
            #expect(machine.deadline == at(31).monotonic)
            #expect(
                machine.handle(.deadline, at: at(31)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        }
    }

    @Test(
        "it is a failure, whatever the policy calls a success",
        arguments: [.exited(0), .signalled(6)] as [Machine.ExitStatus])
    func failure(_ status: Machine.ExitStatus) {
        let policy = ChildPolicy.supervise { ($0.when, $0.success.signals) = (.onAbnormal, [6]) }
        var machine = ChildMachine.running(policy.expecting(alive: 5))
        _ = machine.handle(.deadline, at: at(5))
        #expect(machine.handle(.exited(status), at: at(6)).waits == [5 * second])
        #expect(machine.health.failures == 1)
    }

    @Test("a command that says when it is ready is watched from then on")
    func ready() {
        var machine = ChildMachine.running(.run().expecting(ready: 60, alive: 20))
        #expect(machine.deadline == at(60).monotonic)
        #expect(machine.handle(.alive, at: at(5)) == [])
        #expect(machine.deadline == at(60).monotonic, "a sign of life is no sign of readiness")
        #expect(machine.report.status == .starting)
        _ = machine.handle(.ready, at: at(50))
        #expect(machine.deadline == at(70).monotonic)
        _ = machine.handle(.alive, at: at(55))
        #expect(machine.deadline == at(75).monotonic)
    }

    @Test("a sign of life means nothing where nobody waits for it", arguments: ChildSituation.allCases)
    func elsewhere(_ situation: ChildSituation) {
        guard !ChildSituation.guarded.contains(situation) else { return }
        var machine = situation.machine
        let before = machine
        #expect(machine.handle(.alive, at: at(100)) == [])
        #expect(machine == before)
    }

    @Test("a sign of life neither prolongs the time to live nor makes a run stable later")
    func others() {
        var machine = ChildMachine(
            .supervise(wait: 0, ttl: 60).expecting(alive: 50),
            after: [(0, .begin), (0, .spawned(pid: 42)), (1, .exited(.exited(3))), (1, .spawned(pid: 42))])
        #expect(machine.deadline == at(11).monotonic)
        _ = machine.handle(.alive, at: at(10))
        #expect(machine.deadline == at(11).monotonic)
        _ = machine.handle(.deadline, at: at(11))
        #expect(machine.deadline == at(60).monotonic)
        _ = machine.handle(.alive, at: at(30))
        #expect(machine.deadline == at(61).monotonic)
    }

    @Test("while it drains nobody waits for signs of life")
    func draining() {
        var machine = ChildMachine.running(.supervise().expecting(alive: 5).draining(30))
        _ = machine.handle(.askedToStop(signal: 15), at: at(1))
        #expect(machine.deadline == at(31).monotonic)
    }
}

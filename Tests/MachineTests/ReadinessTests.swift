import Testing

@testable import Machine

@Suite("A command that says when it is ready")
struct ReadinessTests {
    @Test("until then it is starting, and then it runs")
    func ready() {
        for policy in ChildPolicy.each.map({ $0.expecting(ready: 20) }) {
            var machine = ChildMachine.running(policy)
            #expect(machine.report.status == .starting)
            #expect(machine.report.pid == 42)
            #expect(machine.health == Health(isLive: true, blocker: .starting))
            #expect(machine.deadline == at(20).monotonic)
            #expect(machine.handle(.ready, at: at(19)) == [.log(.ready(pid: 42))])
            #expect(machine.report.status == .running)
            #expect(machine.health == Health(isLive: true, blocker: nil))
            #expect(machine.deadline == (policy.ttlSeconds == 0...0 ? nil : at(60).monotonic))
        }
    }

    @Test("saying it twice is saying it once")
    func twice() {
        for policy in [ChildPolicy.supervise().expecting(ready: 20), .supervise().expecting(ready: 20, alive: 9)] {
            var machine = ChildMachine(policy, after: [(0, .begin), (0, .spawned(pid: 42)), (5, .ready)])
            let before = machine
            #expect(machine.handle(.ready, at: at(6)) == [])
            #expect(machine == before, "it is no sign of life either")
        }
    }

    @Test("it means nothing where nobody waits for it", arguments: ChildSituation.allCases)
    func elsewhere(_ situation: ChildSituation) {
        guard !ChildSituation.unreadied.contains(situation) else { return }
        var machine = situation.machine
        let before = machine
        #expect(machine.handle(.ready, at: at(100)) == [])
        #expect(machine == before)
    }

    @Test("late, it is stopped with the stop signal, and killed after the grace period")
    func late() {
        for policy in ChildPolicy.each.map({ $0.expecting(ready: 20) }) {
            var machine = ChildMachine.running(policy.with { $0.signals.stop = 3 })
            #expect(
                machine.handle(.deadline, at: at(20)) == [.log(.notReady(pid: 42)), .signalGroup(pid: 42, signal: 3)])
            #expect(machine.report.status == .stopping)
            #expect(machine.deadline == at(30).monotonic)
            #expect(machine.handle(.ready, at: at(25)) == [], "it is too late")
            #expect(
                machine.handle(.deadline, at: at(30)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
            #expect(machine.deadline == nil)
        }
    }

    @Test("it counts as a failure, even if the command then ends with 0")
    func failure() {
        var machine = ChildMachine.running(.supervise { $0.when = .onFailure }.expecting(ready: 5))
        _ = machine.handle(.deadline, at: at(5))
        let actions = machine.handle(.exited(.exited(0)), at: at(6))
        #expect(actions.waits == [5 * second])
        #expect(machine.health.failures == 1)
        machine = ChildMachine.running(.run().expecting(ready: 5))
        _ = machine.handle(.deadline, at: at(5))
        #expect(machine.handle(.exited(.exited(0)), at: at(6)).last == .finish(code: 1), "it has not succeeded")
    }

    @Test("a deadline that has not passed is none")
    func early() {
        var machine = ChildMachine.running(.run(ttl: 60).expecting(ready: 20, alive: 9))
        let before = machine
        let early = Moment(monotonic: at(20).monotonic - 1, wall: 0)
        #expect(machine.handle(.deadline, at: early) == [])
        #expect(machine == before)
        #expect(machine.handle(.deadline, at: at(20)).first == .log(.notReady(pid: 42)))
    }

    @Test("of two deadlines that have passed, readiness comes first, then life, then the time to live")
    func order() {
        let policy = ChildPolicy.run(ttl: 60)
        var machine = ChildMachine.running(policy.expecting(ready: 60))
        #expect(machine.handle(.deadline, at: at(70)).first == .log(.notReady(pid: 42)))
        machine = ChildMachine.running(policy.expecting(alive: 60))
        #expect(machine.handle(.deadline, at: at(70)).first == .log(.hung(pid: 42)))
        machine = ChildMachine.running(policy)
        #expect(machine.handle(.deadline, at: at(70)).first == .log(.ttlExpired(pid: 42)))
    }

    @Test("the second run has to say it anew")
    func secondRun() {
        var machine = ChildMachine.running(.supervise(wait: 0).expecting(ready: 20))
        _ = machine.handle(.ready, at: at(1))
        _ = machine.handle(.exited(.exited(3)), at: at(2))
        _ = machine.handle(.spawned(pid: 43), at: at(2))
        #expect(machine.report.status == .starting)
        #expect(machine.state.run?.readyBy == at(22).monotonic)
    }

    @Test("TERM does not wait for it")
    func asked() {
        var machine = ChildMachine.running(.supervise().expecting(ready: 20))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(1)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(machine.report.status == .stopping)
        #expect(machine.deadline == at(11).monotonic)
    }
}

import Testing

@testable import Machine

@Suite("A command that requires what is not there yet")
struct RequirementTests {
    private static let policy = ChildPolicy.supervise(wait: 60) {
        $0.startLimit = RestartPolicy.StartLimit(burst: 2, windowNanoseconds: 100 * second)
    }.preparing.with { $0.requirementDelayNanoseconds = 5 * second }

    @Test("it is asked for again and again, which is no failure, no start, and one line")
    func again() {
        var machine = ChildMachine(Self.policy, after: [(0, .begin)])
        for round in 0..<9 as Range<Int64> {
            let now = round * 6
            #expect(
                machine.handle(.hookEnded(succeeded: false), at: at(now))
                    == (round == 0 ? [.log(.requirementUnmet)] : []))
            #expect(machine.report.startsAt == at(now + 5).monotonic)
            #expect(machine.health.blocker == .waiting)
            #expect((machine.health.failures, machine.report.starts) == (0, 0))
            #expect(machine.handle(.deadline, at: at(now + 5)) == [.startHook(.preStart)])
        }
        #expect(machine.handle(.hookEnded(succeeded: true), at: at(60)) == [.spawn])
        _ = machine.handle(.spawned(pid: 42), at: at(60))
        #expect(machine.history.starts.count == 1)
        _ = machine.handle(.exited(.exited(1)), at: at(61))
        _ = machine.handle(.deadline, at: at(121))
        #expect(
            machine.handle(.hookEnded(succeeded: false), at: at(122)) == [.log(.requirementUnmet)], "it is news again")
    }

    @Test("what takes too long is killed, and is not there either")
    func timeout() {
        var machine = ChildMachine(Self.policy, after: [(0, .begin), (30, .deadline)])
        #expect(machine.handle(.hookEnded(succeeded: false), at: at(30)) == [.log(.requirementUnmet)])
    }

    @Test("an order asks at once, or no more; a single run waits like any other")
    func orders() {
        for order in [Order.up, .once, .restart] {
            var machine = ChildMachine(Self.policy, after: [(0, .begin), (0, .hookEnded(succeeded: false))])
            #expect(machine.handle(.order(order), at: at(1)) == [.startHook(.preStart)])
            #expect(machine.handle(.hookEnded(succeeded: false), at: at(1)) == [])
            #expect(machine.deadline == at(6).monotonic)
            #expect(machine.handle(.order(.down), at: at(2)) == [.log(.down)])
        }
    }
}

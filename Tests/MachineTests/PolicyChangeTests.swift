import Testing

@testable import Machine

@Suite("A policy that is changed while the command runs")
struct PolicyChangeTests {
    @Test("nothing happens, and what is due stays due", arguments: ChildSituation.allCases)
    func nothing(_ situation: ChildSituation) {
        var machine = situation.machine
        let before = machine
        var policy = situation.policy
        (policy.ttlSeconds, policy.graceNanoseconds, policy.retries) = (7...7, second, 3)
        (policy.startDelayNanoseconds, policy.leastLifeNanoseconds) = (9 * second, 9 * second)
        machine.replacePolicy(policy)
        #expect(machine.policy == policy)
        #expect(machine.state == before.state)
        #expect(machine.deadline == before.deadline)
        #expect(machine.report == before.report)
    }

    @Test("what comes follows the new one")
    func next() {
        var machine = ChildMachine.running(.supervise(wait: 60, ttl: 60))
        machine.replacePolicy(.supervise(wait: 3, ttl: 20, grace: 2))
        #expect(machine.handle(.deadline, at: at(60)).first == .log(.ttlExpired(pid: 42)))
        #expect(machine.deadline == at(62).monotonic)
        #expect(machine.handle(.exited(.exited(0)), at: at(61)).waits == [3 * second])
        _ = machine.handle(.deadline, at: at(64))
        _ = machine.handle(.spawned(pid: 43), at: at(64))
        #expect(machine.deadline == at(84).monotonic)
    }

    @Test("a smaller limit counts the latest starts, and one that is taken away counts none")
    func limit() {
        func policy(_ burst: Int?) -> ChildPolicy {
            .supervise(wait: 1) {
                $0.startLimit = burst.map { .init(burst: $0, windowNanoseconds: 5 * second) }
                $0.stableNanoseconds = 100 * second
            }
        }
        var machine = ChildMachine.running(policy(3))
        _ = machine.handle(.exited(.exited(1)), at: at(9))
        _ = machine.startWhenDue()
        #expect(machine.history.starts == [at(0).monotonic, at(10).monotonic])
        machine.replacePolicy(policy(1))
        #expect(machine.history.starts == [at(10).monotonic])
        #expect(machine.handle(.exited(.exited(1)), at: at(11)).contains(.log(.startLimitReached)))
        machine.replacePolicy(policy(nil))
        #expect(machine.history.starts == [])
    }
}

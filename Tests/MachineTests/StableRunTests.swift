import Testing

@testable import Machine

@Suite("Runs that last: they count from readiness")
struct StableRunTests {
    /// A command that must be ready within 60 s, and is stable 10 s later.
    private static func policy(_ change: (inout RestartPolicy) -> Void = { _ in }) -> ChildPolicy {
        .supervise(wait: 0, change).expecting(ready: 60)
    }

    /// A machine that forgets nothing yet: its first run failed at second 0, and its second one has just begun.
    private static func behindFailure(_ policy: ChildPolicy = policy()) -> ChildMachine {
        ChildMachine(
            policy,
            after: [(0, .begin), (0, .spawned(pid: 41)), (0, .exited(.exited(3))), (0, .spawned(pid: 42))])
    }

    @Test("a run that is not ready has no such deadline, and one that is has it from then on")
    func deadline() {
        var machine = Self.behindFailure()
        #expect(machine.state.run?.stableAt == nil)
        #expect(machine.state.run?.readyAt == nil)
        #expect(machine.deadline == at(60).monotonic)
        _ = machine.handle(.ready, at: at(40))
        #expect(machine.state.run?.readyAt == at(40).monotonic)
        #expect(machine.deadline == at(50).monotonic)
        _ = machine.handle(.deadline, at: Moment(monotonic: at(50).monotonic - 1, wall: 0))
        #expect(machine.health.failures == 1)
        #expect(machine.handle(.deadline, at: at(50)) == [])
        #expect(machine.health.failures == 0)
        #expect(machine.deadline == nil)
        #expect(machine.state.run?.readyAt == at(40).monotonic, "that it was ready is not forgotten")
    }

    @Test("what is ready by being started counts from its start")
    func atOnce() {
        let machine = Self.behindFailure(.supervise(wait: 0))
        #expect(machine.state.run?.readyAt == at(0).monotonic)
        #expect(machine.deadline == at(10).monotonic)
    }

    @Test("where there is no failure to forget there is nothing to wait for, nor is there under run")
    func nothing() {
        for policy in [ChildPolicy.run(), .supervise()] {
            for isExpected in [true, false] {
                var machine = ChildMachine.running(isExpected ? policy.expecting(ready: 60) : policy)
                _ = machine.handle(.ready, at: at(5))
                #expect(machine.state.run?.readyAt == at(isExpected ? 5 : 0).monotonic)
                #expect(machine.state.run?.stableAt == nil)
                #expect(machine.deadline == nil)
            }
        }
    }

    @Test(
        "whatever its length, it is the time since it was ready that is kept of a run that ended",
        arguments: [nil, 0, 15, 29, 30] as [Int64?])
    func kept(_ ready: Int64?) {
        for policy in [ChildPolicy.run(wait: 30).expecting(ready: 60), .supervise().expecting(ready: 60)] {
            var machine = ChildMachine.running(policy)
            if let ready { _ = machine.handle(.ready, at: at(ready)) }
            _ = machine.handle(.exited(.exited(3)), at: at(30))
            let ended = EndedRun(
                startedAt: at(0), endedAt: at(30), status: .exited(3),
                readyNanoseconds: ready.map { (30 - $0) * second })
            switch machine.state {
            case .lingering(let run, _), .waiting(let run?, .restart, _): #expect(run == ended)
            default: Issue.record("\(machine.state)")
            }
        }
    }

    @Test(
        "a run that ended makes the failures before it forgotten if it was ready for that long",
        arguments: [(19, 2), (20, 1), (21, 1), (50, 1)] as [(Int64, Int)])
    func ended(_ end: Int64, _ failures: Int) {
        for leavesOthers in [false, true] {
            var machine = Self.behindFailure()
            _ = machine.handle(.ready, at: at(10))
            _ = machine.handle(.exited(.exited(3), leavesOthers: leavesOthers), at: at(end))
            // What ends the others takes no part in it.
            _ = machine.handle(.othersEnded, at: at(end + 9))
            #expect(machine.health.failures == failures)
        }
    }

    @Test("one that never was ready is never stable, though it ran for long", arguments: [0, 3] as [Int32])
    func neverReady(_ code: Int32) {
        var machine = Self.behindFailure()
        #expect(machine.handle(.exited(.exited(code)), at: at(59)).last == .spawn)
        #expect(machine.health.failures == (code == 0 ? 1 : 2))
    }

    @Test("nor is one that was not ready in time, though it took long to stop")
    func notReady() {
        var machine = ChildMachine.running(Self.policy { ($0.waitNanoseconds, $0.backoff) = (2 * second, 3) })
        var start: Int64 = 0
        for (failures, whole) in [2, 6, 18, 54].enumerated() as EnumeratedSequence<[Int64]> {
            #expect(machine.handle(.deadline, at: at(start + 60)).first == .log(.notReady(pid: 42)))
            #expect(machine.handle(.ready, at: at(start + 61)) == [])
            _ = machine.handle(.deadline, at: at(start + 70))
            let wait = machine.handle(.exited(.signalled(9)), at: at(start + 95)).waits.first ?? 0
            #expect((whole * second / 10 * 9)...(whole * second) ~= wait)
            #expect(machine.health.failures == failures + 1)
            start += 95 + whole
            _ = machine.handle(.deadline, at: at(start))
            _ = machine.handle(.spawned(pid: 42), at: at(start))
        }
    }

    @Test("the starts of a command that is never ready are limited", arguments: [nil, 0, 3] as [Int32?])
    func limited(_ code: Int32?) {
        let limit = RestartPolicy.StartLimit(burst: 3, windowNanoseconds: 1000 * second)
        var machine = ChildMachine.running(Self.policy { $0.startLimit = limit })
        for number in 1...3 as ClosedRange<Int64> {
            let end = number * 100
            if code == nil { _ = machine.handle(.deadline, at: at(end - 20)) }
            let actions = machine.handle(.exited(code.map { .exited($0) } ?? .signalled(15)), at: at(end))
            #expect(actions.contains(.log(.startLimitReached)) == (number == 3))
            _ = machine.handle(.spawned(pid: 42), at: at(end))
        }
    }

    @Test("and those of one that is ready in the end are not")
    func unlimited() {
        let limit = RestartPolicy.StartLimit(burst: 2, windowNanoseconds: 1000 * second)
        var machine = ChildMachine.running(Self.policy { $0.startLimit = limit })
        for number in 1...9 as ClosedRange<Int64> {
            _ = machine.handle(.ready, at: at(number * 40 - 10))
            #expect(machine.handle(.exited(.exited(3)), at: at(number * 40)).last == .spawn)
            _ = machine.handle(.spawned(pid: 42), at: at(number * 40))
        }
        #expect(machine.history.starts.count == 1)
        #expect(machine.health.failures == 1)
    }

    @Test("starts that failed before are forgotten in the same way")
    func failedStarts() {
        var machine = ChildMachine(Self.policy(), after: [(0, .begin), (0, .spawnFailed(noResources))])
        #expect(machine.startWhenDue() == 1)
        #expect(machine.deadline == at(61).monotonic)
        _ = machine.handle(.ready, at: at(20))
        #expect(machine.deadline == at(30).monotonic)
        _ = machine.handle(.deadline, at: at(30))
        #expect(machine.health.failures == 0)
    }
}

import Testing

@testable import Machine

@Suite("Starts that fail")
struct FailedStartTests {
    @Test(
        "run ends in the way of shells at once, whatever failed",
        arguments: [(notFound, 127), (notExecutable, 126), (noResources, 125)] as [(SpawnFailure, Int32)])
    func run(_ failure: SpawnFailure, _ code: Int32) {
        for policy in [ChildPolicy.run(), .run(wait: 30), .run().preparing, .run().concluding] {
            var machine = ChildMachine(policy, after: [(0, .begin), (0, .hookEnded(succeeded: true))])
            #expect(
                machine.handle(.spawnFailed(failure), at: at(0)) == [.log(.spawnFailed(failure)), .finish(code: code)])
            #expect(machine.state == .finished(nil))
            #expect(machine.deadline == nil)
        }
    }

    @Test(
        "what is missing at the first start ends supervise as well",
        arguments: [(notFound, 127), (notExecutable, 126)] as [(SpawnFailure, Int32)], RestartPolicy.When.allCases)
    func missing(_ failure: (SpawnFailure, Int32), _ when: RestartPolicy.When) {
        let (failure, code) = failure
        var machine = ChildMachine(.supervise { $0.when = when }, after: [(0, .begin)])
        #expect(machine.handle(.spawnFailed(failure), at: at(0)) == [.log(.spawnFailed(failure)), .finish(code: code)])
        var held = ChildMachine(.supervise { ($0.when, $0.onFailed) = (when, .hold) }, after: [(0, .begin)])
        #expect(held.handle(.spawnFailed(failure), at: at(0)) == [.log(.spawnFailed(failure)), .log(.failed)])
        #expect(held.report.status == .failed)
        #expect(held.health.blocker == .failed)
        #expect(held.deadline == nil)
        #expect(held.handle(.askedToStop(signal: 2), at: at(1)) == [.finish(code: code)])
    }

    @Test(
        "want of resources at the first start passes, so that supervise tries again",
        arguments: [.always, .onFailure, .onAbnormal] as [RestartPolicy.When])
    func resources(_ when: RestartPolicy.When) {
        var machine = ChildMachine(
            .supervise(wait: 2) { ($0.when, $0.backoff, $0.onFailed) = (when, 2, .hold) }, after: [(0, .begin)])
        for (attempt, whole) in [2, 4, 8].enumerated() as EnumeratedSequence<[Int64]> {
            let now = at(Int64(attempt) * 20)
            let actions = machine.handle(.spawnFailed(noResources), at: now)
            let wait = actions.waits.first ?? 0
            #expect(actions == [.log(.spawnFailed(noResources)), .log(.restarts(inNanoseconds: wait))])
            #expect((whole * second / 10 * 9)...(whole * second) ~= wait)
            #expect(machine.deadline == now.monotonic + wait)
            #expect(machine.report.status == .waiting)
            #expect(machine.report.exit == nil)
            #expect(machine.health.blocker == .waiting)
            #expect(machine.health.isLive)
            #expect(machine.handle(.deadline, at: at(Int64(attempt) * 20 + 20)) == [.spawn])
        }
        _ = machine.handle(.spawned(pid: 42), at: at(60))
        #expect(machine.history.restarts == 0, "it is the first one that succeeded")
        #expect(machine.report.previousExit == nil)
        #expect(machine.report.status == .running)
        #expect(machine.deadline == at(70).monotonic, "the failures are forgotten then")
    }

    @Test("but not when nothing is to be started again")
    func never() {
        var machine = ChildMachine(.supervise { $0.when = .never }, after: [(0, .begin)])
        #expect(machine.handle(.spawnFailed(noResources), at: at(0)).last == .finish(code: 125))
        machine = ChildMachine(.supervise { ($0.when, $0.onFailed) = (.never, .hold) }, after: [(0, .begin)])
        #expect(machine.handle(.spawnFailed(noResources), at: at(0)).last == .log(.failed))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(0)) == [.finish(code: 125)])
    }

    @Test(
        "behind a run each failure is tried again, whatever the policy restarts for",
        arguments: [notFound, notExecutable, noResources], [.always, .onFailure, .onAbnormal] as [RestartPolicy.When])
    func later(_ failure: SpawnFailure, _ when: RestartPolicy.When) {
        var machine = ChildMachine.running(.supervise { $0.when = when })
        _ = machine.handle(.exited(.signalled(9)), at: at(1))
        _ = machine.handle(.deadline, at: at(6))
        #expect(
            machine.handle(.spawnFailed(failure), at: at(6))
                == [.log(.spawnFailed(failure)), .log(.restarts(inNanoseconds: 5 * second))])
        #expect(machine.report.status == .waiting)
        #expect(machine.report.exit == .signalled(9), "the last run stays on show")
        #expect(machine.health.failures == 2)
        #expect(machine.startWhenDue() == 11)
        #expect(machine.history.restarts == 1)
    }

    @Test("a second lies between two tries at least", arguments: [0, 1, second - 1, second, second + 1] as [Int64])
    func pause(_ wait: Int64) {
        let policy = ChildPolicy.supervise { $0.waitNanoseconds = wait }
        var machine = ChildMachine(policy, after: [(0, .begin)])
        #expect(machine.handle(.spawnFailed(noResources), at: at(0)).waits == [max(wait, second)])
        #expect(machine.deadline == at(0).monotonic + max(wait, second))
    }

    @Test("TERM while the first start is to be tried again ends Kapo as TERM would", arguments: [15, 2] as [Int32])
    func asked(_ signal: Int32) {
        var machine = ChildSituation.retrying.machine
        #expect(machine.handle(.askedToStop(signal: signal), at: at(1)) == [.finish(code: 128 + signal)])
        machine = ChildSituation.retryingNext.machine
        #expect(machine.handle(.askedToStop(signal: signal), at: at(56)) == [.finish(code: 139)])
    }
}

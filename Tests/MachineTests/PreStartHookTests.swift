import Testing

@testable import Machine

@Suite("The hook before a start")
struct PreStartHookTests {
    private static let succeeded = ChildEvent.hookEnded(succeeded: true)
    private static let failed = ChildEvent.hookEnded(succeeded: false)

    @Test("it runs before each start, and the start waits for it", arguments: ChildPolicy.each.map(\.preparing))
    func first(_ policy: ChildPolicy) {
        var machine = ChildMachine(policy: policy, seed: 1)
        #expect(machine.handle(.begin, at: at(0)) == [.startHook(.preStart)])
        #expect(machine.deadline == at(30).monotonic)
        #expect(machine.report.status == .starting)
        #expect(machine.health.blocker == .starting)
        #expect(machine.handle(Self.succeeded, at: at(9)) == [.spawn])
        #expect(machine.deadline == nil)
        #expect(machine.handle(.spawned(pid: 42), at: at(9)) == [.log(.started(pid: 42))])
    }

    @Test("it runs before a restart, at once or behind a wait, and behind a sweep")
    func next() {
        for wait in [0, 5] as [Int64] {
            for end in [ChildEvent.exited(.exited(3)), .left(.exited(3))] {
                var machine = ChildMachine.running(.supervise(wait: wait).preparing)
                var actions = machine.handle(end, at: at(9)) + machine.handle(.othersEnded, at: at(9))
                if wait > 0 { actions += machine.handle(.deadline, at: at(14)) }
                #expect(actions.last == .startHook(.preStart))
                #expect(!actions.contains(.spawn))
                #expect(machine.deadline == at(wait == 0 ? 39 : 44).monotonic)
                #expect(machine.report.exit == .exited(3))
                #expect(machine.handle(Self.succeeded, at: at(20)) == [.spawn])
                #expect(machine.history.restarts == 0)
                _ = machine.handle(.spawned(pid: 43), at: at(20))
                #expect(machine.history.restarts == 1)
            }
        }
    }

    @Test("if it fails, run ends with code 125, and never is never")
    func failedOnce() {
        for policy in [ChildPolicy.run(), .run(wait: 30), .supervise { $0.when = .never }] {
            var machine = ChildMachine(policy.preparing, after: [(0, .begin)])
            #expect(machine.handle(Self.failed, at: at(1)) == [.log(.preStartFailed), .finish(code: 125)])
        }
    }

    @Test("if it fails, supervise tries again, hook and all, the first time too")
    func failedAndTriedAgain() {
        var machine = ChildMachine(.supervise(wait: 0).preparing, after: [(0, .begin)])
        for seconds in 0..<5 as Range<Int64> {
            #expect(
                machine.handle(Self.failed, at: at(seconds))
                    == [.log(.preStartFailed), .log(.restarts(inNanoseconds: second))])
            #expect(machine.report.status == .waiting)
            #expect(machine.health.failures == Int(seconds) + 1)
            #expect(machine.handle(.deadline, at: at(seconds + 1)) == [.startHook(.preStart)])
        }
        #expect(machine.handle(Self.succeeded, at: at(5)) == [.spawn])
    }

    @Test("a limit of starts counts those that it kept from happening")
    func limited() {
        let policy = ChildPolicy.supervise {
            $0.startLimit = RestartPolicy.StartLimit(burst: 2, windowNanoseconds: 60 * second)
        }
        var machine = ChildMachine(policy.preparing, after: [(0, .begin), (0, Self.failed), (5, .deadline)])
        #expect(
            machine.handle(Self.failed, at: at(5))
                == [.log(.preStartFailed), .log(.startLimitReached), .finish(code: 125)])
    }

    @Test("after 30 s it is killed, and has failed: when it is gone, or one second later", arguments: [true, false])
    func timeout(_ isGone: Bool) {
        var machine = ChildMachine(.run().preparing, after: [(0, .begin)])
        #expect(machine.handle(.deadline, at: at(30)) == [.log(.hookTimedOut), .signalHook(signal: 9)])
        #expect(machine.deadline == at(31).monotonic)
        #expect(
            machine.handle(isGone ? Self.failed : .deadline, at: at(31))
                == [.log(.preStartFailed), .finish(code: 125)])
        #expect(machine.deadline == nil)
    }

    @Test("one that does not even end by KILL has failed, and is tried again as one that fails is")
    func givenUp() {
        var machine = ChildMachine(.supervise().preparing, after: [(0, .begin), (30, .deadline)])
        #expect(
            machine.handle(.deadline, at: at(31))
                == [.log(.preStartFailed), .log(.restarts(inNanoseconds: 5 * second))])
        #expect(machine.health.failures == 1)
        let waiting = machine
        #expect(machine.handle(Self.succeeded, at: at(32)) == [], "what becomes of it is of no matter any more")
        #expect(machine == waiting)
        #expect(machine.handle(.deadline, at: at(36)) == [.startHook(.preStart)])
        #expect(machine.deadline == at(66).monotonic)
    }

    @Test(
        "asked once it gets TERM, asked twice KILL, and nothing is started behind it",
        arguments: [15, 2] as [Int32], [true, false])
    func asked(_ signal: Int32, _ succeeds: Bool) {
        for policy in ChildPolicy.each.map(\.preparing) {
            var machine = ChildMachine(policy, after: [(0, .begin)])
            #expect(machine.handle(.askedToStop(signal: signal), at: at(1)) == [.signalHook(signal: 15)])
            #expect(machine.deadline == at(11).monotonic, "the time that a command has to stop")
            var once = machine
            #expect(once.handle(.hookEnded(succeeded: succeeds), at: at(2)) == [.finish(code: 128 + signal)])
            #expect(once.state == .finished(nil))
            var late = machine
            #expect(late.handle(.deadline, at: at(11)) == [.log(.hookTimedOut), .signalHook(signal: 9)])
            #expect(late.deadline == at(12).monotonic)
            var stuck = late
            #expect(stuck.handle(.deadline, at: at(12)) == [.finish(code: 128 + signal)])
            #expect(late.handle(.hookEnded(succeeded: succeeds), at: at(11)) == [.finish(code: 128 + signal)])
            #expect(machine.handle(.askedToStop(signal: signal), at: at(2)) == [.signalHook(signal: 9)])
            #expect(machine.deadline == at(3).monotonic)
            stuck = machine
            #expect(stuck.handle(.deadline, at: at(3)) == [.finish(code: 128 + signal)])
            #expect(machine.handle(.hookEnded(succeeded: succeeds), at: at(2)) == [.finish(code: 128 + signal)])
        }
    }

    @Test("asked once it got KILL, it gets no more time than it has", arguments: [15, 2] as [Int32])
    func askedLate(_ signal: Int32) {
        var machine = ChildMachine(.supervise().preparing, after: [(0, .begin), (30, .deadline)])
        #expect(machine.handle(.askedToStop(signal: signal), at: at(30)) == [.signalHook(signal: 15)])
        #expect(machine.deadline == at(31).monotonic)
        #expect(machine.handle(.deadline, at: at(31)) == [.finish(code: 128 + signal)])
    }

    @Test("of two signals that ask the first one gives the code", arguments: [15, 2] as [Int32])
    func askedByTwo(_ signal: Int32) {
        var machine = ChildMachine(.run().preparing, after: [(0, .begin), (1, .askedToStop(signal: signal))])
        _ = machine.handle(.askedToStop(signal: 17 - signal), at: at(2))
        #expect(machine.handle(Self.failed, at: at(2)) == [.finish(code: 128 + signal)])
    }

    @Test("asked before a later start, Kapo ends with the code of the last run")
    func askedNext() {
        var machine = ChildMachine.running(.supervise(wait: 0).preparing)
        _ = machine.handle(.exited(.exited(3)), at: at(9))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(10)) == [.signalHook(signal: 15)])
        #expect(machine.handle(Self.succeeded, at: at(11)) == [.finish(code: 3)])
        #expect(machine.history.restarts == 0)
    }

    @Test("a run that needs none has none")
    func none() {
        for policy in ChildPolicy.each {
            var machine = ChildMachine(policy: policy, seed: 1)
            #expect(machine.handle(.begin, at: at(0)) == [.spawn])
        }
    }
}

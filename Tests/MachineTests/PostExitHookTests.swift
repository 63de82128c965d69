import Testing

@testable import Machine

@Suite("The hook after an end")
struct PostExitHookTests {
    private static let ended = ChildEvent.hookEnded(succeeded: true)

    private static func hook(_ status: Machine.ExitStatus, restarts: Int = 0) -> ChildAction {
        .startHook(.postExit(status, restarts: restarts))
    }

    @Test("it hears how the run ended", arguments: [.exited(0), .exited(3), .signalled(9)] as [Machine.ExitStatus])
    func status(_ status: Machine.ExitStatus) {
        for policy in ChildPolicy.each.map(\.concluding) {
            var machine = ChildMachine.running(policy)
            #expect(
                machine.handle(.exited(status), at: at(9)) == [.log(.ended(pid: 42, status)), Self.hook(status)])
            #expect(machine.deadline == at(39).monotonic)
            #expect(machine.report.exit == status)
            #expect(machine.report.endedAt == at(9).wall)
        }
    }

    @Test("it hears how many restarts there were")
    func restarts() {
        var machine = ChildMachine.running(.supervise(wait: 0).concluding)
        for number in 0..<5 {
            let now = at(Int64(number))
            #expect(machine.handle(.exited(.exited(3)), at: now).last == Self.hook(.exited(3), restarts: number))
            #expect(machine.handle(Self.ended, at: now) == [.spawn])
            _ = machine.handle(.spawned(pid: 42), at: now)
        }
    }

    @Test(
        "what follows is what would follow without it, however it ends",
        arguments: ChildPolicy.each, [true, false])
    func settled(_ policy: ChildPolicy, _ succeeds: Bool) {
        for isAsked in [false, true] {
            var machine = ChildMachine.running(policy.concluding)
            var plain = ChildMachine.running(policy)
            if isAsked {
                _ = machine.handle(.askedToStop(signal: 15), at: at(5))
                _ = plain.handle(.askedToStop(signal: 15), at: at(5))
            }
            _ = machine.handle(.exited(.exited(3)), at: at(12))
            let actions = machine.handle(.hookEnded(succeeded: succeeds), at: at(12))
            #expect([.log(.ended(pid: 42, .exited(3)))] + actions == plain.handle(.exited(.exited(3)), at: at(12)))
            #expect(machine.state == plain.state)
            #expect(machine.history == plain.history)
        }
    }

    @Test("what the command left behind is ended before it, and the time that took is not part of the run")
    func swept() {
        var machine = ChildMachine.running(.supervise().concluding)
        let actions = machine.handle(.left(.exited(3)), at: at(9))
        #expect(actions.last == .signalOthers(signal: 15))
        #expect(machine.handle(.othersEnded, at: at(12)) == [Self.hook(.exited(3))])
        #expect(machine.deadline == at(42).monotonic)
        #expect(machine.handle(.othersEnded, at: at(13)) == [])
        #expect(machine.handle(Self.ended, at: at(20)) == [.log(.restarts(inNanoseconds: 5 * second))])
        #expect(machine.health.failures == 1)
        #expect(machine.deadline == at(25).monotonic)
        #expect(machine.report.endedAt == at(9).wall)
    }

    @Test("it runs behind others that even KILL did not end, and those that are left alone")
    func unswept() {
        var machine = ChildMachine.running(.run().concluding)
        _ = machine.handle(.left(.exited(3)), at: at(9))
        _ = machine.handle(.deadline, at: at(19))
        #expect(machine.handle(.deadline, at: at(20)) == [Self.hook(.exited(3))])
        machine = ChildMachine.running(.run().concluding.with { $0.sweeps = false })
        #expect(machine.handle(.left(.exited(3)), at: at(9)).last == Self.hook(.exited(3)))
    }

    @Test("after 30 s it is killed, and Kapo goes on when it is gone, or one second later", arguments: [true, false])
    func timeout(_ isGone: Bool) {
        var machine = ChildMachine.running(.supervise().concluding)
        _ = machine.handle(.exited(.exited(3)), at: at(9))
        #expect(machine.handle(.deadline, at: at(39)) == [.log(.hookTimedOut), .signalHook(signal: 9)])
        #expect(machine.deadline == at(40).monotonic)
        #expect(
            machine.handle(isGone ? .hookEnded(succeeded: false) : .deadline, at: at(40))
                == [.log(.restarts(inNanoseconds: 5 * second))])
        let waiting = machine
        #expect(machine.handle(Self.ended, at: at(41)) == [], "what becomes of it is of no matter any more")
        #expect(machine == waiting)
    }

    @Test("asked once it got KILL, it gets no more time than it has")
    func askedLate() {
        var machine = ChildMachine.running(.supervise().concluding)
        _ = machine.handle(.exited(.exited(3)), at: at(9))
        _ = machine.handle(.deadline, at: at(39))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(39)) == [])
        #expect(machine.deadline == at(40).monotonic)
        #expect(machine.handle(.deadline, at: at(40)) == [.finish(code: 3)])
    }

    @Test("asked while it runs, it may end, and nothing is started; asked twice, it is killed", arguments: [15, 2])
    func asked(_ signal: Int32) {
        for policy in [ChildPolicy.run(), .supervise(), .supervise(wait: 0)].map(\.concluding) {
            var machine = ChildMachine.running(policy)
            _ = machine.handle(.exited(.exited(3)), at: at(9))
            #expect(machine.handle(.askedToStop(signal: signal), at: at(10)) == [])
            #expect(machine.deadline == at(39).monotonic)
            #expect(!machine.health.isLive)
            var once = machine
            #expect(once.handle(Self.ended, at: at(11)) == [.finish(code: 3)])
            #expect(machine.handle(.askedToStop(signal: signal), at: at(11)) == [.signalHook(signal: 9)])
            #expect(machine.deadline == at(12).monotonic)
            var stuck = machine
            #expect(stuck.handle(.deadline, at: at(12)) == [.finish(code: 3)])
            #expect(machine.handle(Self.ended, at: at(11)) == [.finish(code: 3)])
        }
    }

    @Test("who was asked while the command ran, or while others were left, has been asked once")
    func askedBefore() {
        for events in [
            [(5, .askedToStop(signal: 15)), (9, .exited(.exited(3)))],
            [(9, .left(.exited(3))), (10, .askedToStop(signal: 15)), (11, .othersEnded)],
        ] as [[(Int64, ChildEvent)]] {
            var machine = ChildMachine.running(.supervise().concluding)
            for (seconds, event) in events { _ = machine.handle(event, at: at(seconds)) }
            #expect(machine.state.name == "concluding")
            #expect(machine.handle(.askedToStop(signal: 2), at: at(12)) == [.signalHook(signal: 9)])
        }
    }

    @Test("a command that never ran has no end")
    func notStarted() {
        for policy in ChildPolicy.each.map(\.concluding) {
            var machine = ChildMachine(policy, after: [(0, .begin)])
            #expect(machine.handle(.spawnFailed(notFound), at: at(0)).last == .finish(code: 127))
        }
    }
}

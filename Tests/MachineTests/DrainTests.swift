import Testing

@testable import Machine

@Suite("Draining before the end")
struct DrainTests {
    private static let policies = ChildPolicy.each.map { $0.draining(30) }
    private static let begins = [ChildAction.log(.draining(nanoseconds: 30 * second))]

    @Test("TERM is passed on when the time is over, and until then the command is not ready", arguments: policies)
    func drain(_ policy: ChildPolicy) {
        var machine = ChildMachine.running(policy)
        #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == Self.begins)
        #expect(machine.deadline == at(35).monotonic)
        #expect(machine.health == Health(isLive: true, blocker: .draining))
        #expect(machine.report.status == .stopping)
        #expect(machine.report.pid == 42)
        #expect(machine.handle(.deadline, at: at(35)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(machine.health.blocker == .stopping)
    }

    @Test("INT does not wait: whoever typed it waits for the end", arguments: policies)
    func interrupted(_ policy: ChildPolicy) {
        var machine = ChildMachine.running(policy)
        #expect(machine.handle(.askedToStop(signal: 2), at: at(5)) == [.signalGroup(pid: 42, signal: 2)])
        #expect(machine.health.blocker == .stopping)
    }

    @Test("a second one ends the wait, a third one the command", arguments: policies, [15, 2] as [Int32])
    func again(_ policy: ChildPolicy, _ signal: Int32) {
        var machine = ChildMachine.running(policy)
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        #expect(machine.handle(.askedToStop(signal: signal), at: at(6)) == [.signalGroup(pid: 42, signal: signal)])
        #expect(
            machine.handle(.askedToStop(signal: signal), at: at(7))
                == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
    }

    @Test("a command that ends in the meantime was asked to: nothing is started after it")
    func ended() {
        for policy in [ChildPolicy.run(), .supervise(), .supervise(wait: 0), .supervise { $0.onFailed = .hold }] {
            for status in [.exited(0), .exited(3), .signalled(9)] as [Machine.ExitStatus] {
                var machine = ChildMachine.running(policy.draining(30))
                _ = machine.handle(.askedToStop(signal: 15), at: at(5))
                #expect(
                    machine.handle(.exited(status), at: at(6))
                        == [.log(.ended(pid: 42, status)), .finish(code: status.shellCode)])
                #expect(machine.health.failures == 0)
            }
        }
    }

    @Test("what it leaves behind in the meantime is ended, and one more TERM kills that")
    func swept() {
        var machine = ChildMachine.running(.supervise().draining(30))
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        #expect(machine.handle(.left(.exited(3)), at: at(6)).last == .signalOthers(signal: 15))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(7)).last == .signalOthers(signal: 9))
        #expect(machine.handle(.othersEnded, at: at(7)) == [.finish(code: 3)])
    }

    @Test("what is passed on is what the signal became, to whom it goes")
    func rewritten() {
        let policy = ChildPolicy.run().draining(30).with {
            $0.signals.rewrites = [15: 3, 2: 12]
            $0.signals.target = .child
        }
        var machine = ChildMachine.running(policy)
        #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == Self.begins)
        var skipped = machine
        #expect(skipped.handle(.askedToStop(signal: 2), at: at(6)) == [.signalCommand(pid: 42, signal: 12)])
        #expect(machine.handle(.deadline, at: at(35)) == [.signalCommand(pid: 42, signal: 3)])
    }

    @Test("a TERM that is dropped begins nothing")
    func dropped() {
        var machine = ChildMachine.running(.run().draining(30).with { $0.signals.rewrites = [15: 0] })
        let before = machine
        #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == [])
        #expect(machine == before)
    }

    @Test("one that is paused is woken when it is told")
    func paused() {
        var machine = ChildMachine.running(.run().draining(30))
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        _ = machine.handle(.paused(signal: 19), at: at(6))
        #expect(machine.health.blocker == .draining)
        var resumed = machine
        _ = resumed.handle(.resumed, at: at(7))
        #expect(resumed.deadline == at(35).monotonic)
        #expect(resumed.handle(.deadline, at: at(35)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(
            machine.handle(.deadline, at: at(35))
                == [.signalGroup(pid: 42, signal: 15), .signalGroup(pid: 42, signal: 18)])
    }

    @Test("other signals are passed on, and a time to live that ends in the meantime is of no matter")
    func signals() {
        var machine = ChildMachine.running(.run(ttl: 10).draining(30))
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        #expect(machine.handle(.signalled(1), at: at(6)) == [.signalGroup(pid: 42, signal: 1)])
        #expect(machine.deadline == at(35).monotonic)
        #expect(machine.health.blocker == .draining)
    }

    @Test("a command that is being stopped for another reason is not drained any more")
    func stopping() {
        var machine = ChildMachine.running(.run(ttl: 10).draining(30))
        _ = machine.handle(.deadline, at: at(10))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(11)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(machine.deadline == at(20).monotonic)
    }

    @Test("a time too long for 64 bits does not wrap around")
    func overflow() {
        var machine = ChildMachine.running(.run().with { $0.drainNanoseconds = .max })
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        #expect(machine.deadline == .max)
    }
}

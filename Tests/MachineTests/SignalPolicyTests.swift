import Testing

@testable import Machine

@Suite("What becomes of signals")
struct SignalPolicyTests {
    /// `run` with this policy of signals.
    private static func run(ttl: Int64 = 0, _ change: (inout SignalPolicy) -> Void) -> ChildPolicy {
        ChildPolicy.run(ttl: ttl).with { change(&$0.signals) }
    }

    @Test("by default the group gets every signal as it is", arguments: 1...64 as ClosedRange<Int32>)
    func plain(_ number: Int32) {
        #expect(SignalPolicy().rewritten(number) == number)
        #expect(SignalPolicy().target == .group)
        #expect(SignalPolicy().stop == 15)
    }

    @Test("a signal is rewritten once, dropped by 0, and others stay what they are")
    func rewritten() {
        var policy = SignalPolicy()
        policy.rewrites = [15: 3, 3: 2, 1: 0, 2: 2]
        #expect(policy.rewritten(15) == 3)
        #expect(policy.rewritten(3) == 2)
        #expect(policy.rewritten(2) == 2)
        #expect(policy.rewritten(1) == nil)
        #expect(policy.rewritten(10) == 10)
    }

    @Test("the targets have the names of the command line")
    func names() {
        #expect(SignalPolicy.Target.allCases.map(\.rawValue) == ["group", "child"])
    }

    @Test("with target child, the command alone gets what is passed on, and the group what kills")
    func child() {
        var machine = ChildMachine.running(Self.run { $0.target = .child })
        #expect(machine.handle(.signalled(1), at: at(5)) == [.signalCommand(pid: 42, signal: 1)])
        #expect(machine.handle(.signalled(20), at: at(5)) == [.signalCommand(pid: 42, signal: 20), .pause])
        #expect(machine.handle(.askedToStop(signal: 15), at: at(6)) == [.signalCommand(pid: 42, signal: 15)])
        #expect(machine.handle(.signalled(10), at: at(6)) == [.signalCommand(pid: 42, signal: 10)])
        #expect(
            machine.handle(.askedToStop(signal: 15), at: at(7))
                == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
    }

    @Test("with target child, the command alone is told that its time is over, and woken for it")
    func childExpires() {
        var machine = ChildMachine.running(Self.run(ttl: 60) { $0.target = .child })
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(
            machine.handle(.deadline, at: at(60)) == [
                .log(.ttlExpired(pid: 42)), .signalCommand(pid: 42, signal: 15), .signalCommand(pid: 42, signal: 18),
            ])
        #expect(machine.handle(.deadline, at: at(70)).last == .signalGroup(pid: 42, signal: 9))
    }

    @Test("a rewritten signal is passed on as what it became, while the command runs and while it is being stopped")
    func passed() {
        var machine = ChildMachine.running(Self.run { $0.rewrites = [1: 10, 12: 0] })
        for _ in 0..<2 {
            let before = machine
            #expect(machine.handle(.signalled(1), at: at(5)) == [.signalGroup(pid: 42, signal: 10)])
            #expect(machine.handle(.signalled(12), at: at(5)) == [])
            #expect(machine.handle(.signalled(10), at: at(5)) == [.signalGroup(pid: 42, signal: 10)])
            #expect(machine == before)
            _ = machine.handle(.askedToStop(signal: 15), at: at(6))
        }
    }

    @Test("a rewritten TERM still means that Kapo ends after the command, and the second one kills")
    func rewrittenTerm() {
        for wait in [0, 5] as [Int64] {
            let policy = ChildPolicy.supervise(wait: wait).with { $0.signals.rewrites = [15: 3] }
            var machine = ChildMachine.running(policy)
            #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == [.signalGroup(pid: 42, signal: 3)])
            var ended = machine
            #expect(ended.handle(.exited(.exited(0)), at: at(6)).last == .finish(code: 0))
            #expect(machine.handle(.askedToStop(signal: 15), at: at(6)).last == .signalGroup(pid: 42, signal: 9))
            #expect(machine.handle(.exited(.signalled(9)), at: at(7)).last == .finish(code: 137))
        }
    }

    @Test("a rewritten TERM behind a TTL that is over is passed on as what it became, and the KILL stays due")
    func rewrittenTermAfterTTL() {
        var machine = ChildMachine.running(Self.run(ttl: 60) { $0.rewrites = [15: 3] })
        _ = machine.handle(.deadline, at: at(60))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(61)) == [.signalGroup(pid: 42, signal: 3)])
        #expect(machine.deadline == at(70).monotonic)
    }

    @Test("a dropped TERM stops neither the command nor Kapo, however often it comes; INT does")
    func droppedTerm() {
        let policy = ChildPolicy.supervise().with { $0.signals.rewrites = [15: 0] }
        var machine = ChildMachine.running(policy)
        let running = machine
        for _ in 0..<3 { #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == []) }
        #expect(machine == running)
        #expect(machine.handle(.askedToStop(signal: 2), at: at(6)) == [.signalGroup(pid: 42, signal: 2)])
        let stopping = machine
        #expect(machine.handle(.askedToStop(signal: 15), at: at(7)) == [])
        #expect(machine == stopping, "nor does it kill")
    }

    @Test(
        "a dropped TERM changes nothing, whatever the state: whoever dropped it does not know which it is",
        arguments: ChildSituation.allCases)
    func droppedEverywhere(_ situation: ChildSituation) {
        for number in [15, 2] as [Int32] {
            let policy = situation.policy.with { $0.signals.rewrites = [number: 0] }
            // What brought the machine there was the other one.
            let events = situation.events.map { seconds, event in
                event.name == "askedToStop" ? (seconds, .askedToStop(signal: 17 - number)) : (seconds, event)
            }
            var machine = ChildMachine(policy, after: events)
            let before = machine
            #expect(machine.handle(.askedToStop(signal: number), at: at(100)) == [])
            #expect(machine == before)
        }
    }

    @Test("a TTL uses the stop signal, which is not rewritten, and TERM and INT use their own")
    func stop() {
        var machine = ChildMachine.running(
            Self.run(ttl: 60) {
                $0.stop = 3
                $0.rewrites = [3: 0, 15: 12]
            })
        #expect(
            machine.handle(.deadline, at: at(60)) == [.log(.ttlExpired(pid: 42)), .signalGroup(pid: 42, signal: 3)])
        #expect(machine.handle(.askedToStop(signal: 15), at: at(61)) == [.signalGroup(pid: 42, signal: 12)])
        #expect(machine.handle(.deadline, at: at(70)).last == .signalGroup(pid: 42, signal: 9))
    }

    @Test("the numbers are those of Linux")
    func numbers() {
        #expect(SignalNumber.abort == 6)
        #expect(SignalNumber.kill == 9)
        #expect(SignalNumber.term == 15)
        #expect(SignalNumber.cont == 18)
        #expect(SignalNumber.pausing == [20, 21, 22])
    }
}

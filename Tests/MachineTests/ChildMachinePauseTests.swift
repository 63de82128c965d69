import Testing

@testable import Machine

@Suite("Signals that pause")
struct ChildMachinePauseTests {
    @Test("TSTP, TTIN and TTOU are passed on first, and pause Kapo then", arguments: [20, 21, 22] as [Int32])
    func passed(_ number: Int32) {
        for situation in ChildSituation.alive {
            var machine = situation.machine
            let before = machine
            for _ in 0..<2 {
                #expect(
                    machine.handle(.signalled(number), at: at(100))
                        == [.signalGroup(pid: 42, signal: number), .pause])
                #expect(machine.report == before.report, "whether the command heeds it, the kernel says")
                #expect(machine.health == before.health)
            }
            #expect(machine.state.run?.hasPausedKapo == true)
            #expect(machine.handle(.signalled(18), at: at(100)) == [.signalGroup(pid: 42, signal: 18)])
            #expect(machine.state.run?.hasPausedKapo == false, "CONT ends it")
            #expect(machine.report == before.report)
        }
    }

    @Test("no other signal pauses Kapo", arguments: 1...64 as ClosedRange<Int32>)
    func others(_ number: Int32) {
        guard !SignalNumber.pausing.contains(number) else { return }
        var machine = ChildMachine.running(.run())
        #expect(machine.handle(.signalled(number), at: at(5)) == [.signalGroup(pid: 42, signal: number)])
    }

    @Test(
        "they pause Kapo when they are rewritten too, and do nothing when dropped", arguments: [20, 21, 22] as [Int32])
    func rewritten(_ number: Int32) {
        var dropped = ChildMachine.running(.run().with { $0.signals.rewrites = [number: 0] })
        let before = dropped
        #expect(dropped.handle(.signalled(number), at: at(5)) == [])
        #expect(dropped == before)
        var other = ChildMachine.running(.run().with { $0.signals.rewrites = [number: 19] })
        #expect(other.handle(.signalled(number), at: at(5)) == [.signalGroup(pid: 42, signal: 19), .pause])
    }

    @Test("what is rewritten to one of them does not pause Kapo", arguments: [20, 21, 22] as [Int32])
    func becomes(_ number: Int32) {
        var machine = ChildMachine.running(.run().with { $0.signals.rewrites = [1: number] })
        #expect(machine.handle(.signalled(1), at: at(5)) == [.signalGroup(pid: 42, signal: number)])
    }

    @Test("a command that is paused gets CONT right behind TERM or INT", arguments: [15, 2] as [Int32])
    func asked(_ signal: Int32) {
        var machine = ChildMachine.running(.run())
        #expect(machine.handle(.paused(signal: 19), at: at(5)) == [])
        #expect(
            machine.handle(.askedToStop(signal: signal), at: at(6))
                == [.signalGroup(pid: 42, signal: signal), .signalGroup(pid: 42, signal: 18)])
    }

    @Test("one that goes on gets none")
    func resumed() {
        var machine = ChildMachine.running(.run())
        let before = machine
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(machine != before)
        #expect(machine.handle(.resumed, at: at(6)) == [])
        #expect(machine == before)
        #expect(machine.handle(.askedToStop(signal: 15), at: at(7)) == [.signalGroup(pid: 42, signal: 15)])
    }

    @Test("the CONT is not rewritten and not dropped, and comes behind what TERM became")
    func notRewritten() {
        var machine = ChildMachine.running(.run().with { $0.signals.rewrites = [15: 3, 18: 0] })
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(
            machine.handle(.askedToStop(signal: 15), at: at(6))
                == [.signalGroup(pid: 42, signal: 3), .signalGroup(pid: 42, signal: 18)])
    }

    @Test("a TERM that is dropped wakes nobody")
    func dropped() {
        var machine = ChildMachine.running(.run().with { $0.signals.rewrites = [15: 0] })
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(6)) == [])
    }

    @Test("a signal that does not tell it to stop wakes nobody", arguments: [1, 3, 10, 28] as [Int32])
    func passedWhilePaused(_ number: Int32) {
        var machine = ChildMachine.running(.run())
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(machine.handle(.signalled(number), at: at(6)) == [.signalGroup(pid: 42, signal: number)])
    }

    @Test("process 1, which nothing stops, passes a stop on and goes on itself", arguments: [20, 21, 22] as [Int32])
    func pidOne(_ number: Int32) {
        var machine = ChildMachine.running(.run().with { $0.canPause = false })
        #expect(machine.handle(.signalled(number), at: at(5)) == [.signalGroup(pid: 42, signal: number)])
        #expect(machine.state.run?.isSuspended == false, "it is expected to be alive until it is seen to be stopped")
    }

    @Test("a TTL counts on while the command is paused, and wakes it to be told")
    func timeToLive() {
        var machine = ChildMachine.running(.run(ttl: 60))
        _ = machine.handle(.paused(signal: 19), at: at(5))
        #expect(machine.deadline == at(60).monotonic)
        #expect(
            machine.handle(.deadline, at: at(60)) == [
                .log(.ttlExpired(pid: 42)), .signalGroup(pid: 42, signal: 15), .signalGroup(pid: 42, signal: 18),
            ])
        _ = machine.handle(.resumed, at: at(60))
        #expect(machine.deadline == at(70).monotonic, "being woken does not give it more time")
        #expect(machine.handle(.paused(signal: 19), at: at(61)) == [.signalGroup(pid: 42, signal: 18)])
        #expect(machine.deadline == at(70).monotonic)
    }

    @Test("KILL needs no CONT behind it")
    func killed() {
        for situation in [.pausedExpired, .pausedAsked] as [ChildSituation] {
            var machine = situation.machine
            let event: ChildEvent = machine.deadline == nil ? .askedToStop(signal: 15) : .deadline
            #expect(
                machine.handle(event, at: at(100)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        }
    }

    @Test("the next run is not paused because the last one was")
    func nextRun() {
        var machine = ChildMachine.running(.supervise(wait: 0))
        _ = machine.handle(.paused(signal: 19), at: at(5))
        _ = machine.handle(.exited(.signalled(9)), at: at(6))
        _ = machine.handle(.spawned(pid: 43), at: at(6))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(7)) == [.signalGroup(pid: 43, signal: 15)])
    }

    @Test("a pause is no other status: the command runs, and is not to get work")
    func report() {
        let machine = ChildSituation.paused.machine
        #expect(machine.report == ChildSituation.running.machine.report)
        #expect(machine.health == Health(isLive: true, blocker: .paused))
    }
}

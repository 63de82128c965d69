import Testing

@testable import Machine

@Suite("A command that is stopped by a signal on its way to the end")
struct ChildMachineWakeTests {
    private static let cont = ChildAction.signalGroup(pid: 42, signal: 18)

    /// Machines whose command was told to stop at second 20, for each reason.
    private static let told: [ChildMachine] = [
        ChildMachine(.run(), after: start + [(20, .askedToStop(signal: 15))]),
        ChildMachine(.supervise(), after: start + [(20, .askedToStop(signal: 2))]),
        ChildMachine(.run(ttl: 20), after: start + [(20, .deadline)]),
        ChildMachine(.supervise().expecting(ready: 20), after: start + [(20, .deadline)]),
        ChildMachine(.supervise().expecting(alive: 20), after: start + [(20, .deadline)]),
        ChildMachine(.run().draining(10), after: start + [(10, .askedToStop(signal: 15)), (20, .deadline)]),
    ]
    private static let start: [(Int64, ChildEvent)] = [(0, .begin), (0, .spawned(pid: 42))]

    @Test("it is woken, once: whoever stops it again means it", arguments: [19, 20, 21, 22] as [Int32])
    func woken(_ signal: Int32) {
        for var machine in Self.told {
            let deadline = machine.deadline
            #expect(machine.handle(.paused(signal: signal), at: at(21)) == [Self.cont])
            #expect(machine.handle(.resumed, at: at(22)) == [])
            for _ in 0..<3 {
                #expect(machine.handle(.paused(signal: signal), at: at(23)) == [])
                #expect(machine.handle(.resumed, at: at(24)) == [])
            }
            #expect(machine.deadline == deadline)
        }
    }

    @Test("the command alone is woken with target child")
    func child() {
        var machine = ChildMachine(
            .run().with { $0.signals.target = .child }, after: Self.start + [(20, .askedToStop(signal: 15))])
        #expect(machine.handle(.paused(signal: 19), at: at(21)) == [.signalCommand(pid: 42, signal: 18)])
    }

    @Test("what was woken when it was told is woken once more: the stop may have been on its way")
    func before() {
        var machine = ChildSituation.askedPaused.machine
        #expect(machine.handle(.paused(signal: 19), at: at(41)) == [Self.cont])
        #expect(machine.handle(.paused(signal: 19), at: at(42)) == [])
    }

    @Test("being told anew wakes it anew")
    func again() {
        var machine = ChildSituation.pausedExpired.machine
        #expect(machine.handle(.paused(signal: 19), at: at(61)) == [])
        #expect(
            machine.handle(.askedToStop(signal: 15), at: at(62)) == [.signalGroup(pid: 42, signal: 15), Self.cont])
        #expect(machine.handle(.paused(signal: 19), at: at(63)) == [Self.cont])
        #expect(machine.handle(.paused(signal: 19), at: at(64)) == [])
    }

    @Test("who drains or just runs is not woken")
    func others() {
        for situation in ChildSituation.untold + [.draining, .drainingRun] {
            var machine = situation.machine
            #expect(machine.handle(.paused(signal: 19), at: at(100)) == [])
        }
    }

    @Test("one that Kapo was stopped with waits for the CONT that wakes both")
    func withKapo() {
        var machine = ChildSituation.askedSuspended.machine
        #expect(machine.handle(.paused(signal: 20), at: at(42)) == [])
        #expect(machine.handle(.signalled(18), at: at(50)) == [Self.cont])
    }
}

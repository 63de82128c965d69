import Testing

@testable import Machine

@Suite("run")
struct ChildMachineRunTests {
    @Test("beginning asks for a start")
    func begin() {
        var machine = ChildMachine(policy: .run(), seed: 1)
        #expect(machine.handle(.begin, at: at(0)) == [.spawn])
        #expect(machine.state == .starting(nil))
        #expect(machine.deadline == nil)
    }

    @Test("TERM before the start ends Kapo as TERM would have")
    func askedBeforeBegin() {
        var machine = ChildMachine(policy: .run(), seed: 1)
        #expect(machine.handle(.askedToStop(signal: 15), at: at(0)) == [.finish(code: 143)])
        #expect(machine.handle(.begin, at: at(1)).isEmpty)
    }

    @Test(
        "a start that fails ends Kapo in the way of shells",
        arguments: [(notFound, 127), (notExecutable, 126), (noResources, 125)] as [(SpawnFailure, Int32)])
    func failedStart(_ failure: SpawnFailure, _ code: Int32) {
        for policy in [ChildPolicy.run(), .run(wait: 5), .run().concluding, .run(ttl: 5).draining(3)] {
            var machine = ChildMachine(policy, after: [(0, .begin)])
            #expect(
                machine.handle(.spawnFailed(failure), at: at(0)) == [.log(.spawnFailed(failure)), .finish(code: code)])
            #expect(machine.state == .finished(nil))
            #expect(machine.deadline == nil)
        }
    }

    @Test("without --wait Kapo ends with the command and its code", arguments: [0, 1, 3, 125, 255] as [Int32])
    func exitCode(_ code: Int32) {
        var machine = ChildMachine.running(.run())
        #expect(
            machine.handle(.exited(.exited(code)), at: at(9))
                == [.log(.ended(pid: 42, .exited(code))), .finish(code: code)])
    }

    @Test("a signal N that ended the command becomes 128 + N", arguments: 1...64 as ClosedRange<Int32>)
    func exitSignal(_ number: Int32) {
        var machine = ChildMachine.running(.run())
        #expect(machine.handle(.exited(.signalled(number)), at: at(9)).last == .finish(code: 128 + number))
    }

    @Test("with --wait Kapo reports that long after the end, then ends")
    func wait() {
        var machine = ChildMachine.running(.run(wait: 30))
        #expect(machine.handle(.exited(.exited(3)), at: at(9)) == [.log(.ended(pid: 42, .exited(3)))])
        #expect(machine.deadline == at(39).monotonic)
        #expect(machine.handle(.deadline, at: at(39)) == [.finish(code: 3)])
        #expect(machine.deadline == nil)
    }

    @Test("TERM during --wait ends Kapo at once, with the command's code")
    func askedDuringWait() {
        var machine = ChildMachine(
            .run(wait: 30), after: [(0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(3)))])
        #expect(machine.handle(.askedToStop(signal: 15), at: at(10)) == [.finish(code: 3)])
        #expect(machine.deadline == nil)
    }

    @Test("TERM to a running command still leaves the --wait that was asked for")
    func askedThenWait() {
        var machine = ChildMachine.running(.run(wait: 30))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(5)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(machine.handle(.exited(.signalled(15)), at: at(6)) == [.log(.ended(pid: 42, .signalled(15)))])
        #expect(machine.deadline == at(36).monotonic)
    }

    @Test(
        "the first TERM or INT is passed on and the second one kills", arguments: [15, 2] as [Int32],
        [15, 2] as [Int32])
    func secondKills(_ first: Int32, _ second: Int32) {
        for policy in [ChildPolicy.run(), .run(wait: 30, ttl: 60), .run().concluding, .run().expecting(ready: 9)] {
            var machine = ChildMachine.running(policy)
            #expect(machine.handle(.askedToStop(signal: first), at: at(5)) == [.signalGroup(pid: 42, signal: first)])
            #expect(machine.deadline == nil, "somebody who asked decides when to kill")
            #expect(
                machine.handle(.askedToStop(signal: second), at: at(6))
                    == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        }
    }

    @Test("other signals are passed on and change nothing", arguments: [1, 3, 10, 12, 18, 28] as [Int32])
    func forwarded(_ number: Int32) {
        var machine = ChildMachine.running(.run())
        let before = machine
        #expect(machine.handle(.signalled(number), at: at(5)) == [.signalGroup(pid: 42, signal: number)])
        #expect(machine == before)
    }

    @Test("a time to live sends TERM, and KILL after the grace period")
    func timeToLive() {
        var machine = ChildMachine.running(.run(ttl: 60, grace: 7))
        #expect(machine.deadline == at(60).monotonic)
        #expect(
            machine.handle(.deadline, at: at(60)) == [.log(.ttlExpired(pid: 42)), .signalGroup(pid: 42, signal: 15)])
        #expect(machine.deadline == at(67).monotonic)
        #expect(machine.handle(.deadline, at: at(67)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        #expect(machine.deadline == nil)
        #expect(
            machine.handle(.exited(.signalled(9)), at: at(68))
                == [.log(.ended(pid: 42, .signalled(9))), .finish(code: 137)])
    }

    @Test("a command that heeds the TERM of its time to live is not killed")
    func timeToLiveHeeded() {
        var machine = ChildMachine(.run(ttl: 60), after: [(0, .begin), (0, .spawned(pid: 42)), (60, .deadline)])
        #expect(
            machine.handle(.exited(.exited(0)), at: at(61)) == [.log(.ended(pid: 42, .exited(0))), .finish(code: 0)])
        #expect(machine.deadline == nil)
    }

    @Test("a command that ends before its time to live leaves no deadline behind")
    func timeToLiveUnused() {
        var machine = ChildMachine.running(.run(ttl: 60))
        _ = machine.handle(.exited(.exited(0)), at: at(10))
        #expect(machine.deadline == nil)
    }

    @Test("TERM while the time to live is enforced is passed on, and the KILL stays due")
    func askedAfterTimeToLive() {
        var machine = ChildMachine(
            .run(ttl: 60, grace: 10), after: [(0, .begin), (0, .spawned(pid: 42)), (60, .deadline)])
        #expect(machine.handle(.askedToStop(signal: 2), at: at(61)) == [.signalGroup(pid: 42, signal: 2)])
        #expect(machine.deadline == at(70).monotonic)
        #expect(machine.handle(.deadline, at: at(70)).last == .signalGroup(pid: 42, signal: 9))
    }

    @Test("a deadline too far away for 64 bits is the last one there is, and does not wrap around")
    func overflow() {
        let late = Moment(monotonic: .max - 5, wall: 0)
        var policy = ChildPolicy(afterExit: .finish(afterNanoseconds: .max), graceNanoseconds: .max)
        policy.ttlSeconds = .max ... .max
        var machine = ChildMachine(policy: policy, seed: 1)
        _ = machine.handle(.begin, at: late)
        _ = machine.handle(.spawned(pid: 42), at: late)
        #expect(machine.deadline == .max)
        _ = machine.handle(.deadline, at: late)
        #expect(machine.deadline == .max)
        _ = machine.handle(.exited(.exited(0)), at: late)
        #expect(machine.deadline == .max)
    }
}

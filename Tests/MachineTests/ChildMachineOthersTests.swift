import Testing

@testable import Machine

@Suite("What a command leaves behind")
struct ChildMachineOthersTests {
    private static let swept: [ChildAction] = [
        .log(.ended(pid: 42, .exited(3))), .log(.sweeping), .signalOthers(signal: 15),
    ]
    private static let killed: [ChildAction] = [.log(.killingOthers), .signalOthers(signal: 9)]

    /// A machine whose command ended at second 9 with others left.
    private static func sweeping(_ policy: ChildPolicy) -> ChildMachine {
        ChildMachine(policy, after: [(0, .begin), (0, .spawned(pid: 42)), (9, .left(.exited(3)))])
    }

    @Test("it gets TERM before anything else happens, whatever comes then")
    func told() {
        for policy in ChildPolicy.each + [.run().concluding, .supervise().preparing] {
            var machine = ChildMachine.running(policy)
            #expect(machine.handle(.left(.exited(3)), at: at(9)) == Self.swept)
            #expect(machine.deadline == at(19).monotonic)
        }
    }

    @Test("TERM is TERM for them, whatever the command itself is stopped with, and whoever gets what is passed on")
    func plain() {
        let policy = ChildPolicy.run().with {
            $0.signals.stop = 3
            $0.signals.target = .child
            $0.signals.rewrites = [15: 0, 9: 0]
        }
        var machine = ChildMachine.running(policy)
        #expect(machine.handle(.left(.exited(3)), at: at(9)) == Self.swept)
        #expect(machine.handle(.deadline, at: at(19)) == Self.killed)
    }

    @Test(
        "once nobody is left, it goes on as the end of the command alone would have",
        arguments: [ChildPolicy.run(), .run(wait: 30), .run(wait: 30, ttl: 60), .supervise(), .supervise(wait: 0)],
        [false, true])
    func settled(_ policy: ChildPolicy, _ isAsked: Bool) {
        var swept = ChildMachine.running(policy)
        var alone = ChildMachine.running(policy)
        if isAsked {
            _ = swept.handle(.askedToStop(signal: 15), at: at(5))
            _ = alone.handle(.askedToStop(signal: 15), at: at(5))
        }
        _ = swept.handle(.left(.exited(3)), at: at(9))
        // The time that it took is not counted against what comes now.
        let actions = swept.handle(.othersEnded, at: at(12))
        #expect([.log(.ended(pid: 42, .exited(3)))] + actions == alone.handle(.exited(.exited(3)), at: at(12)))
        #expect(swept.deadline == alone.deadline)
        var expected = alone.report
        expected.endedAt = at(9).wall
        #expect(swept.report == expected, "the command ended before the others did")
    }

    @Test("who is left after the grace period gets KILL, and one second to die")
    func killedLate() {
        var machine = Self.sweeping(.run())
        #expect(machine.handle(.deadline, at: at(19)) == Self.killed)
        #expect(machine.deadline == at(20).monotonic)
        #expect(machine.handle(.othersEnded, at: at(19)) == [.finish(code: 3)])
        #expect(machine.deadline == nil)
    }

    @Test("what even KILL does not end in a second is left behind")
    func unkillable() {
        var run = Self.sweeping(.run(wait: 30))
        _ = run.handle(.deadline, at: at(19))
        #expect(run.handle(.deadline, at: at(20)) == [])
        #expect(run.deadline == at(50).monotonic)
        #expect(run.handle(.othersEnded, at: at(21)) == [], "it may end later: nobody waits for it")
        #expect(run.deadline == at(50).monotonic)
        var supervised = Self.sweeping(.supervise(wait: 0))
        _ = supervised.handle(.deadline, at: at(19))
        #expect(supervised.handle(.deadline, at: at(20)) == [.spawn])
        _ = supervised.handle(.spawned(pid: 43), at: at(20))
        let before = supervised
        #expect(supervised.handle(.othersEnded, at: at(21)) == [])
        #expect(supervised == before)
    }

    @Test("without a grace period KILL comes as soon as a timer can")
    func noGrace() {
        var machine = ChildMachine.running(.run(grace: 0))
        #expect(machine.handle(.left(.exited(3)), at: at(9)) == Self.swept)
        #expect(machine.deadline == at(9).monotonic)
        #expect(machine.handle(.deadline, at: at(9)) == Self.killed)
        #expect(machine.deadline == at(10).monotonic)
    }

    @Test("whom one that ended leaves behind hears of it too, and gets no more time for that")
    func oneOfMany() {
        var machine = Self.sweeping(.supervise())
        let before = machine
        for _ in 0..<3 {
            #expect(machine.handle(.otherEnded, at: at(10)) == [.signalOthers(signal: 15)])
            #expect(machine == before)
        }
        _ = machine.handle(.deadline, at: at(19))
        let killing = machine
        for _ in 0..<3 {
            #expect(machine.handle(.otherEnded, at: at(19)) == [.signalOthers(signal: 9)])
            #expect(machine == killing)
        }
    }

    @Test("the first TERM or INT is remembered, the second one kills", arguments: [15, 2] as [Int32])
    func asked(_ signal: Int32) {
        for policy in [ChildPolicy.run(), .supervise(), .supervise(wait: 0)] {
            var machine = Self.sweeping(policy)
            #expect(machine.handle(.askedToStop(signal: signal), at: at(10)) == [])
            #expect(machine.deadline == at(19).monotonic, "they keep their time")
            #expect(machine.handle(.askedToStop(signal: 15), at: at(11)) == Self.killed)
            #expect(machine.deadline == at(12).monotonic)
            #expect(machine.handle(.askedToStop(signal: 15), at: at(11)) == [], "there is no more to be done")
            #expect(machine.deadline == at(12).monotonic)
            #expect(machine.handle(.othersEnded, at: at(11)) == [.finish(code: 3)], "nothing is started again")
        }
    }

    @Test("who was asked while the command ran has been asked once")
    func askedBefore() {
        var machine = ChildMachine.running(.supervise())
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        _ = machine.handle(.left(.signalled(15)), at: at(9))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(10)) == Self.killed)
        #expect(machine.handle(.deadline, at: at(11)) == [.finish(code: 143)])
    }

    @Test("TERM while they are being killed is remembered")
    func askedLate() {
        var machine = Self.sweeping(.supervise())
        _ = machine.handle(.deadline, at: at(19))
        #expect(machine.handle(.askedToStop(signal: 2), at: at(19)) == [])
        #expect(machine.deadline == at(20).monotonic)
        #expect(machine.handle(.deadline, at: at(20)) == [.finish(code: 3)])
    }

    @Test("other signals have nobody to go to, and do not stop Kapo", arguments: [1, 10, 18, 20, 21, 22] as [Int32])
    func signals(_ number: Int32) {
        var machine = Self.sweeping(.supervise())
        let before = machine
        #expect(machine.handle(.signalled(number), at: at(10)) == [])
        #expect(machine == before)
    }

    @Test("a policy that does not sweep leaves them alone")
    func unswept() {
        for policy in ChildPolicy.each + [.run().concluding] {
            var left = ChildMachine.running(policy.with { $0.sweeps = false })
            var alone = ChildMachine.running(policy.with { $0.sweeps = false })
            var swept = ChildMachine.running(policy)
            let actions = left.handle(.left(.exited(3)), at: at(9))
            #expect(actions == alone.handle(.exited(.exited(3)), at: at(9)))
            #expect(actions == swept.handle(.exited(.exited(3)), at: at(9)), "nor does one where there is nobody")
            #expect(left == alone)
            #expect(left.state == swept.state)
            #expect(!actions.contains(.log(.sweeping)))
        }
    }

    @Test("the second run is swept by its own group, and counts once")
    func secondRun() {
        var machine = Self.sweeping(.supervise(wait: 0))
        #expect(machine.handle(.othersEnded, at: at(10)) == [.spawn])
        #expect(machine.history.restarts == 0)
        #expect(machine.handle(.spawned(pid: 43), at: at(10)) == [.log(.started(pid: 43))])
        #expect(machine.history.restarts == 1)
        #expect(machine.report.previousExit == .exited(3))
        _ = machine.handle(.left(.exited(4)), at: at(11))
        #expect(machine.handle(.deadline, at: at(21)).last == .signalOthers(signal: 9))
        #expect(machine.report.exit == .exited(4))
        #expect(machine.report.previousExit == .exited(3))
    }

    @Test("a grace period too long for 64 bits does not wrap around")
    func overflow() {
        let late = Moment(monotonic: .max - 5, wall: 0)
        var machine = ChildMachine.running(.run().with { $0.graceNanoseconds = .max })
        _ = machine.handle(.left(.exited(3)), at: late)
        #expect(machine.deadline == .max)
        _ = machine.handle(.deadline, at: late)
        #expect(machine.deadline == .max)
    }
}

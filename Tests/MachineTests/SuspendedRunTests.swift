import Testing

@testable import Machine

@Suite("What is expected of a command that is suspended")
struct SuspendedRunTests {
    /// Ways to suspend a run, and what ends each.
    enum Way: String, CaseIterable, CustomTestStringConvertible, Sendable {
        /// STOP stops the command.
        case stopped
        /// TSTP came to Kapo, which stopped itself behind it.
        case passed
        /// The terminal stopped the command, and Kapo its job.
        case job

        var testDescription: String { rawValue }

        var policy: ChildPolicy { ChildPolicy.supervise().sharing(self == .job ? .job : .none) }
        var begin: ChildEvent {
            switch self {
            case .stopped: .paused(signal: 19)
            case .passed: .signalled(20)
            case .job: .paused(signal: 20)
            }
        }
        /// What happens until it runs again, in order.
        var end: [ChildEvent] {
            switch self {
            case .stopped: [.resumed]
            case .passed: [.signalled(18)]
            case .job: [.signalled(18), .resumed]
            }
        }
    }

    @Test("it need not be ready while it is suspended, and gets all of the time anew", arguments: Way.allCases)
    func readiness(_ way: Way) {
        var machine = ChildMachine.running(way.policy.expecting(ready: 20))
        _ = machine.handle(way.begin, at: at(19))
        #expect(machine.deadline == nil)
        #expect(machine.handle(.deadline, at: at(500)) == [], "it is not late")
        for event in way.end {
            #expect(machine.deadline == nil)
            _ = machine.handle(event, at: at(1000))
        }
        #expect(machine.deadline == at(1020).monotonic)
        #expect(machine.handle(.deadline, at: at(1020)).first == .log(.notReady(pid: 42)))
    }

    @Test("nor need it give signs of life", arguments: Way.allCases)
    func life(_ way: Way) {
        var machine = ChildMachine.running(way.policy.expecting(alive: 20))
        _ = machine.handle(.alive, at: at(5))
        _ = machine.handle(way.begin, at: at(24))
        #expect(machine.deadline == nil)
        #expect(machine.handle(.deadline, at: at(500)) == [], "it is not hung")
        for event in way.end {
            #expect(machine.deadline == nil)
            _ = machine.handle(event, at: at(1000))
        }
        #expect(machine.deadline == at(1020).monotonic)
        #expect(
            machine.handle(.deadline, at: at(1020)) == [.log(.hung(pid: 42)), .signalGroup(pid: 42, signal: 6)])
    }

    @Test("what it said before it was suspended, and is heard late, still counts", arguments: Way.allCases)
    func late(_ way: Way) {
        var machine = ChildMachine.running(way.policy.expecting(ready: 20, alive: 30))
        _ = machine.handle(way.begin, at: at(5))
        #expect(machine.handle(.ready, at: at(6)) == [.log(.ready(pid: 42))])
        #expect(machine.deadline == nil)
        for event in way.end { _ = machine.handle(event, at: at(100)) }
        #expect(machine.deadline == at(130).monotonic)
    }

    @Test("a CONT gives the time anew as well: Kapo may have been stopped unheard of")
    func cont() {
        for (policy, due) in [(ChildPolicy.run().expecting(ready: 20), 20), (.run().expecting(alive: 30), 30)]
            as [(ChildPolicy, Int64)]
        {
            var machine = ChildMachine.running(policy)
            #expect(machine.handle(.signalled(18), at: at(15)) == [.signalGroup(pid: 42, signal: 18)])
            #expect(machine.deadline == at(15 + due).monotonic)
        }
    }

    @Test("no other signal does", arguments: 1...64 as ClosedRange<Int32>)
    func others(_ number: Int32) {
        guard number != 18, !SignalNumber.pausing.contains(number) else { return }
        var machine = ChildMachine.running(.run().expecting(ready: 20))
        _ = machine.handle(.signalled(number), at: at(15))
        #expect(machine.deadline == at(20).monotonic)
    }

    @Test("a run that goes on is expected to do what was expected of it, and nothing more", arguments: Way.allCases)
    func nothing(_ way: Way) {
        var machine = ChildMachine.running(way.policy)
        _ = machine.handle(way.begin, at: at(5))
        for event in way.end { _ = machine.handle(event, at: at(6)) }
        #expect(machine.deadline == nil)
        machine = ChildMachine.running(way.policy.expecting(ready: 20))
        _ = machine.handle(.ready, at: at(4))
        _ = machine.handle(way.begin, at: at(5))
        for event in way.end { _ = machine.handle(event, at: at(6)) }
        #expect(machine.deadline == nil, "it has been ready")
        #expect(machine.state.run?.readyAt == at(4).monotonic)
    }

    @Test("a command that goes on while Kapo is stopped, and the other way round, is still suspended")
    func both() {
        for events in [[.resumed, .signalled(18)], [.signalled(18), .resumed]] as [[ChildEvent]] {
            var machine = ChildMachine.running(Way.job.policy.expecting(alive: 20))
            _ = machine.handle(.paused(signal: 20), at: at(5))
            _ = machine.handle(events[0], at: at(10))
            #expect(machine.deadline == nil)
            #expect(machine.handle(.deadline, at: at(50)) == [])
            _ = machine.handle(events[1], at: at(60))
            #expect(machine.deadline == at(80).monotonic)
        }
    }

    @Test(
        "a CONT that is dropped, or becomes another signal, has woken Kapo all the same", arguments: [0, 10] as [Int32])
    func dropped(_ signal: Int32) {
        let policy = ChildPolicy.run().sharing(.job).expecting(alive: 20).with { $0.signals.rewrites = [18: signal] }
        var machine = ChildMachine.running(policy)
        #expect(machine.handle(.paused(signal: 20), at: at(5)) == [.pauseJob(signal: 20)])
        let sent: [ChildAction] = [.giveTerminal(pid: 42), .signalGroup(pid: 42, signal: 10)]
        #expect(machine.handle(.signalled(18), at: at(6)) == (signal == 0 ? [] : sent))
        #expect(machine.deadline == nil, "the command is stopped")
        _ = machine.handle(.resumed, at: at(7))
        #expect(machine.deadline == at(27).monotonic)
        #expect(machine.handle(.paused(signal: 20), at: at(8)) == [.pauseJob(signal: 20)])
    }

    @Test("a time to live and the wait for a stable run go on", arguments: Way.allCases)
    func time(_ way: Way) {
        let policy = way.policy.with { $0.ttlSeconds = 60...60 }.expecting(alive: 20)
        var machine = ChildMachine(
            policy,
            after: [
                (0, .begin), (0, .spawnFailed(noResources)), (5, .deadline), (5, .spawned(pid: 42)), (6, way.begin),
            ])
        #expect(machine.deadline == at(15).monotonic)
        #expect(machine.handle(.deadline, at: at(30)) == [])
        #expect(machine.health.failures == 0)
        #expect(machine.deadline == at(65).monotonic)
        #expect(machine.handle(.deadline, at: at(65)).first == .log(.ttlExpired(pid: 42)))
    }

    @Test("what is being stopped gets no more time for that", arguments: Way.allCases)
    func stopping(_ way: Way) {
        var machine = ChildMachine.running(way.policy.expecting(ready: 20, alive: 20))
        _ = machine.handle(.deadline, at: at(20))
        for event in [way.begin] + way.end {
            _ = machine.handle(event, at: at(25))
            #expect(machine.deadline == at(30).monotonic)
        }
        #expect(machine.handle(.deadline, at: at(30)).last == .signalGroup(pid: 42, signal: 9))
    }
}

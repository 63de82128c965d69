import Testing

@testable import Machine

@Suite("The time to live of each run")
struct TimeToLiveTests {
    /// The times to live of many runs, in seconds.
    private static func draws(_ range: ClosedRange<Int64>, seed: UInt64, _ count: Int = 200) -> [Int64] {
        var machine = ChildMachine(policy: .supervise(wait: 0).with { $0.ttlSeconds = range }, seed: seed)
        #expect(machine.handle(.begin, at: at(0)) == [.spawn])
        return (0..<count).map { number in
            let now = at(Int64(number))
            _ = machine.handle(.spawned(pid: 42), at: now)
            let ttl = machine.report.ttlSeconds
            #expect(machine.report.expiresAt == (ttl == 0 ? nil : now.monotonic + ttl * second))
            #expect(machine.handle(.exited(.exited(0)), at: now).last == .spawn)
            return ttl
        }
    }

    @Test("each run draws its own, and the range is used up to both ends")
    func range() {
        let draws = Self.draws(10...14, seed: 1)
        #expect(Set(draws) == [10, 11, 12, 13, 14])
    }

    @Test("the same seed draws the same, and another one does not")
    func seed() {
        #expect(Self.draws(1...1_000_000, seed: 5) == Self.draws(1...1_000_000, seed: 5))
        #expect(Self.draws(1...1_000_000, seed: 5) != Self.draws(1...1_000_000, seed: 6))
    }

    @Test("one number is no range, 0 is for ever, and the longest one is long")
    func single() {
        #expect(Set(Self.draws(7...7, seed: 1)) == [7])
        #expect(Set(Self.draws(0...0, seed: 1)) == [0])
        #expect(Set(Self.draws(1_000_000_000...1_000_000_000, seed: 1)) == [1_000_000_000])
    }

    @Test("one that is over is no failure, starts the command again, and does not make the wait grow")
    func restart() {
        let policy = ChildPolicy.supervise(ttl: 3) { ($0.when, $0.backoff) = (.onAbnormal, 2) }
        var machine = ChildMachine.running(policy)
        for _ in 0..<5 {
            let start = ((machine.state.run?.startedAt.monotonic ?? 0) - at(0).monotonic) / second
            #expect(
                machine.handle(.deadline, at: at(start + 3))
                    == [.log(.ttlExpired(pid: 42)), .signalGroup(pid: 42, signal: 15)])
            #expect(machine.deadline == at(start + 13).monotonic)
            #expect(machine.handle(.exited(.signalled(15)), at: at(start + 4)).waits == [5 * second])
            #expect(machine.health.failures == 0)
            #expect(machine.startWhenDue() == start + 9)
        }
    }

    @Test("under never, Kapo ends after it")
    func never() {
        for onFailed in RestartPolicy.OnFailed.allCases {
            let policy = ChildPolicy.supervise(ttl: 3) { ($0.when, $0.onFailed) = (.never, onFailed) }
            var machine = ChildMachine.running(policy)
            _ = machine.handle(.deadline, at: at(3))
            #expect(machine.handle(.exited(.signalled(15)), at: at(4)).last == .finish(code: 143))
        }
    }

    @Test("TERM behind it means that nothing is started again")
    func asked() {
        var machine = ChildMachine.running(.supervise(wait: 0, ttl: 3))
        _ = machine.handle(.deadline, at: at(3))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(4)) == [.signalGroup(pid: 42, signal: 15)])
        #expect(machine.deadline == at(13).monotonic)
        #expect(machine.handle(.exited(.exited(0)), at: at(5)).last == .finish(code: 0))
    }
}

@Suite("The KILL after TERM or INT")
struct KillAfterTests {
    @Test("run leaves the command the time that it takes", arguments: [15, 2] as [Int32])
    func run(_ signal: Int32) {
        for policy in [ChildPolicy.run(), .run(wait: 30, ttl: 60)] {
            var machine = ChildMachine.running(policy)
            _ = machine.handle(.askedToStop(signal: signal), at: at(5))
            #expect(machine.deadline == nil, "somebody who asked decides when to kill")
        }
    }

    @Test("supervise kills it after the grace period, and ends with it", arguments: [15, 2] as [Int32], [0, 7])
    func supervise(_ signal: Int32, _ grace: Int64) {
        var machine = ChildMachine.running(.supervise(grace: grace))
        #expect(machine.handle(.askedToStop(signal: signal), at: at(5)) == [.signalGroup(pid: 42, signal: signal)])
        #expect(machine.deadline == at(5 + grace).monotonic)
        #expect(
            machine.handle(.deadline, at: at(5 + grace)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        #expect(machine.deadline == nil)
        #expect(machine.handle(.exited(.signalled(9)), at: at(20)).last == .finish(code: 137))
    }

    @Test("being asked again does not wait for it")
    func again() {
        var machine = ChildMachine.running(.supervise())
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(6)).last == .signalGroup(pid: 42, signal: 9))
        #expect(machine.deadline == nil)
    }

    @Test("a drain comes before it")
    func drained() {
        var machine = ChildMachine.running(.supervise().draining(30))
        _ = machine.handle(.askedToStop(signal: 15), at: at(5))
        _ = machine.handle(.deadline, at: at(35))
        #expect(machine.deadline == at(45).monotonic)
    }
}

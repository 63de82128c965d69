import Testing

@testable import Machine

@Suite("How long Kapo waits for a start")
struct RestartWaitTests {
    private static func policy(
        wait: Int64, factor: Double, longest: Int64 = 300 * second
    ) -> RestartPolicy {
        var policy = RestartPolicy(waitNanoseconds: wait)
        (policy.backoff, policy.longestWaitNanoseconds) = (factor, longest)
        return policy
    }

    /// Many waits after that many failures, in nanoseconds.
    private static func waits(_ policy: RestartPolicy, after failures: Int) -> [Int64] {
        var random = RandomSequence(seed: UInt64(failures))
        return (0..<300).map { _ in policy.wait(afterFailures: failures, using: &random) }
    }

    @Test(
        "each further failure multiplies the wait, up to the longest, and chance takes up to a tenth",
        arguments: [(1, 2), (2, 6), (3, 18), (4, 54), (5, 162), (6, 300), (7, 300), (1000, 300)] as [(Int, Int64)])
    func grows(_ failures: Int, _ seconds: Int64) {
        let waits = Self.waits(Self.policy(wait: 2 * second, factor: 3), after: failures)
        let whole = seconds * second
        #expect(waits.allSatisfy { (whole - whole / 10)...whole ~= $0 })
        // Chance uses all of the tenth, so that many Kapos are spread over it.
        #expect((waits.min() ?? 0) < whole - whole / 10 + whole / 100)
        #expect((waits.max() ?? 0) > whole - whole / 100)
    }

    @Test("a factor of 1 makes every wait the same, and draws nothing", arguments: [1, 0.5, 0, -3, .nan] as [Double])
    func constant(_ factor: Double) {
        var random = RandomSequence(seed: 1)
        for failures in [0, 1, 2, 1000] {
            let policy = Self.policy(wait: 5 * second, factor: factor, longest: 1)
            #expect(policy.wait(afterFailures: failures, using: &random) == 5 * second)
        }
        #expect(random == RandomSequence(seed: 1))
    }

    @Test("no wait stays none")
    func none() {
        #expect(Set(Self.waits(Self.policy(wait: 0, factor: 2), after: 5)) == [0])
    }

    @Test("behind a success the wait is the plain one")
    func success() {
        #expect(Set(Self.waits(Self.policy(wait: 5 * second, factor: 2), after: 0)) == [5 * second])
    }

    @Test("a longest wait that is shorter than the first one does not shorten it")
    func shortCap() {
        let waits = Self.waits(Self.policy(wait: 50 * second, factor: 2, longest: 7 * second), after: 4)
        #expect(waits.allSatisfy { (45 * second)...(50 * second) ~= $0 })
    }

    @Test("the default is five minutes at most")
    func defaultCap() {
        #expect(RestartPolicy(waitNanoseconds: 1).longestWaitNanoseconds == 300 * second)
        #expect(RestartPolicy(waitNanoseconds: 1).stableNanoseconds == 10 * second)
    }

    @Test(
        "no numbers are too large, and the longest wait is never exceeded",
        arguments: [1, 10, second, 1_000_000_000 * second, .max - 1, .max] as [Int64],
        [1.000_000_1, 2, 1e300, .greatestFiniteMagnitude, .infinity] as [Double])
    func huge(_ wait: Int64, _ factor: Double) {
        for longest in [1, second, 1_000_000_000 * second, (1 << 53) + 1, .max - 1, .max] as [Int64] {
            let policy = Self.policy(wait: wait, factor: factor, longest: longest)
            for failures in [1, 2, 3, 50, 10_000] {
                var random = RandomSequence(seed: 7)
                let drawn = policy.wait(afterFailures: failures, using: &random)
                #expect(drawn >= min(wait, longest) / 10 * 9 - 1)
                #expect(drawn <= max(wait, longest))
            }
        }
    }

    @Test("a short wait grows as well", arguments: [1, 1_000_000, second / 2] as [Int64])
    func short(_ wait: Int64) {
        let waits = Self.waits(Self.policy(wait: wait, factor: 4), after: 2)
        #expect(waits.allSatisfy { (wait * 4 - wait * 4 / 10)...(wait * 4) ~= $0 })
    }

    @Test("a fraction is a factor too")
    func fraction() {
        let waits = Self.waits(Self.policy(wait: 8 * second, factor: 1.5), after: 3)
        #expect(waits.allSatisfy { (16 * second)...(18 * second) ~= $0 })
        #expect((waits.max() ?? 0) > 17 * second)
    }
}

@Suite("Waits of a command that fails again and again")
struct ChildMachineBackoffTests {
    private static func supervise(_ change: (inout RestartPolicy) -> Void = { _ in }) -> ChildPolicy {
        .supervise(wait: 2) {
            $0.backoff = 2
            change(&$0)
        }
    }

    /// The wait, in seconds and rounded up, behind a run of that length that ends so.
    private static func wait(_ machine: inout ChildMachine, after length: Int64, _ status: Machine.ExitStatus) -> Int64
    {
        guard let run = machine.state.run else { return -1 }
        let end = (run.startedAt.monotonic - at(0).monotonic) / second + length
        let waits = machine.handle(.exited(status), at: at(end)).waits
        #expect(waits.count == 1)
        let due = machine.deadline ?? 0
        #expect(due == at(end).monotonic + (waits.first ?? 0))
        let now = Moment(monotonic: due, wall: 0)
        #expect(machine.handle(.deadline, at: now) == [.spawn])
        let started = ((due - at(0).monotonic) + second - 1) / second
        _ = machine.handle(.spawned(pid: 42), at: at(started))
        return ((waits.first ?? 0) + second - 1) / second
    }

    @Test("they grow")
    func grow() {
        var machine = ChildMachine.running(Self.supervise())
        let waits = (0..<4).map { _ in Self.wait(&machine, after: 1, .exited(3)) }
        for (wait, whole) in zip(waits, [2, 4, 8, 16] as [Int64]) {
            #expect(wait <= whole && Double(wait) >= Double(whole) * 0.9)
        }
    }

    @Test("a success between them neither makes them grow nor makes them short again")
    func success() {
        var machine = ChildMachine.running(Self.supervise())
        _ = Self.wait(&machine, after: 1, .exited(3))
        _ = Self.wait(&machine, after: 1, .exited(3))
        for _ in 0..<5 { #expect(Self.wait(&machine, after: 1, .exited(0)) == 2) }
        #expect(machine.history.failures == 2)
        #expect(7...8 ~= Self.wait(&machine, after: 1, .exited(3)))
    }

    @Test("a run that lasted makes them short again", arguments: [(9, 16), (10, 2), (11, 2)] as [(Int64, Int64)])
    func stable(_ length: Int64, _ expected: Int64) {
        var machine = ChildMachine.running(Self.supervise())
        for _ in 0..<3 { _ = Self.wait(&machine, after: 1, .exited(3)) }
        let wait = Self.wait(&machine, after: length, .exited(3))
        #expect(wait <= expected && Double(wait) >= Double(expected) * 0.9)
        #expect(machine.history.failures == (expected == 2 ? 1 : 4))
    }

    @Test("the failures are forgotten while it still runs, as soon as it has lasted")
    func forgotten() {
        var machine = ChildMachine.running(Self.supervise { $0.stableNanoseconds = 20 * second })
        #expect(machine.deadline == nil, "nothing is there to be forgotten")
        _ = Self.wait(&machine, after: 1, .exited(3))
        let started = machine.state.run?.startedAt ?? at(0)
        #expect(machine.deadline == started.monotonic + 20 * second)
        #expect(machine.health.failures == 1)
        let early = Moment(monotonic: started.monotonic + 20 * second - 1, wall: 0)
        #expect(machine.handle(.deadline, at: early) == [])
        #expect(machine.health.failures == 1)
        let due = Moment(monotonic: started.monotonic + 20 * second, wall: 0)
        #expect(machine.handle(.deadline, at: due) == [])
        #expect(machine.health.failures == 0)
        #expect(machine.deadline == nil)
    }

    @Test("the deadlines of a run come one after the other, the first one first")
    func deadlines() {
        let policy = Self.supervise().with { $0.ttlSeconds = 15...15 }.expecting(ready: 30)
        var machine = ChildMachine(
            policy, after: [(0, .begin), (0, .spawned(pid: 42)), (1, .exited(.exited(3)))])
        let due = machine.startWhenDue()
        #expect(due <= 3)
        let start = machine.state.run?.startedAt.monotonic ?? 0
        _ = machine.handle(.ready, at: at(due + 1))
        #expect(machine.deadline == start + 11 * second, "it has been ready for ten seconds then")
        #expect(machine.handle(.deadline, at: at(due + 11)) == [])
        #expect(machine.deadline == start + 15 * second)
        #expect(machine.handle(.deadline, at: at(due + 15)).first == .log(.ttlExpired(pid: 42)))
    }
}

import Testing

@testable import Machine

@Suite("Starts in a window of time")
struct StartLimitTests {
    /// `supervise` with so many starts in 60 s, runs that are stable after 30 s, and a second between two runs.
    private static func policy(
        burst: Int, wait: Int64 = 1, _ change: (inout RestartPolicy) -> Void = { _ in }
    ) -> ChildPolicy {
        .supervise(wait: wait) {
            $0.startLimit = RestartPolicy.StartLimit(burst: burst, windowNanoseconds: 60 * second)
            $0.stableNanoseconds = 30 * second
            change(&$0)
        }
    }

    @Test("as many starts as the limit allows, and then no more", arguments: [1, 2, 3, 5])
    func burst(_ burst: Int) {
        var machine = ChildMachine.running(Self.policy(burst: burst))
        var now: Int64 = 0
        for _ in 1..<burst {
            now += 1
            #expect(machine.handle(.exited(.exited(3)), at: at(now)).waits == [second])
            now = machine.startWhenDue()
        }
        #expect(machine.history.starts.count == burst)
        #expect(
            machine.handle(.exited(.exited(3)), at: at(now + 1))
                == [.log(.ended(pid: 42, .exited(3))), .log(.startLimitReached), .finish(code: 3)])
        #expect(machine.deadline == nil)
    }

    @Test(
        "the window begins with the oldest start that counts, and is over when its time is",
        arguments: [(28, false), (29, true), (30, true)] as [(Int64, Bool)])
    func edge(_ end: Int64, _ isAllowed: Bool) {
        // Starts at seconds 0 and 30: the next one is due a second after the end, and may come at second 60.
        let policy = Self.policy(burst: 2) { $0.stableNanoseconds = 1000 * second }
        var machine = ChildMachine.running(policy)
        _ = machine.handle(.exited(.exited(3)), at: at(29))
        #expect(machine.startWhenDue() == 30)
        let actions = machine.handle(.exited(.exited(3)), at: at(30 + end))
        #expect(actions.contains(.log(.startLimitReached)) == !isAllowed)
        #expect(actions.finishCodes == (isAllowed ? [] : [3]))
        #expect((machine.deadline != nil) == isAllowed)
    }

    @Test("the window moves on: only the last starts count")
    func sliding() {
        let policy = Self.policy(burst: 2) { $0.stableNanoseconds = 1000 * second }
        var machine = ChildMachine.running(policy)
        for number in 1...20 as ClosedRange<Int64> {
            _ = machine.handle(.exited(.exited(3)), at: at(number * 30 - 1))
            #expect(machine.startWhenDue() == number * 30)
            #expect(machine.history.starts.count == 2)
        }
        #expect(machine.handle(.exited(.exited(3)), at: at(610)).finishCodes == [3])
    }

    @Test("a wait that reaches out of the window is no start too many")
    func longWait() {
        var machine = ChildMachine.running(Self.policy(burst: 1, wait: 60))
        for _ in 0..<5 {
            let start = ((machine.state.run?.startedAt.monotonic ?? 0) - at(0).monotonic) / second
            #expect(machine.handle(.exited(.exited(3)), at: at(start)).waits == [60 * second])
            #expect(machine.startWhenDue() == start + 60)
        }
    }

    @Test(
        "a run that lasted gives the whole budget back, whether it had failures before it or not",
        arguments: [0, 3] as [Int32])
    func stable(_ code: Int32) {
        var machine = ChildMachine.running(Self.policy(burst: 2, wait: 0))
        #expect(machine.handle(.exited(.exited(code)), at: at(1)).last == .spawn)
        _ = machine.handle(.spawned(pid: 42), at: at(1))
        // The second run has used the last start. It lasts until the first failure is forgotten.
        if machine.deadline != nil { _ = machine.handle(.deadline, at: at(31)) }
        for second in [31, 32] as [Int64] {
            #expect(machine.handle(.exited(.exited(3)), at: at(second)).last == .spawn)
            _ = machine.handle(.spawned(pid: 42), at: at(second))
        }
        #expect(
            machine.handle(.exited(.exited(3)), at: at(33)).dropFirst() == [.log(.startLimitReached), .finish(code: 3)])
    }

    @Test("a run that fell short of that by a second does not")
    func unstable() {
        var machine = ChildMachine.running(Self.policy(burst: 2, wait: 0))
        _ = machine.handle(.exited(.exited(3)), at: at(1))
        _ = machine.handle(.spawned(pid: 42), at: at(1))
        #expect(machine.handle(.exited(.exited(3)), at: at(30)).finishCodes == [3])
    }

    @Test("starts that succeed count as well, and code 0 is not what Kapo ends with")
    func successes() {
        var machine = ChildMachine.running(Self.policy(burst: 1, wait: 0))
        #expect(
            machine.handle(.exited(.exited(0)), at: at(1))
                == [.log(.ended(pid: 42, .exited(0))), .log(.startLimitReached), .finish(code: 1)])
        let mapped = Self.policy(burst: 1, wait: 0).with { $0.exitCodes = [3: 0] }
        machine = ChildMachine.running(mapped)
        #expect(machine.handle(.exited(.exited(3)), at: at(1)).finishCodes == [1])
    }

    @Test("starts that fail count as well, and the last failure gives the code")
    func failures() {
        var machine = ChildMachine(Self.policy(burst: 3), after: [(0, .begin)])
        for seconds in 0..<2 as Range<Int64> {
            #expect(machine.handle(.spawnFailed(noResources), at: at(seconds)).waits == [second])
            #expect(machine.handle(.deadline, at: at(seconds + 1)) == [.spawn])
        }
        #expect(
            machine.handle(.spawnFailed(noResources), at: at(2))
                == [.log(.spawnFailed(noResources)), .log(.startLimitReached), .finish(code: 125)])
        #expect(machine.state == .finished(nil))
    }

    @Test("behind a run the last start's failure gives the code, and the run stays on show to the end")
    func failuresAfterRun() {
        for onFailed in RestartPolicy.OnFailed.allCases {
            var machine = ChildMachine.running(Self.policy(burst: 2) { $0.onFailed = onFailed })
            _ = machine.handle(.exited(.exited(3)), at: at(1))
            _ = machine.handle(.deadline, at: at(2))
            let actions =
                machine.handle(.spawnFailed(notFound), at: at(2)) + machine.handle(.askedToStop(signal: 15), at: at(3))
            #expect(actions.contains(.log(.startLimitReached)))
            #expect(actions.contains(.log(.failed)) == (onFailed == .hold))
            #expect(actions.finishCodes == [127])
            #expect(machine.report.exit == .exited(3))
        }
    }

    @Test("a run whose time to live is over is a start like any other")
    func timeToLive() {
        var machine = ChildMachine.running(Self.policy(burst: 1).with { $0.ttlSeconds = 5...5 })
        _ = machine.handle(.deadline, at: at(5))
        #expect(machine.handle(.exited(.exited(0)), at: at(6)).contains(.log(.startLimitReached)))
    }

    @Test("held, Kapo stays, reports the failure, and ends with its code when asked to", arguments: [15, 2] as [Int32])
    func held(_ signal: Int32) {
        for (status, code) in [(.exited(0), 1), (.exited(3), 3), (.signalled(9), 137)]
            as [(Machine.ExitStatus, Int32)]
        {
            var machine = ChildMachine.running(Self.policy(burst: 1) { $0.onFailed = .hold })
            #expect(
                machine.handle(.exited(status), at: at(1))
                    == [.log(.ended(pid: 42, status)), .log(.startLimitReached), .log(.failed)])
            #expect(machine.deadline == nil)
            #expect(machine.report.status == .failed)
            #expect(machine.report.exit == status)
            #expect(machine.health.blocker == .failed)
            #expect(!machine.health.isLive)
            #expect(machine.handle(.askedToStop(signal: signal), at: at(2)) == [.finish(code: code)])
            #expect(machine.handle(.askedToStop(signal: signal), at: at(2)) == [])
        }
    }

    @Test("whoever asked Kapo to end has not reached a limit")
    func asked() {
        var machine = ChildMachine.running(Self.policy(burst: 1) { $0.onFailed = .hold })
        _ = machine.handle(.askedToStop(signal: 15), at: at(1))
        #expect(machine.handle(.exited(.exited(0)), at: at(2)).dropFirst() == [.finish(code: 0)])
    }

    @Test("without a limit nothing is remembered of the starts")
    func unlimited() {
        var machine = ChildMachine.running(.supervise(wait: 0))
        for seconds in 1...100 as ClosedRange<Int64> {
            #expect(machine.handle(.exited(.exited(3)), at: at(seconds)).last == .spawn)
            _ = machine.handle(.spawned(pid: 42), at: at(seconds))
            #expect(machine.history.starts == [])
        }
    }
}

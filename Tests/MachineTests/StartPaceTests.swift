import Testing

@testable import Machine

@Suite("How soon a service is started")
struct StartPaceTests {
    private static func policy(delay: Int64 = 0, least: Int64 = 0, wait: Int64 = 0) -> ChildPolicy {
        .supervise(wait: wait).with {
            ($0.startDelayNanoseconds, $0.leastLifeNanoseconds) = (delay * second, least * second)
            $0.staysWhenDone = true
        }
    }

    @Test("the first start is delayed as well, and the document says until when")
    func first() {
        var machine = ChildMachine(policy: Self.policy(delay: 2), seed: 1)
        #expect(machine.handle(.begin, at: at(0)) == [.log(.starts(inNanoseconds: 2 * second))])
        #expect(machine.report.startsAt == at(2).monotonic)
        #expect(machine.report.status == .waiting)
        #expect(machine.report.starts == 0)
        #expect(machine.handle(.order(.up), at: at(1)) == [], "an order does not shorten that")
        #expect(machine.deadline == at(2).monotonic)
        #expect(machine.handle(.deadline, at: at(2)) == [.spawn])
        #expect(machine.report.starts == 1)
        #expect(machine.report.startsAt == nil)
    }

    /// When a run that ended at `end` is followed by the next one, in seconds; its start was at 0.
    @Test(
        "a short life is followed by a wait from its start on, a long one at once; the delay comes behind",
        arguments: [
            (0, 0, 0, 0, 0), (0, 1, 0, 0, 1), (0, 3, 0, 2, 3), (0, 3, 0, 3, 3), (0, 3, 0, 4, 4), (2, 0, 0, 5, 7),
            (2, 3, 0, 1, 5), (2, 3, 0, 9, 11), (0, 3, 5, 1, 6), (2, 9, 5, 1, 11),
        ] as [(delay: Int64, least: Int64, wait: Int64, end: Int64, next: Int64)])
    func life(_ delay: Int64, _ least: Int64, _ wait: Int64, _ end: Int64, _ next: Int64) {
        for status in [.exited(0), .signalled(9)] as [Machine.ExitStatus] {
            var machine = ChildMachine(policy: Self.policy(delay: delay, least: least, wait: wait), seed: 1)
            _ = machine.handle(.begin, at: at(-delay))
            if delay > 0 { _ = machine.handle(.deadline, at: at(0)) }
            _ = machine.handle(.spawned(pid: 42), at: at(0))
            let last = machine.handle(.exited(status), at: at(end)).last
            #expect(last == (next == end ? .spawn : .log(.restarts(inNanoseconds: (next - end) * second))))
            #expect(machine.report.startsAt == (next == end ? nil : at(next).monotonic))
            guard next > end else { continue }
            #expect(machine.handle(.deadline, at: at(next)) == [.spawn])
        }
    }

    @Test("an order cuts a wait short, but not the least life", arguments: [Order.up, .once, .restart])
    func order(_ order: Order) {
        var machine = ChildMachine.running(Self.policy(least: 4, wait: 60))
        _ = machine.handle(.exited(.exited(1)), at: at(1))
        #expect(machine.handle(.order(order), at: at(2)) == [.log(.restarts(inNanoseconds: 2 * second))])
        #expect(machine.handle(.order(order), at: at(3)) == [], "it is due already")
        #expect(machine.handle(.deadline, at: at(4)) == [.spawn])
        var restarted = ChildMachine.running(Self.policy(least: 4))
        _ = restarted.handle(.order(.restart), at: at(1))
        _ = restarted.handle(.exited(.exited(0)), at: at(2))
        #expect(restarted.deadline == at(4).monotonic)
        #expect(restarted.handle(.order(.down), at: at(3)) == [.log(.down)])
        #expect(restarted.handle(.order(order), at: at(3)) == [.log(.restarts(inNanoseconds: second))])
    }

    @Test("an overdue start is not put off by an order")
    func overdue() {
        var machine = ChildMachine.running(Self.policy())
        machine.replacePolicy(Self.policy(delay: 3))
        _ = machine.handle(.exited(.exited(1)), at: at(5))
        #expect(machine.handle(.order(.up), at: at(9)) == [.spawn])
    }

    @Test("retries: none, so many, or without end; an order begins anew", arguments: [0, 1, 3, nil] as [Int?])
    func retries(_ retries: Int?) {
        var machine = ChildMachine.running(Self.policy().with { $0.retries = retries })
        for round in 0..<3 as Range<Int64> {
            for _ in 0..<(retries ?? 20) {
                #expect(machine.handle(.exited(.exited(0)), at: at(round)).last == .spawn)
                _ = machine.handle(.spawned(pid: 42), at: at(round))
            }
            guard retries != nil else { return }
            #expect(machine.handle(.exited(.exited(0)), at: at(round)).last == .log(.down))
            #expect(machine.handle(.order(round == 0 ? .up : .restart), at: at(round + 1)) == [.spawn])
            _ = machine.handle(.spawned(pid: 42), at: at(round + 1))
        }
    }

    @Test("without staying, used up retries end Kapo with the code of the last run")
    func usedUp() {
        for code in [0, 3] as [Int32] {
            var machine = ChildMachine.running(.supervise(wait: 0).with { $0.retries = 0 })
            #expect(machine.handle(.exited(.exited(code)), at: at(1)).finishCodes == [code])
        }
    }

    @Test("a time to live is no retry")
    func ttl() {
        var machine = ChildMachine.running(.supervise(wait: 0, ttl: 5).with { $0.retries = 0 })
        _ = machine.handle(.deadline, at: at(5))
        #expect(machine.handle(.exited(.signalled(15)), at: at(6)).last == .spawn)
    }

    @Test("where Kapo stays, a first start that fails for good is tried again like any other, and is no retry")
    func lasting() {
        var machine = ChildMachine(Self.policy().with { $0.retries = 0 }, after: [(0, .begin)])
        for step in 0..<5 as Range<Int64> {
            #expect(
                machine.handle(.spawnFailed(notFound), at: at(step))
                    == [.log(.spawnFailed(notFound)), .log(.restarts(inNanoseconds: second))])
            #expect(machine.handle(.deadline, at: at(step + 1)) == [.spawn])
        }
        #expect(machine.report.starts == 6)
    }

    @Test("where Kapo stays, never and a limit of starts lead down, and ask for an order")
    func stays() {
        let limit = RestartPolicy.StartLimit(burst: 1, windowNanoseconds: 60 * second)
        for change in [{ $0.when = .never }, { $0.startLimit = limit }] as [(inout RestartPolicy) -> Void] {
            var machine = ChildMachine.running(.supervise(wait: 0, change).with { $0.staysWhenDone = true })
            #expect(machine.handle(.exited(.exited(1)), at: at(1)).last == .log(.down))
            #expect(machine.health.isLive)
            #expect(machine.handle(.order(.up), at: at(2)) == [.spawn])
        }
    }
}

import Testing

@testable import Machine

@Suite("What somebody orders of a service")
struct OrderTests {
    /// A service as in a directory: started again at once, and never given up.
    private static let service = ChildPolicy.supervise(wait: 0).with { $0.staysWhenDone = true }
    private static let isDown = ChildAction.log(.down)

    /// What a machine whose command runs does on its way down, one second a step.
    private static func goesDown(_ machine: inout ChildMachine, from second: Int64) {
        #expect(
            machine.handle(.order(.down), at: at(second))
                == [.log(.stopping(pid: 42)), .signalGroup(pid: 42, signal: 15)])
        #expect(machine.handle(.order(.down), at: at(second)) == [], "it is on its way")
        #expect(machine.deadline == at(second + 10).monotonic)
    }

    @Test("down: it is stopped, swept, its hook runs, and it stays down until it is told to be up")
    func down() {
        var machine = ChildMachine.running(Self.service.concluding)
        Self.goesDown(&machine, from: 5)
        #expect(machine.handle(.left(.signalled(15)), at: at(6)).last == .signalOthers(signal: 15))
        #expect(
            machine.handle(.othersEnded, at: at(7)) == [.startHook(.postExit(.signalled(15), restarts: 0))])
        #expect(machine.handle(.hookEnded(succeeded: true), at: at(8)) == [Self.isDown])
        #expect(machine.deadline == nil)
        #expect(machine.report.status == .killed)
        #expect(machine.health == Health(isLive: true, blocker: .killed))
        #expect(machine.handle(.order(.signal(1)), at: at(9)) == [])
        #expect(machine.handle(.order(.kill), at: at(9)) == [])
        #expect(machine.handle(.order(.up), at: at(9)) == [.spawn])
        _ = machine.handle(.spawned(pid: 43), at: at(9))
        #expect(machine.report.starts == 2)
        #expect(machine.health.failures == 0, "an end that was ordered is no failure")
    }

    @Test("one that does not heed it is killed after the grace period")
    func grace() {
        var machine = ChildMachine.running(Self.service)
        Self.goesDown(&machine, from: 5)
        #expect(
            machine.handle(.deadline, at: at(15)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        #expect(machine.handle(.exited(.signalled(9)), at: at(16)).last == Self.isDown)
    }

    @Test("the stop signal is used as it is, and one that sleeps is woken")
    func stopSignal() {
        var machine = ChildMachine.running(Self.service.with { ($0.signals.stop, $0.signals.rewrites) = (3, [3: 0]) })
        _ = machine.handle(.paused(signal: 19), at: at(1))
        let stop: [ChildAction] = [.signalGroup(pid: 42, signal: 3), .signalGroup(pid: 42, signal: 18)]
        #expect(machine.handle(.order(.restart), at: at(2)) == [.log(.stopping(pid: 42))] + stop)
    }

    @Test("restart: it is stopped, and started at once, however long a wait would be, and however it ended")
    func restart() {
        for status in [.exited(0), .exited(1), .signalled(9)] as [Machine.ExitStatus] {
            for when in RestartPolicy.When.allCases {
                var machine = ChildMachine.running(.supervise(wait: 60) { ($0.when, $0.backoff) = (when, 3) })
                _ = machine.handle(.order(.restart), at: at(5))
                #expect(machine.handle(.exited(status), at: at(6)) == [.log(.ended(pid: 42, status)), .spawn])
                #expect(machine.health.failures == 0)
                _ = machine.handle(.spawned(pid: 43), at: at(6))
                #expect(machine.report.restarts == 1)
            }
        }
    }

    @Test("once: a command that runs is in its last run, and one that is down gets one")
    func once() {
        var machine = ChildMachine.running(Self.service)
        #expect(machine.handle(.order(.once), at: at(1)) == [])
        #expect(machine.handle(.exited(.exited(1)), at: at(2)).last == Self.isDown)
        #expect(machine.handle(.order(.once), at: at(3)) == [.spawn])
        _ = machine.handle(.spawned(pid: 43), at: at(3))
        #expect(machine.handle(.exited(.exited(0)), at: at(4)).last == Self.isDown)
        #expect(machine.handle(.order(.once), at: at(5)) == [.spawn])
        #expect(machine.handle(.spawnFailed(noResources), at: at(5)).last == Self.isDown, "a start is tried once too")
    }

    @Test("the last order counts, whatever the command is about")
    func lastWord() {
        let after: [([Order], [ChildAction])] = [
            ([.down, .up], [.spawn]), ([.down, .once], [.spawn]), ([.down, .restart], [.spawn]),
            ([.restart, .down], [Self.isDown]), ([.restart, .once], [.spawn]), ([.down, .up, .down], [Self.isDown]),
        ]
        for (orders, end) in after {
            var machine = ChildMachine.running(Self.service)
            for order in orders { _ = machine.handle(.order(order), at: at(1)) }
            #expect(Array(machine.handle(.exited(.exited(0)), at: at(2)).dropFirst()) == end, "\(orders)")
            var swept = ChildMachine.running(Self.service)
            _ = swept.handle(.left(.exited(1)), at: at(1))
            for order in orders { _ = swept.handle(.order(order), at: at(2)) }
            #expect(swept.handle(.othersEnded, at: at(3)) == end, "\(orders)")
            var prepared = ChildMachine(Self.service.preparing, after: [(0, .begin)])
            for order in orders { _ = prepared.handle(.order(order), at: at(2)) }
            let isCancelled = orders[0] == .down
            let start: [ChildAction] = isCancelled ? [.startHook(.preStart)] : [.spawn]
            let next = end == [.spawn] ? start : end
            #expect(prepared.handle(.hookEnded(succeeded: !isCancelled), at: at(3)) == next, "\(orders)")
        }
    }

    @Test("a run that was ordered behind a down, by once, is the last one")
    func onceBehindDown() {
        var machine = ChildMachine.running(Self.service)
        for order in [.down, .once] as [Order] { _ = machine.handle(.order(order), at: at(1)) }
        _ = machine.handle(.exited(.exited(0)), at: at(2))
        _ = machine.handle(.spawned(pid: 43), at: at(2))
        #expect(machine.handle(.exited(.exited(1)), at: at(9)).last == Self.isDown)
    }

    @Test("up cuts a wait short, and what it waited for is forgotten")
    func wait() {
        var machine = ChildMachine(
            .supervise(wait: 60), after: [(0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(1)))])
        #expect(machine.health.failures == 1)
        #expect(machine.handle(.order(.up), at: at(10)) == [.spawn])
        #expect(machine.health.failures == 0)
    }

    @Test("what has failed is started by an order, as if nothing had been")
    func failed() {
        var machine = ChildMachine(
            .supervise(wait: 0) {
                ($0.onFailed, $0.startLimit) = (.hold, .init(burst: 1, windowNanoseconds: 100 * second))
            }, after: [(0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(1)))])
        #expect(machine.state.name == "failed")
        #expect(machine.handle(.order(.up), at: at(10)) == [.spawn])
        _ = machine.handle(.spawned(pid: 43), at: at(10))
        #expect(machine.handle(.exited(.exited(1)), at: at(11)).contains(.log(.startLimitReached)))
        #expect(machine.state.name == "failed")
    }

    @Test("signals are those that were ordered, for the command alone; KILL by name is for all of its group")
    func signals() {
        var machine = ChildMachine.running(Self.service.with { $0.signals.rewrites = [1: 0, 10: 12] })
        for number in [1, 10, 20, 9] as [Int32] {
            #expect(
                machine.handle(.order(.signal(number)), at: at(1)) == [.signalCommand(pid: 42, signal: number)])
        }
        #expect(
            machine.handle(.order(.kill), at: at(2)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        #expect(machine.handle(.exited(.signalled(9)), at: at(3)).last == .spawn, "nobody said that it is to be down")
    }

    @Test("an INT that was ordered is no ^C: Kapo goes on")
    func interrupt() {
        for order in [Order.signal(2), .down] {
            var machine = ChildMachine.running(Self.service.with { ($0.terminal, $0.signals.stop) = (.job, 2) })
            _ = machine.handle(.order(order), at: at(1))
            #expect(machine.handle(.exited(.signalled(2)), at: at(2)).finishCodes == [])
        }
    }

    @Test("leave: Kapo ends well, and says to the end that the command runs")
    func leave() {
        var machine = ChildMachine.running(Self.service)
        let (report, health) = (machine.report, machine.health)
        #expect(machine.handle(.order(.leave), at: at(1)) == [.finish(code: 0)])
        #expect(machine.report == report && machine.health == health)
    }

    @Test("a service that is told to be down before it begins is not started")
    func beforeBegin() {
        var machine = ChildMachine(Self.service, after: [(0, .order(.down))])
        #expect(machine.handle(.begin, at: at(1)) == [Self.isDown])
        #expect(machine.health == Health(isLive: true, blocker: .stopped))
    }
}

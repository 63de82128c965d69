import Testing

@testable import Machine

@Suite("Commands that Kapo did not start itself")
struct SuccessionTests {
    private static let service = ChildPolicy.supervise(wait: 0).with { $0.staysWhenDone = true }

    /// A machine whose command left its work to pid 50 at second 10.
    private static func followed(_ policy: ChildPolicy = service) -> ChildMachine {
        var machine = ChildMachine.running(policy)
        #expect(
            machine.handle(.exited(.exited(0), leavesOthers: true, successor: 50), at: at(10))
                == [.log(.ended(pid: 42, .exited(0))), .log(.follows(pid: 50))])
        return machine
    }

    @Test("who takes over is the run: no sweep, no hook, no restart")
    func follows() {
        var machine = Self.followed(Self.service.concluding)
        for pid in [50, 51, 52] as [Int32] {
            #expect(machine.report.pid == pid)
            #expect(machine.report.isFollowed)
            #expect(machine.report.status == .running)
            #expect((machine.report.restarts, machine.report.starts) == (0, 1))
            #expect(machine.report.exit == nil && machine.report.endedAt == nil)
            #expect(machine.health == Health(isLive: true, blocker: nil))
            let actions = machine.handle(.exited(.unknown, successor: pid + 1), at: at(Int64(pid)))
            #expect(actions == [.log(.ended(pid: pid, .unknown)), .log(.follows(pid: pid + 1))])
            #expect(machine.report.startedAt == at(Int64(pid)).wall)
        }
    }

    @Test("its end without a successor is an end like any other, and a success that nobody knows the code of")
    func end() {
        var machine = Self.followed(
            .supervise(wait: 5) { $0.success.codes = [7] }.concluding.with { $0.exitCodes = [0: 0] })
        #expect(
            machine.handle(.left(.unknown), at: at(20))
                == [.log(.ended(pid: 50, .unknown)), .log(.sweeping), .signalOthers(signal: 15)])
        #expect(machine.report.exit == nil)
        #expect(machine.report.endedAt == at(20).wall)
        #expect(machine.report.status == .stopped)
        #expect(machine.handle(.othersEnded, at: at(21)) == [.startHook(.postExit(.unknown, restarts: 0))])
        #expect(machine.handle(.hookEnded(succeeded: true), at: at(22)) == [.log(.restarts(inNanoseconds: 5 * second))])
        #expect(machine.health.failures == 0)
        _ = machine.handle(.deadline, at: at(27))
        _ = machine.handle(.spawned(pid: 60), at: at(27))
        #expect((machine.report.restarts, machine.report.starts, machine.report.isFollowed) == (1, 2, false))
        #expect(machine.report.previousExit == nil)
    }

    @Test("the codes of an end that nobody knows")
    func unknown() {
        let status = Machine.ExitStatus.unknown
        #expect((status.shellCode, status.documentCode, status.signal) == (0, 0, 0))
        var finished = Self.followed(.supervise { $0.when = .never })
        #expect(finished.handle(.exited(.unknown), at: at(20)).finishCodes == [0])
        for when in [RestartPolicy.When.onFailure, .onAbnormal] {
            var machine = Self.followed(.supervise { $0.when = when })
            #expect(machine.handle(.exited(.unknown), at: at(20)).finishCodes == [0])
        }
    }

    @Test("signals go to it alone: it leads no group that Kapo knows of")
    func signals() {
        var machine = Self.followed()
        #expect(machine.handle(.signalled(1), at: at(11)) == [.signalCommand(pid: 50, signal: 1)])
        #expect(machine.handle(.order(.signal(12)), at: at(11)) == [.signalCommand(pid: 50, signal: 12)])
        let kill: [ChildAction] = [.log(.killing(pid: 50)), .signalCommand(pid: 50, signal: 9)]
        #expect(machine.handle(.order(.kill), at: at(11)) == kill)
        #expect(
            machine.handle(.order(.down), at: at(12)) == [
                .log(.stopping(pid: 50)), .signalCommand(pid: 50, signal: 15),
            ])
        #expect(machine.handle(.deadline, at: at(22)) == kill)
        var shared = Self.followed(Self.service.with { $0.terminal = .job })
        #expect(shared.handle(.signalled(18), at: at(11)) == [.signalCommand(pid: 50, signal: 18)])
    }

    @Test("what is to stop stops whoever takes over, by the same deadline, and kills who comes behind the KILL")
    func onTheWay() {
        var machine = ChildMachine.running(Self.service)
        _ = machine.handle(.order(.down), at: at(5))
        #expect(
            machine.handle(.exited(.signalled(15), successor: 50), at: at(6)).last
                == .signalCommand(pid: 50, signal: 15))
        #expect(machine.deadline == at(15).monotonic)
        #expect(machine.handle(.deadline, at: at(15)).last == .signalCommand(pid: 50, signal: 9))
        #expect(
            machine.handle(.exited(.unknown, successor: 51), at: at(16)).last == .signalCommand(pid: 51, signal: 9))
        #expect(machine.handle(.exited(.unknown), at: at(17)).last == .log(.down))
    }

    @Test("a life is counted from the moment at which it took over")
    func life() {
        var machine = Self.followed(Self.service.with { $0.leastLifeNanoseconds = 3 * second })
        #expect(machine.handle(.exited(.unknown), at: at(11)).last == .log(.restarts(inNanoseconds: 2 * second)))
    }

    @Test("deadlines of the run stay; what is expected of it is expected anew, though it was asleep")
    func deadlines() {
        var machine = ChildMachine.running(Self.service.expecting(alive: 20).with { $0.ttlSeconds = 60...60 })
        _ = machine.handle(.paused(signal: 19), at: at(5))
        _ = machine.handle(.exited(.signalled(9), successor: 50), at: at(30))
        #expect(machine.state.run?.isPaused == false)
        #expect(machine.deadline == at(50).monotonic)
        #expect(machine.report.expiresAt == at(60).monotonic)
    }

    @Test("the command of an earlier Kapo is the run, and is ready")
    func found() {
        let policy = Self.service.expecting(ready: 5, alive: 5).preparing
        var machine = ChildMachine(policy: policy, seed: 1)
        #expect(machine.handle(.found(pid: 42, startedAt: at(-100)), at: at(0)) == [.log(.found(pid: 42))])
        #expect(machine.deadline == nil, "its signs of life are for another Kapo")
        #expect(machine.health == Health(isLive: true, blocker: nil))
        var expected = Report()
        (expected.status, expected.pid, expected.starts) = (.running, 42, 1)
        expected.startedAt = at(-100).wall
        #expect(machine.report == expected)
        #expect(machine.handle(.signalled(1), at: at(1)) == [.signalGroup(pid: 42, signal: 1)])
        #expect(machine.handle(.exited(.unknown), at: at(2)).last == .startHook(.preStart))
        #expect(machine.handle(.hookEnded(succeeded: true), at: at(3)) == [.spawn])
        _ = machine.handle(.spawned(pid: 43), at: at(3))
        #expect((machine.report.restarts, machine.report.starts) == (1, 2))
    }

    @Test("its time to live and its least life count from its start")
    func foundLate() {
        let policy = Self.service.with { ($0.ttlSeconds, $0.leastLifeNanoseconds) = (60...60, 20 * second) }
        var machine = ChildMachine(policy, after: [(0, .found(pid: 42, startedAt: at(-10)))])
        #expect(machine.deadline == at(50).monotonic)
        _ = machine.handle(.exited(.unknown), at: at(2))
        #expect(machine.deadline == at(10).monotonic)
    }

    @Test("one that had taken over is found as such")
    func foundFollowed() {
        var machine = ChildMachine(Self.service, after: [(0, .found(pid: 42, startedAt: at(0), isFollowed: true))])
        #expect(machine.report.isFollowed)
        #expect(machine.handle(.signalled(1), at: at(1)) == [.signalCommand(pid: 42, signal: 1)])
    }

    @Test("one that is to be down is stopped when it is found")
    func foundDown() {
        var machine = ChildMachine(Self.service, after: [(0, .order(.down))])
        #expect(
            machine.handle(.found(pid: 42, startedAt: at(0)), at: at(1))
                == [.log(.found(pid: 42)), .log(.stopping(pid: 42)), .signalGroup(pid: 42, signal: 15)])
        #expect(machine.handle(.exited(.unknown), at: at(2)).last == .log(.down))
    }
}

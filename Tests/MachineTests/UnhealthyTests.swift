import Testing

@testable import Machine

@Suite("A command whose checks fail")
struct UnhealthyTests {
    @Test("it is stopped as usual, and killed after the grace period")
    func stopped() {
        for policy in ChildPolicy.each {
            var machine = ChildMachine.running(policy)
            #expect(
                machine.handle(.unhealthy, at: at(7)) == [.log(.unhealthy(pid: 42)), .signalGroup(pid: 42, signal: 15)])
            #expect(machine.deadline == at(17).monotonic)
            #expect(machine.handle(.unhealthy, at: at(8)) == [])
            #expect(
                machine.handle(.deadline, at: at(17)) == [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)])
        }
    }

    @Test("it is a failure, whatever its exit code is")
    func failure() {
        var machine = ChildMachine.running(.supervise { $0.when = .onFailure })
        _ = machine.handle(.unhealthy, at: at(7))
        #expect(machine.handle(.exited(.exited(0)), at: at(8)).waits == [5 * second])
        #expect(machine.health.failures == 1)
        var last = ChildMachine.running(.supervise { $0.when = .never })
        _ = last.handle(.unhealthy, at: at(7))
        #expect(last.handle(.exited(.exited(0)), at: at(8)).finishCodes == [1])
    }

    @Test("there is a run to check while the command is ready and not told to stop", arguments: ChildSituation.allCases)
    func checked(_ situation: ChildSituation) {
        let machine = situation.machine
        guard case .running(let run) = machine.state, run.readyBy == nil else {
            #expect(machine.checkedRun == nil)
            return
        }
        #expect(
            machine.checkedRun
                == CheckedRun(
                    pid: run.pid, startedAt: run.startedAt.monotonic, isSuspended: run.isPaused || run.hasPausedKapo))
    }
}

import Testing

@testable import Machine

@Suite("supervise")
struct ChildMachineSuperviseTests {
    @Test(
        "the command is started again after --wait, whatever its end",
        arguments: [
            Machine.ExitStatus.exited(0), .exited(1), .exited(127), .signalled(9), .signalled(15),
        ])
    func restart(_ status: Machine.ExitStatus) {
        var machine = ChildMachine.running(.supervise(wait: 5))
        #expect(
            machine.handle(.exited(status), at: at(9))
                == [.log(.ended(pid: 42, status)), .log(.restarts(inNanoseconds: 5 * second))])
        #expect(machine.deadline == at(14).monotonic)
        #expect(machine.handle(.deadline, at: at(14)) == [.spawn])
        #expect(machine.deadline == nil)
        #expect(machine.handle(.spawned(pid: 43), at: at(14)) == [.log(.started(pid: 43))])
        #expect(machine.history.restarts == 1)
    }

    @Test("--wait 0 starts it again at once")
    func restartAtOnce() {
        var machine = ChildMachine.running(.supervise(wait: 0))
        #expect(machine.handle(.exited(.exited(1)), at: at(9)) == [.log(.ended(pid: 42, .exited(1))), .spawn])
        #expect(machine.deadline == nil)
    }

    @Test("after TERM or INT it is not started again, and Kapo ends as the command did", arguments: [15, 2] as [Int32])
    func asked(_ signal: Int32) {
        for wait in [0, 5] as [Int64] {
            var machine = ChildMachine.running(.supervise(wait: wait))
            _ = machine.handle(.askedToStop(signal: signal), at: at(9))
            #expect(
                machine.handle(.exited(.exited(7)), at: at(10))
                    == [.log(.ended(pid: 42, .exited(7))), .finish(code: 7)])
        }
    }

    @Test("TERM while it waits ends Kapo with the code of the last run")
    func askedWhileWaiting() {
        var machine = ChildMachine(
            .supervise(), after: [(0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(7)))])
        #expect(machine.handle(.askedToStop(signal: 15), at: at(10)) == [.finish(code: 7)])
        #expect(machine.deadline == nil)
    }

    @Test("HUP while it waits changes nothing: there is nobody to pass it on to")
    func signalWhileWaiting() {
        var machine = ChildMachine(
            .supervise(), after: [(0, .begin), (0, .spawned(pid: 42)), (9, .exited(.exited(7)))])
        #expect(machine.handle(.signalled(1), at: at(10)).isEmpty)
        #expect(machine.deadline == at(14).monotonic)
    }

    @Test(
        "a restart that fails is tried again, no sooner than after one second",
        arguments: [(0, 1), (1, 1), (5, 5), (60, 60)] as [(Int64, Int64)])
    func failedRestart(_ wait: Int64, _ expected: Int64) {
        var machine = ChildMachine.running(.supervise(wait: wait))
        _ = machine.handle(.exited(.exited(7)), at: at(9))
        if wait > 0 { _ = machine.handle(.deadline, at: at(100)) }
        for attempt in 0..<3 as Range<Int64> {
            let now = 100 + attempt * expected
            #expect(
                machine.handle(.spawnFailed(notFound), at: at(now))
                    == [.log(.spawnFailed(notFound)), .log(.restarts(inNanoseconds: expected * second))])
            #expect(machine.deadline == at(now + expected).monotonic)
            #expect(machine.history.restarts == 0)
            #expect(machine.report.exit == .exited(7), "the last run stays on show")
            #expect(machine.handle(.deadline, at: at(now + expected)) == [.spawn])
        }
        #expect(machine.handle(.spawned(pid: 43), at: at(900)) == [.log(.started(pid: 43))])
        #expect(machine.history.restarts == 1)
        #expect(machine.report.previousExit == .exited(7))
    }

    @Test("the previous exit is that of the run before the one shown")
    func previousExit() {
        var machine = ChildMachine.running(.supervise())
        #expect(machine.report.previousExit == nil)
        _ = machine.handle(.exited(.exited(1)), at: at(10))
        #expect(machine.report.exit == .exited(1))
        #expect(machine.report.previousExit == nil, "the run that is shown is the first one")
        _ = machine.handle(.deadline, at: at(15))
        #expect(machine.report.previousExit == nil)
        _ = machine.handle(.spawned(pid: 43), at: at(15))
        #expect(machine.report.exit == nil)
        #expect(machine.report.previousExit == .exited(1))
        _ = machine.handle(.exited(.signalled(9)), at: at(20))
        #expect(machine.report.exit == .signalled(9))
        #expect(machine.report.previousExit == .exited(1))
        _ = machine.handle(.deadline, at: at(25))
        _ = machine.handle(.spawned(pid: 44), at: at(25))
        #expect(machine.report.previousExit == .signalled(9))
        #expect(machine.history.restarts == 2)
    }

    @Test("restarts are counted for as long as Kapo runs")
    func manyRestarts() {
        var machine = ChildMachine.running(.supervise(wait: 0))
        for number in 1...1000 {
            _ = machine.handle(.exited(.exited(1)), at: at(Int64(number)))
            _ = machine.handle(.spawned(pid: Int32(100 + number)), at: at(Int64(number)))
            #expect(machine.history.restarts == number)
            #expect(machine.report.pid == Int32(100 + number))
        }
    }
}

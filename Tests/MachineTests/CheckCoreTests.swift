import Testing

@testable import Machine

@Suite("Checks of a command that is paused, and cores")
struct CheckCoreTests {
    private static let restarting: [CheckAction] = [.tell(CheckNews(0, .restarting)), .restart]

    // MARK: Suspended runs

    @Test("a command that is stopped by a signal is not asked, and what is under way is of no account")
    func suspended() {
        var world = CheckWorld()
        world.turn(true)
        let due = Moment(monotonic: world.machine.deadline ?? 0, wall: 0)
        #expect(world.machine.handle(.deadline, at: due) == [.ask(0)])
        world.now = 200
        let run = CheckedRun(pid: 42, startedAt: at(0).monotonic)
        var suspended = run
        suspended.isSuspended = true
        #expect(world.run(suspended) == [.cancel(0)])
        #expect(world.machine.deadline == nil && world.verdict == .passing)
        #expect(world.machine.handle(.result(0, CheckWorld.result(false)), at: at(201)) == [])
        world.now = 1000
        #expect(world.run(run) == [])
        #expect(world.machine.deadline ?? .max <= at(1000).monotonic, "it is due since then")
        #expect(world.turn(false) == Self.restarting)
    }

    @Test("a command that is stopped and woken again and again is asked all the same")
    func flickering() {
        var world = CheckWorld()
        let run = CheckedRun(pid: 42, startedAt: at(0).monotonic)
        var suspended = run
        suspended.isSuspended = true
        var asked = 0
        for second in 1...600 as ClosedRange<Int64> {
            world.now = second
            world.run(second % 3 == 0 ? suspended : run)
            if let due = world.machine.deadline, due <= at(second).monotonic {
                asked += world.machine.handle(.deadline, at: at(second)).count
                _ = world.machine.handle(.result(0, CheckWorld.result(true)), at: at(second))
            }
        }
        #expect(asked >= 3)
    }

    // MARK: Cores

    @Test("a core is written before the restart, and nothing is asked meanwhile")
    func core() {
        var world = CheckWorld(2) { $0.writesCore = true }
        let due = Moment(monotonic: (world.machine.deadline ?? 0) + 60 * second, wall: 0)
        #expect(world.machine.handle(.deadline, at: due) == [.ask(0), .ask(1)])
        #expect(
            world.machine.handle(.result(0, CheckWorld.result(false)), at: due)
                == [.tell(CheckNews(0, .restarting)), .cancel(1), .writeCore(pid: 42)])
        #expect(world.machine.deadline == nil)
        #expect(world.machine.handle(.coreWritten, at: due) == [.restart])
        #expect(world.machine.handle(.coreWritten, at: due) == [])
    }

    @Test("that gcore stops the process for a while is no reason to give the core up")
    func coreStops() {
        var world = CheckWorld { $0.writesCore = true }
        #expect(world.turn(false) == [.tell(CheckNews(0, .restarting)), .writeCore(pid: 42)])
        let suspended = CheckedRun(pid: 42, startedAt: at(0).monotonic, isSuspended: true)
        #expect(world.run(suspended) == [])
        #expect(world.run(CheckedRun(pid: 42, startedAt: at(0).monotonic)) == [])
        #expect(world.machine.handle(.coreWritten, at: at(world.now)) == [.restart])
    }

    @Test("a command that ends by itself needs no core any more")
    func coreCancelled() {
        var world = CheckWorld { $0.writesCore = true }
        world.turn(false)
        #expect(world.run(nil) == [.cancelCore])
        #expect(world.machine.handle(.coreWritten, at: at(world.now)) == [])
    }
}

import Testing

@testable import Machine

@Suite("CheckMachine")
struct CheckMachineTests {
    private typealias World = CheckWorld

    private static let restarting: [CheckAction] = [.tell(CheckNews(0, .restarting)), .restart]

    @Test("nothing is asked before there is a run, nor after it")
    func noRun() {
        var world = World()
        #expect(world.machine.deadline != nil)
        #expect(world.run(nil) == [])
        #expect(world.machine.deadline == nil)
        #expect(world.machine.handle(.deadline, at: at(1000)) == [])
        #expect(world.machine.handle(.result(0, World.result(false)), at: at(1000)) == [], "nobody asked")
        #expect(world.machine.standings[0].last == nil)
    }

    @Test("a check is first made half an interval after the start at the soonest, and then at each interval")
    func turns() {
        for seed in 0..<50 as Range<UInt64> {
            var places = CheckPlaces(random: seed &* 0x1234_5678_9ABC_DEF1)
            var machine = CheckMachine(
                CheckPolicy(intervalNanoseconds: 60 * second, action: .none), [("a", places.next())])
            _ = machine.handle(.run(CheckedRun(pid: 1, startedAt: 0)), at: at(100))
            let first = machine.deadline ?? 0
            #expect(at(130).monotonic..<at(190).monotonic ~= first)
            #expect(machine.handle(.deadline, at: Moment(monotonic: first - 1, wall: 0)) == [])
            #expect(machine.handle(.deadline, at: Moment(monotonic: first, wall: 0)) == [.ask(0)])
            #expect(machine.deadline == first + 60 * second)
        }
    }

    @Test("one that is still being asked is not asked again, and its next turn is in its place")
    func noneTwice() {
        var world = World()
        let first = world.machine.deadline ?? 0
        #expect(world.machine.handle(.deadline, at: Moment(monotonic: first, wall: 0)) == [.ask(0)])
        let late = Moment(monotonic: first + 150 * second, wall: 0)
        #expect(world.machine.handle(.deadline, at: late) == [])
        #expect(world.machine.deadline == first + 180 * second)
        #expect(world.machine.handle(.result(0, World.result(true)), at: late) == [])
        #expect(
            world.machine.handle(.deadline, at: Moment(monotonic: first + 180 * second, wall: 0)) == [.ask(0)])
    }

    @Test("a thousand checks are spread over the interval: no gap is over three times the mean")
    func spread() {
        for count in [2, 10, 137, 1000] {
            var places = CheckPlaces(random: 99)
            let times = (0..<count).map { _ in places.next().next(from: 0, interval: 60 * second) }.sorted()
            #expect(times.allSatisfy { 0..<60 * second ~= $0 })
            let gaps = zip(times, times.dropFirst() + [times[0] + 60 * second]).map { $1 - $0 }
            #expect((gaps.max() ?? 0) <= 3 * 60 * second / Int64(count))
        }
    }

    @Test("a success makes it pass, and a failure has the command restarted")
    func restart() {
        var world = World()
        #expect(world.verdict == .pending && !world.machine.isUnhealthy)
        #expect(world.turn(true) == [])
        #expect(world.verdict == .passing)
        #expect(world.turn(false) == Self.restarting)
        #expect(world.verdict == .failing && world.machine.isUnhealthy)
        let standing = world.machine.standings[0]
        #expect((standing.passed, standing.failed) == (1, 1))
        #expect(standing.last == World.result(false) && standing.lastAt == at(world.now).wall)
    }

    @Test("the next run begins anew, but what was counted stays")
    func nextRun() {
        var world = World()
        world.turn(false)
        #expect(world.run(nil) == [])
        #expect(world.verdict == .pending && !world.machine.isUnhealthy)
        world.run(CheckedRun(pid: 43, startedAt: at(world.now).monotonic))
        #expect(world.machine.standings[0].failed == 1 && world.machine.standings[0].last == World.result(false))
        #expect(world.machine.deadline ?? 0 >= at(world.now + 30).monotonic)
    }

    @Test("failures in a row make it fail: one success begins the count anew")
    func fall() {
        var world = World { $0.fall = 3 }
        for hasPassed in [false, false, true, false, false] { #expect(world.turn(hasPassed) == []) }
        #expect(world.verdict == .passing)
        #expect(world.turn(false) == Self.restarting)
    }

    @Test("successes in a row make it pass again: one failure begins the count anew")
    func rise() {
        var world = World(action: .unready) { $0.rise = 2 }
        #expect(world.turn(false) == [.tell(CheckNews(0, .unready))])
        for hasPassed in [true, false, true] { #expect(world.turn(hasPassed) == []) }
        #expect(world.verdict == .failing && world.machine.isUnhealthy)
        #expect(world.turn(true) == [.tell(CheckNews(0, .passing))])
        #expect(world.verdict == .passing && !world.machine.isUnhealthy)
    }

    @Test("a check that cannot be made says nothing of the command, and its next turn comes")
    func notMade() {
        var world = World()
        world.turn(true)
        let due = Moment(monotonic: world.machine.deadline ?? 0, wall: 0)
        #expect(world.machine.handle(.deadline, at: due) == [.ask(0)])
        let before = world.machine.standings
        #expect(world.machine.handle(.notMade(0), at: due) == [])
        #expect(world.machine.standings == before)
        #expect(world.turn(false) == Self.restarting)
    }

    @Test("a failure that was told is followed by a success that is told, also in a later run")
    func told() {
        var world = World()
        restart(&world)
        #expect(world.turn(true) == [.tell(CheckNews(0, .passing))])
        #expect(world.turn(true) == [])
    }

    @Test("one success is enough for a check of which nothing is known")
    func firstSuccess() {
        var world = World { $0.rise = 5 }
        world.turn(true)
        #expect(world.verdict == .passing)
    }

    @Test("with the action none it is told, and the command stays ready")
    func none() {
        var world = World(action: .none)
        #expect(world.turn(false) == [.tell(CheckNews(0, .failing))])
        #expect(world.verdict == .failing && !world.machine.isUnhealthy)
        #expect(world.turn(true) == [.tell(CheckNews(0, .passing))])
    }

    @Test("in the time of grace no failure counts, and all of them are reported")
    func grace() {
        var world = World { $0.graceNanoseconds = 200 * second }
        #expect(world.turn(false) == [] && world.turn(false) == [])
        #expect(world.verdict == .pending && world.machine.standings[0].failed == 2)
        while world.now < 140 { #expect(world.turn(false) == []) }
        var actions: [CheckAction] = []
        while world.now < 200 { actions += world.turn(false) }
        #expect(actions == Self.restarting)
    }

    @Test("a success ends the time of grace")
    func graceEnds() {
        var world = World { $0.graceNanoseconds = 100_000 * second }
        world.turn(false)
        world.turn(true)
        #expect(world.turn(false) == Self.restarting)
    }

    /// Restarts the command because of its check, and begins the next run.
    private func restart(_ world: inout World) {
        #expect(world.turn(false) == Self.restarting)
        world.run(nil)
        world.run(CheckedRun(pid: 42, startedAt: at(world.now).monotonic))
    }

    @Test("as many restarts as the limit has: then it is unready until a check passes")
    func limit() {
        var world = World { $0.restartLimit = .init(burst: 2, windowNanoseconds: 3600 * second) }
        restart(&world)
        restart(&world)
        #expect(world.turn(false) == [.tell(CheckNews(0, .limited))])
        #expect(world.machine.isUnhealthy)
        #expect(world.turn(false) == [], "it is told once")
        // The window is over, and still nothing has passed.
        while world.now < 4000 { #expect(world.turn(false) == []) }
        #expect(world.turn(true) == [.tell(CheckNews(0, .passing))])
        #expect(world.turn(false) == Self.restarting)
    }

    @Test("a new run does not lift the limit")
    func limitStays() {
        var world = World { $0.restartLimit = .init(burst: 1, windowNanoseconds: 3600 * second) }
        restart(&world)
        #expect(world.turn(false) == [.tell(CheckNews(0, .limited))])
        world.run(nil)
        world.run(CheckedRun(pid: 43, startedAt: at(world.now).monotonic))
        #expect(world.turn(false) == [.tell(CheckNews(0, .limited))])
        // But a success does: when the window is over, the next failure has the command restarted.
        world.run(nil)
        world.run(CheckedRun(pid: 44, startedAt: at(world.now).monotonic))
        #expect(world.turn(true) == [.tell(CheckNews(0, .passing))])
        while world.now < 4000 { world.turn(true) }
        #expect(world.turn(false) == Self.restarting)
    }

    @Test("restarts that are far apart meet no limit")
    func window() {
        var world = World { $0.restartLimit = .init(burst: 1, windowNanoseconds: 60 * second) }
        for _ in 0..<5 {
            world.now += 61
            world.run(nil)
            world.run(CheckedRun(pid: 42, startedAt: at(world.now).monotonic))
            #expect(world.turn(false) == Self.restarting)
        }
    }

    @Test("each check has a verdict of its own, and one that fails is enough")
    func several() {
        var world = World(2, action: .unready)
        let first = world.machine.deadline ?? 0
        let due = Moment(monotonic: first + 60 * second, wall: 0)
        #expect(world.machine.handle(.deadline, at: due) == [.ask(0), .ask(1)])
        #expect(world.machine.handle(.result(1, World.result(true)), at: due) == [])
        #expect(world.machine.handle(.result(0, World.result(false)), at: due) == [.tell(CheckNews(0, .unready))])
        #expect(world.machine.standings.map(\.verdict) == [.failing, .passing])
        #expect(world.machine.isUnhealthy)
    }
}

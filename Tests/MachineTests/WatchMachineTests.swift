import Chance
import Testing

@testable import Machine

@Suite("watch")
struct WatchMachineTests {
    @Test("beginning looks, and names no deadline before the look is done")
    func begin() {
        var machine = WatchMachine(interval: 5 * second, watchesOneProcess: false)
        #expect(machine.handle(.begin, at: at(0)) == [.look])
        #expect(machine.deadline == nil)
        #expect(machine.reports == [Report()])
    }

    @Test("none found is one stopped entry, and another look after the interval")
    func none() {
        var machine = WatchMachine(after: [(0, .begin)])
        #expect(machine.handle(.looked([]), at: at(0)).isEmpty)
        #expect(machine.deadline == at(5).monotonic)
        #expect(machine.reports == [Report()])
        #expect(machine.handle(.deadline, at: at(5)) == [.look])
    }

    @Test("every process that matches is an entry, oldest first, whatever the order of the look")
    func several() {
        var machine = WatchMachine(after: [(0, .begin)])
        let actions = machine.handle(.looked([sighting(50, 3), sighting(42, 1), sighting(41, 3)]), at: at(10))
        #expect(
            actions == [
                .follow(sighting(50, 3).identity), .log(.found(pid: 50)), .follow(sighting(42, 1).identity),
                .log(.found(pid: 42)), .follow(sighting(41, 3).identity), .log(.found(pid: 41)),
            ])
        #expect(machine.reports.map(\.pid) == [42, 41, 50])
        #expect(machine.reports.map(\.startedAt) == [at(1).wall, at(3).wall, at(3).wall])
        #expect(machine.reports.allSatisfy { $0.status == .running && $0.exit == nil && $0.endedAt == nil })
    }

    @Test("a known process keeps the start that was reported first, although a later look computes another")
    func knownStart() {
        var machine = WatchSituation.one.machine
        var seenAgain = sighting(42)
        seenAgain.startedAt += 3_000_000
        #expect(machine.handle(.looked([seenAgain]), at: at(15)).isEmpty)
        #expect(machine.reports.map(\.startedAt) == [sighting(42).startedAt])
    }

    @Test("a pid that was used again is another process")
    func reusedPid() {
        var machine = WatchSituation.one.machine
        let other = sighting(42, 12)
        #expect(
            machine.handle(.looked([other]), at: at(15)) == [
                .unfollow(sighting(42).identity), .log(.gone(pid: 42)), .follow(other.identity),
                .log(.found(pid: 42)),
            ])
        #expect(machine.reports.map(\.startedAt) == [at(12).wall])
        #expect(machine.handle(.ended(sighting(42).identity), at: at(16)).isEmpty, "that one is gone already")
        #expect(machine.reports.map(\.status) == [.running])
    }

    @Test("the end of one of two leaves the other, and does not move the next look")
    func oneOfTwo() {
        var machine = WatchSituation.two.machine
        _ = machine.handle(.ended(sighting(42).identity), at: at(12))
        #expect(machine.reports.map(\.pid) == [43])
        #expect(machine.deadline == at(15).monotonic)
    }

    @Test("the end of the last one is shown with its times until another is found")
    func lastSeen() {
        var machine = WatchSituation.one.machine
        _ = machine.handle(.ended(sighting(42).identity), at: at(12))
        var expected = Report()
        expected.startedAt = at(1).wall
        expected.endedAt = at(12).wall
        #expect(machine.reports == [expected])
        _ = machine.handle(.deadline, at: at(15))
        _ = machine.handle(.looked([]), at: at(15))
        #expect(machine.reports == [expected])
        _ = machine.handle(.looked([sighting(60, 19)]), at: at(20))
        #expect(machine.reports.map(\.status) == [.running])
        #expect(machine.reports.map(\.endedAt) == [nil])
    }

    @Test("an end that only a look has noticed is shown with the time of that look")
    func lookNoticesEnd() {
        var machine = WatchSituation.two.machine
        #expect(
            machine.handle(.looked([]), at: at(15)) == [
                .unfollow(sighting(42).identity), .log(.gone(pid: 42)),
                .unfollow(sighting(43, 2).identity), .log(.gone(pid: 43)),
            ])
        #expect(machine.reports.map(\.startedAt) == [at(2).wall], "the youngest one that is gone")
        #expect(machine.reports.map(\.endedAt) == [at(15).wall])
    }

    @Test("--pid looks until the process was seen, and never again")
    func onePid() {
        var machine = WatchSituation.noneOfOnePid.machine
        #expect(machine.deadline == at(15).monotonic)
        _ = machine.handle(.deadline, at: at(15))
        _ = machine.handle(.looked([sighting(42)]), at: at(15))
        #expect(machine.deadline == nil)
        _ = machine.handle(.ended(sighting(42).identity), at: at(20))
        #expect(machine.deadline == nil)
        #expect(machine.reports.map(\.status) == [.stopped])
        #expect(machine.reports.map(\.endedAt) == [at(20).wall])
    }

    @Test("a look that misses the process of --pid is the end of looking too")
    func onePidMissed() {
        var machine = WatchSituation.onePid.machine
        _ = machine.handle(.looked([]), at: at(20))
        #expect(machine.deadline == nil)
    }

    @Test("a next look too far away for 64 bits does not wrap around")
    func overflow() {
        var machine = WatchMachine(interval: .max, watchesOneProcess: false)
        _ = machine.handle(.looked([sighting(42)]), at: at(10))
        #expect(machine.deadline == .max)
    }

    @Test("no sequence of events follows a process twice or loses one", arguments: 0..<100 as Range<UInt64>)
    func sequence(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = WatchMachine(after: [(0, .begin)])
        var followed: Set<ProcessIdentity> = []
        for step in 0..<200 as Range<Int64> {
            let all = (1...6 as ClosedRange<Int32>).map { sighting($0, Int64.random(in: 1...2, using: &random)) }
            let event: WatchEvent =
                Bool.random(using: &random)
                ? .looked(all.filter { _ in Bool.random(using: &random) })
                : .ended(all.randomElement(using: &random)?.identity ?? all[0].identity)
            for action in machine.handle(event, at: at(step)) {
                switch action {
                case .follow(let identity): #expect(followed.insert(identity).inserted)
                case .unfollow(let identity): #expect(followed.remove(identity) != nil)
                case .look, .log, .finish: break
                }
            }
            #expect(!machine.reports.isEmpty)
            let running = machine.reports.filter { $0.status == .running }.map(\.pid).sorted()
            #expect(running == followed.map(\.pid).sorted())
        }
    }
}

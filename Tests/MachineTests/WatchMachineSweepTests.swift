import Testing

@testable import Machine

/// A process: pid, the second of its start.
func sighting(_ pid: Int32, _ start: Int64 = 1) -> Sighting {
    Sighting(
        identity: ProcessIdentity(pid: pid, startTicks: UInt64(start) * 100), startedAt: at(start).wall)
}

extension WatchMachine {
    /// A machine that looks every five seconds and has taken these events, each at its second.
    init(onePid: Bool = false, after events: [(at: Int64, WatchEvent)]) {
        self.init(interval: 5 * second, watchesOneProcess: onePid)
        for (seconds, event) in events { _ = handle(event, at: at(seconds)) }
    }
}

/// Every state of `watch`, with each payload that makes a difference.
enum WatchSituation: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case idle, begun, none, one, two, lost, finished, finishedWhileOne
    case noneOfOnePid, onePid, onePidLost, onePidNotFollowed

    var testDescription: String { rawValue }

    /// A machine in that situation. Its last event came at second 10 or before.
    var machine: WatchMachine {
        switch self {
        case .idle: WatchMachine(after: [])
        case .begun: WatchMachine(after: [(0, .begin)])
        case .none: WatchMachine(after: [(0, .begin), (10, .looked([]))])
        case .one: WatchMachine(after: [(0, .begin), (10, .looked([sighting(42)]))])
        case .two: WatchMachine(after: [(0, .begin), (10, .looked([sighting(42), sighting(43, 2)]))])
        case .lost:
            WatchMachine(
                after: [(0, .begin), (5, .looked([sighting(42)])), (10, .ended(sighting(42).identity))])
        case .finished: WatchMachine(after: [(0, .begin), (10, .askedToStop)])
        case .finishedWhileOne:
            WatchMachine(after: [(0, .begin), (5, .looked([sighting(42)])), (10, .askedToStop)])
        case .onePidNotFollowed:
            WatchMachine(
                onePid: true,
                after: [(0, .begin), (5, .looked([sighting(42)])), (10, .notFollowed(sighting(42).identity))])
        case .noneOfOnePid: WatchMachine(onePid: true, after: [(0, .begin), (10, .looked([]))])
        case .onePid: WatchMachine(onePid: true, after: [(0, .begin), (10, .looked([sighting(42)]))])
        case .onePidLost:
            WatchMachine(
                onePid: true,
                after: [(0, .begin), (5, .looked([sighting(42)])), (10, .ended(sighting(42).identity))])
        }
    }

    var isFinished: Bool { self == .finished || self == .finishedWhileOne }

    /// The state of that machine.
    var state: WatchState {
        let again = at(15).monotonic
        let lost = LastSeen(startedAt: at(1).wall, endedAt: at(10).wall)
        return switch self {
        case .idle, .begun: .idle
        case .none: .absent(nil, lookAgainAt: again)
        case .one: .present([sighting(42)], lookAgainAt: again)
        case .two: .present([sighting(42), sighting(43, 2)], lookAgainAt: again)
        case .lost: .absent(lost, lookAgainAt: at(10).monotonic)
        case .finished: .finished([Report()])
        case .finishedWhileOne: .finished(WatchSituation.one.machine.reports)
        case .onePidNotFollowed: .present([sighting(42)], lookAgainAt: again)
        case .noneOfOnePid: .absent(nil, lookAgainAt: again)
        case .onePid: .present([sighting(42)], lookAgainAt: nil)
        case .onePidLost: .absent(lost, lookAgainAt: nil)
        }
    }
}

@Suite("Every state of the watch machine and every event")
struct WatchMachineSweepTests {
    private static let events: [WatchEvent] = [
        .begin, .looked([]), .looked([sighting(42)]), .looked([sighting(99, 9)]),
        .looked([sighting(42), sighting(43, 2)]), .ended(sighting(42).identity), .ended(sighting(7).identity),
        .notFollowed(sighting(42).identity), .askedToStop, .deadline,
    ]

    @Test("the situations stand for the states that they name", arguments: WatchSituation.allCases)
    func situation(_ situation: WatchSituation) {
        #expect(situation.machine.state == situation.state)
    }

    @Test("beginning and deadlines look, and change nothing", arguments: WatchSituation.allCases)
    func look(_ situation: WatchSituation) {
        for event in [WatchEvent.begin, .deadline] {
            let before = situation.machine
            var machine = before
            let actions = machine.handle(event, at: at(20))
            let looks = !situation.isFinished && (event == .deadline || before.state == .idle)
            #expect(actions == (looks ? [.look] : []), "\(event)")
            #expect(machine == before, "\(event)")
        }
    }

    @Test("TERM ends Kapo in every state, once", arguments: WatchSituation.allCases)
    func askedToStop(_ situation: WatchSituation) {
        var machine = situation.machine
        let shown = machine.reports
        #expect(machine.handle(.askedToStop, at: at(20)) == (situation.isFinished ? [] : [.finish]))
        #expect(machine.state == .finished(shown))
        #expect(machine.reports == shown, "the entries stay what they were")
        #expect(machine.deadline == nil)
        for event in Self.events {
            #expect(machine.handle(event, at: at(21)).isEmpty)
            #expect(machine.state == .finished(shown))
        }
    }

    @Test("a look makes what was found the state, in every state", arguments: WatchSituation.allCases)
    func looked(_ situation: WatchSituation) {
        guard !situation.isFinished else { return }
        let looks: [[Sighting]] = [
            [sighting(42)], [sighting(99, 9)], [sighting(42), sighting(43, 2)], [sighting(43, 2), sighting(99, 9)],
        ]
        for found in looks {
            var machine = situation.machine
            let known = Self.known(to: machine)
            let actions = machine.handle(.looked(found), at: at(20))
            let gone = known.filter { !found.contains($0) }
            let fresh = found.filter { !known.contains($0) }
            #expect(
                actions == gone.flatMap { [.unfollow($0.identity), .log(.gone(pid: $0.identity.pid))] }
                    + fresh.flatMap { [.follow($0.identity), .log(.found(pid: $0.identity.pid))] })
            // One process whose end will be an event needs no further look.
            let again = machine.watchesOneProcess && situation != .onePidNotFollowed ? nil : at(25).monotonic
            #expect(machine.state == .present(found, lookAgainAt: again))
        }
    }

    @Test("a look that finds nothing keeps the last one seen", arguments: WatchSituation.allCases)
    func lookedInVain(_ situation: WatchSituation) {
        guard !situation.isFinished else { return }
        var machine = situation.machine
        let known = Self.known(to: machine)
        let actions = machine.handle(.looked([]), at: at(20))
        #expect(actions == known.flatMap { [.unfollow($0.identity), .log(.gone(pid: $0.identity.pid))] })
        var last = known.last.map { LastSeen(startedAt: $0.startedAt, endedAt: at(20).wall) }
        if case .absent(let before, _) = situation.state { last = before }
        let isOver = machine.watchesOneProcess && last != nil
        #expect(machine.state == .absent(last, lookAgainAt: isOver ? nil : at(25).monotonic))
    }

    @Test("an end takes out that process and no other, in every state", arguments: WatchSituation.allCases)
    func ended(_ situation: WatchSituation) {
        for identity in [sighting(42).identity, sighting(43, 2).identity, sighting(42, 7).identity] {
            let before = situation.machine
            var machine = before
            let known = Self.known(to: machine)
            let actions = machine.handle(.ended(identity), at: at(12))
            guard let gone = known.first(where: { $0.identity == identity }) else {
                #expect(actions.isEmpty)
                #expect(machine == before)
                continue
            }
            #expect(actions == [.unfollow(identity), .log(.gone(pid: identity.pid))])
            let rest = known.filter { $0 != gone }
            let last = LastSeen(startedAt: gone.startedAt, endedAt: at(12).wall)
            if rest.isEmpty {
                let again = machine.watchesOneProcess ? nil : before.deadline
                #expect(machine.state == .absent(last, lookAgainAt: again))
            } else {
                #expect(machine.state == .present(rest, lookAgainAt: before.deadline))
            }
        }
    }

    @Test("a process whose end cannot be an event is looked for again", arguments: WatchSituation.allCases)
    func notFollowed(_ situation: WatchSituation) {
        let before = situation.machine
        var machine = before
        #expect(machine.handle(.notFollowed(sighting(42).identity), at: at(12)).isEmpty)
        if case .present(let known, let again) = before.state {
            #expect(machine.state == .present(known, lookAgainAt: again ?? at(17).monotonic))
        } else {
            #expect(machine == before)
        }
    }

    private static func known(to machine: WatchMachine) -> [Sighting] {
        if case .present(let known, _) = machine.state { known } else { [] }
    }
}

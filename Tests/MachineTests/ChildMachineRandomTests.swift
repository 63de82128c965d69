import Chance
import Testing

@testable import Machine

@Suite("What holds after any sequence of events, those that cannot come among them")
struct ChildMachineRandomTests {
    private static let events: [ChildEvent] =
        ChildRow.events + [.spawned(pid: 42), .spawned(pid: 43), .spawnFailed(noResources), .deadline, .deadline]

    @Test("no sequence breaks the machine", arguments: 0..<200 as Range<UInt64>)
    func sequence(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let situation = ChildSituation.allCases.randomElement(using: &random) ?? .idle
        let limit = RestartPolicy.StartLimit(burst: Int(seed % 4) + 1, windowNanoseconds: 9 * second)
        let policy = situation.policy.with {
            $0.terminal = [.none, .job, .leader][Int(seed / 4) % 3]
            guard case .restart(var restart) = $0.afterExit else { return }
            (restart.startLimit, restart.backoff) = (limit, 1.5)
            $0.afterExit = .restart(restart)
        }
        var machine = ChildMachine(policy, after: situation.events)
        var finishes = Self.isOver(machine) ? 1 : 0
        var isAsked = false
        for step in 0..<500 as Range<Int64> {
            let before = machine
            let isRare = Int.random(in: 0..<9, using: &random) > 0
            let event = Self.events.filter { !isRare || $0.name != "askedToStop" && $0 != .order(.leave) }
                .randomElement(using: &random)
            let actions = machine.handle(event ?? .begin, at: at(100 + step))
            if event?.name == "askedToStop" && before.state.name != "starting" { isAsked = true }
            finishes += actions.finishCodes.count
            #expect(!(isAsked && actions.contains(.spawn)), "nothing is started after TERM")
            #expect(finishes <= 1, "Kapo ends once")
            #expect((finishes == 1) == Self.isOver(machine))
            if Self.isOver(before) { #expect(machine == before) }
            for case .signalGroup(let target, _) in actions {
                #expect([before.report.pid, machine.report.pid].contains(target))
            }
            #expect((machine.report.pid != 0) == (machine.state.run != nil || machine.state.name == "left"))
            #expect(machine.report.exit == nil || machine.report.endedAt != nil)
            #expect(machine.history.restarts >= before.history.restarts)
            #expect(machine.history.restarts <= before.history.restarts + 1)
            #expect(machine.history.starts.count <= limit.burst)
            #expect(machine.history.starts == machine.history.starts.sorted())
            #expect(machine.health.blocker != nil || machine.report.status == .running)
            #expect(machine.health.isLive || machine.health.blocker != nil)
            if finishes > 0 { #expect(machine.deadline == nil) }
        }
    }

    private static func isOver(_ machine: ChildMachine) -> Bool { ["finished", "left"].contains(machine.state.name) }
}

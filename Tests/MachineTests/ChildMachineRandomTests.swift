import Testing

@testable import Machine

@Suite("What holds after any sequence of events")
struct ChildMachineRandomTests {
    @Test("no sequence that a driver can send breaks the rules", arguments: 0..<200 as Range<UInt64>)
    func sequence(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let wait = Int64.random(in: 0...2, using: &random)
        let policy =
            Bool.random(using: &random)
            ? ChildPolicy.supervise(wait: wait) : .run(wait: wait, ttl: Bool.random(using: &random) ? 3 : nil)
        var machine = ChildMachine(policy: policy)
        var pid: Int32 = 1
        var isStarting = false
        var finishes = 0
        var asked = false
        for step in 0..<300 as Range<Int64> {
            let before = machine
            let event: ChildEvent
            if isStarting {
                pid += 1
                event = Int.random(in: 0..<4, using: &random) == 0 ? .spawnFailed(notFound) : .spawned(pid: pid)
            } else {
                event = Self.event(for: machine, &random)
            }
            if case .askedToStop = event { asked = true }
            let actions = machine.handle(event, at: at(step))
            isStarting = actions.contains(.spawn)
            finishes += actions.count { if case .finish = $0 { true } else { false } }
            #expect(!(asked && isStarting), "nothing is started after TERM")
            #expect(finishes <= 1, "Kapo ends once")
            for case .signalGroup(let target, _) in actions { #expect(target == before.report.pid) }
            #expect((machine.report.status == .running) == (machine.report.pid != 0))
            #expect((machine.report.exit == nil) == (machine.report.endedAt == nil))
            #expect(machine.restarts >= before.restarts)
            if finishes > 0 { #expect(machine.deadline == nil) }
        }
    }

    /// An event that can come in this state: a deadline only if one is named, an exit only of a living process.
    private static func event(for machine: ChildMachine, _ random: inout SeededGenerator) -> ChildEvent {
        var possible: [ChildEvent] = [.signalled(1)]
        if machine.state == .idle { possible.append(.begin) }
        if machine.deadline != nil { possible += [.deadline, .deadline] }
        if machine.report.pid != 0 { possible += [.exited(.exited(1)), .exited(.signalled(9)), .signalled(10)] }
        if Int.random(in: 0..<20, using: &random) == 0 { return .askedToStop(signal: 15) }
        return possible.randomElement(using: &random) ?? .signalled(1)
    }
}

import Testing

@testable import Machine

@Suite("Every state of the child machine and every event")
struct ChildMachineSweepTests {
    @Test("the situations stand for the states that they name", arguments: ChildSituation.allCases)
    func situation(_ situation: ChildSituation) {
        #expect(situation.machine.state == situation.state)
    }

    @Test("each event does what the table says, and nothing when it says nothing", arguments: ChildSituation.allCases)
    func sweep(_ situation: ChildSituation) {
        for event in ChildRow.events where !Self.isOutOfContract(situation, event) {
            let before = situation.machine
            var machine = before
            let actions = machine.handle(event, at: at(100))
            let rows = ChildRow.table.filter { $0.situation == situation && $0.event == event }
            #expect(rows.count <= 1, "\(situation) has two rows for \(event)")
            if let row = rows.first {
                #expect(actions == row.actions, "\(situation) on \(event)")
                #expect(machine.state == row.next, "\(situation) on \(event)")
                #expect(
                    machine.history.failures == before.history.failures + row.failures, "\(situation) on \(event)")
                #expect(
                    machine.state.name == "down" || machine.history.wish == row.wish ?? before.history.wish,
                    "\(situation) on \(event)")
            } else {
                #expect(actions.isEmpty, "\(situation) on \(event)")
                #expect(machine == before, "\(situation) on \(event)")
            }
        }
    }

    @Test("a start behind a run is a restart, and nothing else is", arguments: ChildSituation.allCases)
    func restarts(_ situation: ChildSituation) {
        for event in ChildRow.events {
            let before = situation.machine
            var machine = before
            _ = machine.handle(event, at: at(100))
            if case (.starting(let last?), .spawned) = (situation.state, event) {
                #expect(machine.history.restarts == before.history.restarts + 1)
                #expect(machine.history.previous == last)
            } else {
                #expect(machine.history.restarts == before.history.restarts)
                #expect(machine.history.previous == before.history.previous)
            }
        }
    }

    @Test("a deadline is named where something is due", arguments: ChildSituation.allCases)
    func deadline(_ situation: ChildSituation) {
        let expected: Int64? =
            switch situation.state {
            case .idle, .starting, .failed, .down, .left, .finished: nil
            case .running(let run):
                // Nothing is expected of what is suspended; time goes on.
                (run.isPaused || run.hasPausedKapo
                    ? [run.expiresAt, run.stableAt] : [run.expiresAt, run.readyBy, run.aliveBy, run.stableAt])
                    .compactMap(\.self).min()
            case .stopping(_, let stop): stop.killAt
            case .sweeping(_, let sweep): sweep.until
            case .preparing(_, let hook), .concluding(_, let hook): hook.until
            case .draining(_, _, let until), .waiting(_, _, let until), .lingering(_, let until): until
            }
        #expect(situation.machine.deadline == expected)
    }

    @Test("every row of the table is used: its event is among the events, and can come")
    func rows() {
        for row in ChildRow.table {
            #expect(ChildRow.events.contains(row.event), "\(row.event)")
            #expect(!Self.isOutOfContract(row.situation, row.event), "\(row.situation) on \(row.event)")
        }
    }

    @Test("every state and every event takes part")
    func complete() {
        #expect(Set(ChildSituation.allCases.map(\.state.name)).count == ChildState.names)
        #expect(Set(ChildRow.events.map(\.name)).count == ChildEvent.names)
        #expect(Set(ChildSituation.alive) == Set(ChildSituation.allCases.filter { $0.state.run != nil }))
        #expect(Set(ChildSituation.untold) == Set(ChildSituation.allCases.filter { $0.state.name == "running" }))
        #expect(Set(ChildSituation.swept) == Set(ChildSituation.allCases.filter { $0.state.name == "sweeping" }))
    }

    /// A driver sends `.deadline` only when the machine has named one. Such a state takes it for what else it would be.
    private static func isOutOfContract(_ situation: ChildSituation, _ event: ChildEvent) -> Bool {
        event == .deadline && situation.machine.deadline == nil && situation.state.name == "stopping"
    }
}

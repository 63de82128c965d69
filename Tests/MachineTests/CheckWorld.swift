import Testing

@testable import Machine

/// Checks of a command that runs since second 0, as pid 42.
struct CheckWorld {
    var machine: CheckMachine
    var now: Int64 = 0

    /// By default each minute, without grace, and with restarts.
    init(_ count: Int = 1, action: CheckPolicy.Action = .restart, _ change: (inout CheckPolicy) -> Void = { _ in }) {
        var policy = CheckPolicy(intervalNanoseconds: 60 * second, action: action)
        change(&policy)
        var places = CheckPlaces(random: 7)
        machine = CheckMachine(policy, (0..<count).map { ("check \($0)", places.next()) })
        run(CheckedRun(pid: 42, startedAt: at(0).monotonic))
    }

    /// This is the run now.
    @discardableResult
    mutating func run(_ run: CheckedRun?) -> [CheckAction] { machine.handle(.run(run), at: at(now)) }

    /// Goes on to the next turn, and makes the first check of it.
    @discardableResult
    mutating func turn(_ hasPassed: Bool, of number: Int = 0) -> [CheckAction] {
        guard let deadline = machine.deadline else {
            Issue.record("nothing is due")
            return []
        }
        let due = Moment(monotonic: deadline, wall: deadline)
        now = (deadline - at(0).monotonic) / second + 1
        #expect(machine.handle(.deadline, at: due) == [.ask(number)])
        return machine.handle(.result(number, Self.result(hasPassed)), at: at(now))
    }

    static func result(_ hasPassed: Bool) -> CheckResult {
        CheckResult(hasPassed: hasPassed, words: hasPassed ? "fine" : "bad", latency: 5)
    }

    var verdict: CheckStanding.Verdict { machine.standings[0].verdict }
}

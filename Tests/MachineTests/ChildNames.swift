import Machine

extension ChildState {
    /// How many there are.
    static let names = 14

    /// The state without what it carries. A new one does not compile here, and asks for its situations.
    var name: String {
        switch self {
        case .idle: "idle"
        case .preparing: "preparing"
        case .starting: "starting"
        case .running: "running"
        case .draining: "draining"
        case .stopping: "stopping"
        case .sweeping: "sweeping"
        case .concluding: "concluding"
        case .waiting: "waiting"
        case .lingering: "lingering"
        case .failed: "failed"
        case .down: "down"
        case .left: "left"
        case .finished: "finished"
        }
    }

    /// The run that lives in it, if one does that is still a matter of Kapo.
    var run: Run? {
        switch self {
        case .running(let run), .draining(let run, _, _), .stopping(let run, _): run
        case .idle, .preparing, .starting, .sweeping, .concluding, .waiting, .lingering, .failed, .down, .left,
            .finished:
            nil
        }
    }

    /// The same state with another run, for a state in which one lives.
    func with(_ run: Run) -> ChildState {
        switch self {
        case .running: .running(run)
        case .draining(_, let signal, let until): .draining(run, signal: signal, until: until)
        case .stopping(_, let stop): .stopping(run, stop)
        case .idle, .preparing, .starting, .sweeping, .concluding, .waiting, .lingering, .failed, .down, .left,
            .finished:
            self
        }
    }
}

extension Run {
    /// The same run, with a change.
    func with(_ change: (inout Run) -> Void) -> Run {
        var run = self
        change(&run)
        return run
    }
}

extension ChildEvent {
    /// How many there are.
    static let names = 17

    /// The event without what it carries. A new one does not compile here, and asks for its rows.
    var name: String {
        switch self {
        case .begin: "begin"
        case .found: "found"
        case .hookEnded: "hookEnded"
        case .spawned: "spawned"
        case .spawnFailed: "spawnFailed"
        case .ready: "ready"
        case .alive: "alive"
        case .unhealthy: "unhealthy"
        case .exited: "exited"
        case .otherEnded: "otherEnded"
        case .othersEnded: "othersEnded"
        case .paused: "paused"
        case .resumed: "resumed"
        case .askedToStop: "askedToStop"
        case .signalled: "signalled"
        case .order: "order"
        case .deadline: "deadline"
        }
    }

    /// What it orders, if it is an order.
    var order: Order? { if case .order(let order) = self { order } else { nil } }
}

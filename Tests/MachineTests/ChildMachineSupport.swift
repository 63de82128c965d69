import Machine

extension ChildPolicy {
    /// `run`, by default without `--wait` and `--ttl`, and with 10 s between TERM and KILL.
    static func run(wait: Int64 = 0, ttl: Int64? = nil, grace: Int64 = 10) -> ChildPolicy {
        ChildPolicy(
            afterExit: .finish(afterNanoseconds: wait * second), ttlNanoseconds: ttl.map { $0 * second },
            graceNanoseconds: grace * second)
    }

    /// `supervise`, by default with the 5 s that the command line has.
    static func supervise(wait: Int64 = 5) -> ChildPolicy {
        ChildPolicy(afterExit: .restart(afterNanoseconds: wait * second), ttlNanoseconds: nil, graceNanoseconds: 0)
    }
}

extension ChildMachine {
    /// A machine that has taken these events, each at its second.
    init(_ policy: ChildPolicy, after events: [(at: Int64, ChildEvent)]) {
        self.init(policy: policy)
        for (seconds, event) in events { _ = handle(event, at: at(seconds)) }
    }

    /// A machine whose command was started as pid 42 at second 0.
    static func running(_ policy: ChildPolicy) -> ChildMachine {
        ChildMachine(policy, after: [(0, .begin), (0, .spawned(pid: 42))])
    }
}

/// The failure of a start, of each kind.
let notFound = SpawnFailure(kind: .notFound, reason: "nosuch: No such file or directory")
let notExecutable = SpawnFailure(kind: .notExecutable, reason: "/etc: Permission denied")
let noResources = SpawnFailure(kind: .noResources, reason: "ls: Resource temporarily unavailable")

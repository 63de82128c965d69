import Machine
import Testing

extension ChildPolicy {
    /// `run`, by default without `--wait` and time to live, and with 10 s between TERM and KILL. In seconds.
    static func run(wait: Int64 = 0, ttl: Int64 = 0, grace: Int64 = 10) -> ChildPolicy {
        var policy = ChildPolicy(afterExit: .finish(afterNanoseconds: wait * second), graceNanoseconds: grace * second)
        policy.ttlSeconds = ttl...ttl
        return policy
    }

    /// `supervise`, by default with the 5 s that the command line has, and with 10 s between TERM and KILL.
    static func supervise(
        wait: Int64 = 5, ttl: Int64 = 0, grace: Int64 = 10, _ change: (inout RestartPolicy) -> Void = { _ in }
    ) -> ChildPolicy {
        var restart = RestartPolicy(waitNanoseconds: wait * second)
        change(&restart)
        var policy = ChildPolicy(afterExit: .restart(restart), graceNanoseconds: grace * second)
        policy.ttlSeconds = ttl...ttl
        return policy
    }

    /// The same policy, with a change.
    func with(_ change: (inout ChildPolicy) -> Void) -> ChildPolicy {
        var policy = self
        change(&policy)
        return policy
    }

    /// The same policy for a command that says when it is ready, and that it is alive: both within so many seconds.
    func expecting(ready: Int64? = nil, alive: Int64? = nil) -> ChildPolicy {
        with {
            $0.readyNanoseconds = ready.map { $0 * second }
            $0.watchdogNanoseconds = alive.map { $0 * second }
        }
    }

    /// The same policy with that many seconds between TERM and its passing on.
    func draining(_ seconds: Int64) -> ChildPolicy { with { $0.drainNanoseconds = seconds * second } }

    /// The same policy with a hook before each start.
    var preparing: ChildPolicy { with { $0.hasPreStart = true } }

    /// The same policy with a hook after each end.
    var concluding: ChildPolicy { with { $0.hasPostExit = true } }

    /// One of each kind: with and without a wait, a time to live, and restarts.
    static let each: [ChildPolicy] = [.run(), .run(wait: 30, ttl: 60), .supervise(), .supervise(wait: 0)]
}

extension ChildMachine {
    /// A machine that has taken these events, each at its second.
    init(_ policy: ChildPolicy, after events: [(at: Int64, ChildEvent)]) {
        self.init(policy: policy, seed: 1)
        for (seconds, event) in events { _ = handle(event, at: at(seconds)) }
    }

    /// A machine whose command was started as pid 42 at second 0.
    static func running(_ policy: ChildPolicy) -> ChildMachine {
        ChildMachine(policy, after: [(0, .begin), (0, .hookEnded(succeeded: true)), (0, .spawned(pid: 42))])
    }

    /// Starts the command that waits to be started as soon as that is due, and says when that was, in seconds.
    mutating func startWhenDue() -> Int64 {
        let due = ((deadline ?? 0) - at(0).monotonic) / second
        #expect(handle(.deadline, at: at(due)) == [.spawn])
        #expect(handle(.spawned(pid: 42), at: at(due)).first == .log(.started(pid: 42)))
        return due
    }
}

extension [ChildAction] {
    /// The codes that Kapo was to end with.
    var finishCodes: [Int32] { compactMap { if case .finish(let code) = $0 { code } else { nil } } }

    /// The waits for a restart that were logged, in nanoseconds.
    var waits: [Int64] { compactMap { if case .log(.restarts(let wait)) = $0 { wait } else { nil } } }
}

extension ChildEvent {
    /// The end of a command that leaves others behind.
    static func left(_ status: Machine.ExitStatus) -> ChildEvent { .exited(status, leavesOthers: true) }
}

/// The failure of a start, of each kind.
let notFound = SpawnFailure(kind: .notFound, reason: "nosuch: No such file or directory")
let notExecutable = SpawnFailure(kind: .notExecutable, reason: "/etc: Permission denied")
let noResources = SpawnFailure(kind: .noResources, reason: "ls: Resource temporarily unavailable")

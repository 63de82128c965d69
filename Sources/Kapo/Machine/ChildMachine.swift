/// The state machine of `run` and `supervise`: `handle` is its only input, and the only place that assigns the state.
package struct ChildMachine: Equatable, Sendable {
    /// A start that failed is tried again no sooner than this, in nanoseconds: `--wait 0` must not spin on it.
    static let failedStartDelay: Int64 = 1_000_000_000
    /// Nanoseconds that are left to what got KILL, before Kapo goes on without waiting for its end.
    static let timeToDie: Int64 = 1_000_000_000

    package private(set) var policy: ChildPolicy
    package private(set) var state: ChildState = .idle
    package internal(set) var history: History

    /// A machine that waits for `.begin` or `.found`. The seed decides what it draws at random.
    package init(policy: ChildPolicy, seed: UInt64) {
        self.policy = policy
        history = History(random: RandomSequence(seed: seed))
    }

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    package var deadline: Int64? {
        switch state {
        case .idle, .starting, .failed, .down, .left, .finished: nil
        case .running(let run): run.deadline
        case .draining(_, _, let until): until
        case .stopping(_, let stop): stop.killAt
        case .sweeping(_, let sweep): sweep.until
        case .preparing(_, let hook), .concluding(_, let hook): hook.until
        case .waiting(_, _, let until), .lingering(_, let until): until
        }
    }

    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    package mutating func handle(_ event: ChildEvent, at now: Moment) -> [ChildAction] {
        // A signal that is dropped asks for nothing, whatever the state.
        if case .askedToStop(let signal) = event, policy.signals.rewritten(signal) == nil { return [] }
        let (next, actions) = transition(on: event, at: now)
        state = next
        return actions
    }

    /// Has the machine follow another policy from now on. Nothing happens because of it, and what is due stays due.
    package mutating func replacePolicy(_ policy: ChildPolicy) {
        self.policy = policy
        history.adapt(to: policy)
    }

    /// A state to go to, and what is to be done.
    typealias Step = (ChildState, [ChildAction])

    private mutating func transition(on event: ChildEvent, at now: Moment) -> Step {
        switch state {
        case .idle: idle(event, now)
        case .preparing(let last, let hook): preparing(last, hook, event, now)
        case .starting(let last): starting(last, event, now)
        case .running(let run): running(run, event, now)
        case .draining(let run, let signal, let until): draining(run, signal, until, event, now)
        case .stopping(let run, let stop): stopping(run, stop, event, now)
        case .sweeping(let ended, let sweep): sweeping(ended, sweep, event, now)
        case .concluding(let ended, let hook): concluding(ended, hook, event, now)
        case .waiting(let last, let pause, let until): waiting(last, pause, until, event, now)
        case .lingering(let ended, _): lingering(ended, event, now)
        case .failed(let failure): failed(failure, event, now)
        case .down(let last): down(last, event, now)
        case .left, .finished: (state, [])
        }
    }

    private mutating func idle(_ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .begin: history.wish == .down ? down(nil) : startSoon(after: nil, now)
        case .found(let pid, let startedAt, let isFollowed): found(pid, since: startedAt, isFollowed: isFollowed, now)
        case .askedToStop(let signal): finished(nil, askedBy: signal)
        case .order(let order): idle(order)
        case .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded, .othersEnded,
            .paused, .resumed,
            .signalled, .deadline:
            (state, [])
        }
    }

    private mutating func waiting(
        _ last: EndedRun?, _ pause: Pause, _ until: Int64, _ event: ChildEvent, _ now: Moment
    ) -> Step {
        switch event {
        case .deadline: start(after: last, now)
        case .askedToStop(let signal): finished(last, askedBy: signal)
        case .order(let order): waiting(last, pause, until, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded,
            .othersEnded,
            .paused,
            .resumed, .signalled:
            (state, [])
        }
    }

    private mutating func lingering(_ ended: EndedRun, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .deadline, .askedToStop: finished(ended)
        case .order(let order): lingering(ended, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded,
            .othersEnded,
            .paused,
            .resumed, .signalled:
            (state, [])
        }
    }

    private mutating func failed(_ failure: FinalFailure, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .askedToStop: finished(failure)
        case .order(let order): resting(after: failure.last, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded,
            .othersEnded,
            .paused,
            .resumed, .signalled, .deadline:
            (state, [])
        }
    }

    private mutating func down(_ last: EndedRun?, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .askedToStop(let signal): finished(last, askedBy: signal)
        case .order(let order): resting(after: last, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded,
            .othersEnded,
            .paused, .resumed, .signalled, .deadline:
            (state, [])
        }
    }

    // MARK: The end

    /// Ends with the code of the last run; without one as the signal that asked for the end would.
    func finished(_ last: EndedRun?, askedBy signal: Int32) -> Step {
        guard let last else { return (.finished(nil), [.finish(code: 128 + signal)]) }
        return finished(last)
    }

    /// Ends with the code of that run.
    func finished(_ ended: EndedRun) -> Step {
        (.finished(ended), [.finish(code: code(of: ended))])
    }

    /// Ends with the code of that failure, which is never 0.
    func finished(_ failure: FinalFailure) -> Step {
        switch failure {
        case .ended(let ended):
            let code = code(of: ended)
            return (.finished(ended), [.finish(code: code == 0 ? 1 : code)])
        case .notStarted(let last, let code): return (.finished(last), [.finish(code: code)])
        }
    }

    /// The code of a run, mapped. One that Kapo stopped because it failed has not succeeded, whatever it says.
    private func code(of ended: EndedRun) -> Int32 {
        let hasFailed = [.notReady, .hung, .unhealthy].contains(ended.cause)
        let code = hasFailed ? max(1, ended.status.shellCode) : ended.status.shellCode
        return policy.exitCodes[code] ?? code
    }
}

extension FinalFailure {
    /// The last run, if there was one.
    var last: EndedRun? {
        switch self {
        case .ended(let ended): ended
        case .notStarted(let last, _): last
        }
    }
}

/// What can happen to `run` and `supervise`.
package enum ChildEvent: Equatable, Sendable {
    /// The listener is open: begin.
    case begin
    /// The start that was asked for succeeded.
    case spawned(pid: Int32)
    /// The start that was asked for failed.
    case spawnFailed(SpawnFailure)
    /// The command ended.
    case exited(ExitStatus)
    /// TERM or INT (its number) came to Kapo: pass it on and end after the command.
    case askedToStop(signal: Int32)
    /// Another forwarded signal came to Kapo.
    case signalled(Int32)
    /// The deadline that the machine named has passed.
    case deadline
}

/// What `run` and `supervise` want done. The outcome of `.spawn` comes back as an event.
package enum ChildAction: Equatable, Sendable {
    /// Start the command.
    case spawn
    /// Send the signal to the process group of the command.
    case signalGroup(pid: Int32, signal: Int32)
    /// Tell people.
    case log(ChildNote)
    /// End Kapo with this code, once what the command wrote has been passed on.
    case finish(code: Int32)
}

/// What is worth a log line.
package enum ChildNote: Equatable, Sendable {
    case started(pid: Int32)
    case ended(pid: Int32, ExitStatus)
    case restarts(inNanoseconds: Int64)
    case spawnFailed(SpawnFailure)
    case ttlExpired(pid: Int32)
    case killing(pid: Int32)
}

/// The state machine of `run` and `supervise`: `handle` is its only input, and the only place that assigns the state.
package struct ChildMachine: Equatable, Sendable {
    /// SIGTERM and SIGKILL of Linux, on every architecture.
    static let term: Int32 = 15
    static let kill: Int32 = 9
    /// A start that failed is tried again no sooner than this, in nanoseconds: `--wait 0` must not spin on it.
    static let failedStartDelay: Int64 = 1_000_000_000

    package let policy: ChildPolicy
    package private(set) var state: ChildState = .idle
    /// Starts after the first one that succeeded.
    package private(set) var restarts = 0
    /// The run before the one that `state` carries; nil before there is one.
    package private(set) var previous: EndedRun?

    /// A machine that waits for `.begin`.
    package init(policy: ChildPolicy) {
        self.policy = policy
    }

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    package var deadline: Int64? {
        switch state {
        case .idle, .starting, .restarting, .finished: nil
        case .running(let run): run.expiresAt
        case .stopping(_, let stop): stop.killAt
        case .waiting(_, let until), .lingering(_, let until): until
        }
    }

    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    package mutating func handle(_ event: ChildEvent, at now: Moment) -> [ChildAction] {
        let (next, actions) = transition(on: event, at: now)
        if case .restarting(let ended) = state, case .running = next {
            restarts += 1
            previous = ended
        }
        state = next
        return actions
    }

    private func transition(on event: ChildEvent, at now: Moment) -> (ChildState, [ChildAction]) {
        switch state {
        case .idle: idle(event)
        case .starting: starting(event, now)
        case .running(let run): running(run, event, now)
        case .stopping(let run, let stop): stopping(run, stop, event, now)
        case .waiting(let ended, _): waiting(ended, event)
        case .restarting(let ended): restarting(ended, event, now)
        case .lingering(let ended, _): lingering(ended, event)
        case .finished: (state, [])
        }
    }

    private func idle(_ event: ChildEvent) -> (ChildState, [ChildAction]) {
        switch event {
        case .begin: (.starting, [.spawn])
        case .askedToStop(let signal): (.finished(nil), [.finish(code: 128 + signal)])
        case .spawned, .spawnFailed, .exited, .signalled, .deadline: (state, [])
        }
    }

    private func starting(_ event: ChildEvent, _ now: Moment) -> (ChildState, [ChildAction]) {
        switch event {
        case .spawned(let pid): started(pid, now)
        case .spawnFailed(let failure):
            (.finished(nil), [.log(.spawnFailed(failure)), .finish(code: failure.exitCode)])
        case .begin, .exited, .askedToStop, .signalled, .deadline: (state, [])
        }
    }

    private func running(_ run: Run, _ event: ChildEvent, _ now: Moment) -> (ChildState, [ChildAction]) {
        switch event {
        case .exited(let status): ended(run, status, isAsked: false, now)
        case .askedToStop(let signal):
            (
                .stopping(run, Stop(isAsked: true, killAt: nil)),
                [.signalGroup(pid: run.pid, signal: signal)]
            )
        case .signalled(let signal): (state, [.signalGroup(pid: run.pid, signal: signal)])
        case .deadline:
            (
                .stopping(run, Stop(isAsked: false, killAt: now.deadline(after: policy.graceNanoseconds))),
                [.log(.ttlExpired(pid: run.pid)), .signalGroup(pid: run.pid, signal: Self.term)]
            )
        case .begin, .spawned, .spawnFailed: (state, [])
        }
    }

    private func stopping(
        _ run: Run, _ stop: Stop, _ event: ChildEvent, _ now: Moment
    ) -> (ChildState, [ChildAction]) {
        switch event {
        case .exited(let status): ended(run, status, isAsked: stop.isAsked, now)
        case .askedToStop(let signal):
            stop.isAsked
                ? killed(run, isAsked: true)
                : (
                    .stopping(run, Stop(isAsked: true, killAt: stop.killAt)),
                    [.signalGroup(pid: run.pid, signal: signal)]
                )
        case .signalled(let signal): (state, [.signalGroup(pid: run.pid, signal: signal)])
        case .deadline: killed(run, isAsked: stop.isAsked)
        case .begin, .spawned, .spawnFailed: (state, [])
        }
    }

    private func waiting(_ ended: EndedRun, _ event: ChildEvent) -> (ChildState, [ChildAction]) {
        switch event {
        case .deadline: (.restarting(ended), [.spawn])
        case .askedToStop: (.finished(ended), [.finish(code: ended.status.shellCode)])
        case .begin, .spawned, .spawnFailed, .exited, .signalled: (state, [])
        }
    }

    private func restarting(_ last: EndedRun, _ event: ChildEvent, _ now: Moment) -> (ChildState, [ChildAction]) {
        switch event {
        case .spawned(let pid): started(pid, now)
        case .spawnFailed(let failure): retry(last, failure, now)
        case .begin, .exited, .askedToStop, .signalled, .deadline: (state, [])
        }
    }

    private func lingering(_ ended: EndedRun, _ event: ChildEvent) -> (ChildState, [ChildAction]) {
        switch event {
        case .deadline, .askedToStop: (.finished(ended), [.finish(code: ended.status.shellCode)])
        case .begin, .spawned, .spawnFailed, .exited, .signalled: (state, [])
        }
    }

    private func started(_ pid: Int32, _ now: Moment) -> (ChildState, [ChildAction]) {
        let run = Run(pid: pid, startedAt: now, expiresAt: policy.ttlNanoseconds.map(now.deadline(after:)))
        return (.running(run), [.log(.started(pid: pid))])
    }

    private func killed(_ run: Run, isAsked: Bool) -> (ChildState, [ChildAction]) {
        (
            .stopping(run, Stop(isAsked: isAsked, killAt: nil)),
            [.log(.killing(pid: run.pid)), .signalGroup(pid: run.pid, signal: Self.kill)]
        )
    }

    private func ended(
        _ run: Run, _ status: ExitStatus, isAsked: Bool, _ now: Moment
    ) -> (ChildState, [ChildAction]) {
        let ended = EndedRun(startedAt: run.startedAt, endedAt: now, status: status)
        let note = ChildAction.log(.ended(pid: run.pid, status))
        switch policy.afterExit {
        case .finish(afterNanoseconds: 0):
            return (.finished(ended), [note, .finish(code: status.shellCode)])
        case .finish(let wait):
            return (.lingering(ended, until: now.deadline(after: wait)), [note])
        case .restart where isAsked:
            return (.finished(ended), [note, .finish(code: status.shellCode)])
        case .restart(afterNanoseconds: 0):
            return (.restarting(ended), [note, .spawn])
        case .restart(let wait):
            return (
                .waiting(ended, until: now.deadline(after: wait)), [note, .log(.restarts(inNanoseconds: wait))]
            )
        }
    }

    /// A restart that failed keeps the last run on show and is tried again.
    private func retry(_ last: EndedRun, _ failure: SpawnFailure, _ now: Moment) -> (ChildState, [ChildAction]) {
        let wait =
            switch policy.afterExit {
            case .restart(let wait), .finish(let wait): max(wait, Self.failedStartDelay)
            }
        return (
            .waiting(last, until: now.deadline(after: wait)),
            [.log(.spawnFailed(failure)), .log(.restarts(inNanoseconds: wait))]
        )
    }
}

/// What load balancers and schedulers are told: whether the thing lives, and whether it is to get work.
package struct Health: Equatable, Sendable {
    /// Why it is not to get work.
    package enum Blocker: String, CaseIterable, Sendable {
        case starting, draining, stopping, paused, stopped, killed, waiting, failed
        /// `watch`: no such process.
        case absent = "not running"
    }

    /// True while the command is alive, or will be started.
    package var isLive: Bool
    /// Nil when it is ready.
    package var blocker: Blocker?
    /// Failures of the command since its last run that was stable.
    package var failures = 0

    /// Lives or not, and ready if nothing blocks it.
    package init(isLive: Bool, blocker: Blocker?) {
        self.isLive = isLive
        self.blocker = blocker
    }
}

extension ChildMachine {
    /// The health, as of the last event.
    package var health: Health {
        var health = Health(isLive: isLive, blocker: blocker)
        health.failures = history.failures
        return health
    }

    private var isLive: Bool {
        switch state {
        case .idle, .starting, .running, .draining, .stopping, .waiting: true
        case .preparing(_, let hook): hook.askedBy == nil
        case .sweeping(let ended, _), .concluding(let ended, _): isFollowed(ended)
        case .lingering, .failed, .finished: false
        }
    }

    /// True when the command will be started again after that run, unless a limit forbids it.
    private func isFollowed(_ ended: EndedRun) -> Bool {
        guard case .restart(let restart) = policy.afterExit, ended.cause != .asked else { return false }
        return restart.restarts(ended)
    }

    private var blocker: Health.Blocker? {
        switch state {
        case .preparing(_, let hook): hook.askedBy == nil ? .starting : .stopping
        case .idle, .starting: .starting
        case .running(let run): run.readyBy != nil ? .starting : run.isPaused ? .paused : nil
        case .draining: .draining
        case .stopping: .stopping
        case .sweeping(let ended, _), .concluding(let ended, _), .waiting(let ended?, .restart, _),
            .lingering(let ended, _), .finished(let ended?):
            ended.status.signal == 0 ? .stopped : .killed
        case .waiting: .waiting
        case .failed: .failed
        case .finished(nil): .stopped
        }
    }
}

extension WatchMachine {
    /// The health, as of the last event: that of the processes that match.
    package var health: Health {
        switch state {
        case .present: Health(isLive: true, blocker: nil)
        case .idle, .absent, .finished: Health(isLive: false, blocker: .absent)
        }
    }
}

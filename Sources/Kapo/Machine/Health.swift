/// What load balancers and schedulers are told: whether the thing lives, and whether it is to get work.
package struct Health: Equatable, Sendable {
    /// Why it is not to get work.
    package enum Blocker: String, CaseIterable, Sendable {
        case starting, draining, stopping, paused, stopped, killed, waiting, failed
        /// It runs, and a check of it fails.
        case unhealthy
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
        case .idle, .starting, .running, .draining, .stopping, .waiting, .down, .left: true
        case .preparing(_, let hook): hook.askedBy == nil
        case .sweeping(let ended, _), .concluding(let ended, _): isLive(after: ended)
        case .lingering, .failed, .finished: false
        }
    }

    /// True when the command will be started again after that run, unless a limit forbids it, or is down as somebody
    /// ordered it.
    private func isLive(after ended: EndedRun) -> Bool {
        if ended.cause == .asked { return false }
        if history.wish == .down || ended.cause == .ordered || policy.staysWhenDone { return true }
        guard case .restart(let restart) = policy.afterExit else { return false }
        return isStartedAgain(after: ended, restart)
    }

    private var blocker: Health.Blocker? {
        switch state {
        case .preparing(_, let hook): isToStart(behind: hook) ? .starting : .stopping
        case .idle, .starting: .starting
        case .running(let run), .left(let run): run.readyBy != nil ? .starting : run.isPaused ? .paused : nil
        case .draining: .draining
        case .stopping: .stopping
        case .sweeping(let ended, _), .concluding(let ended, _), .waiting(let ended?, .restart, _),
            .lingering(let ended, _), .down(let ended?), .finished(let ended?):
            ended.status.signal == 0 ? .stopped : .killed
        case .waiting: .waiting
        case .failed: .failed
        case .down(nil), .finished(nil): .stopped
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

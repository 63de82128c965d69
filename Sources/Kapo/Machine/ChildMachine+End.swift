/// After the command has ended: what it left behind, and the post-exit hook.
extension ChildMachine {
    mutating func ended(
        _ run: Run, _ status: ExitStatus, _ cause: EndCause, _ leavesOthers: Bool, _ now: Moment
    ) -> Step {
        // Whoever types ^C at a terminal means Kapo as well: the command had the foreground, so Kapo did not hear it.
        let isStop = [.ttlExpired, .notReady, .unhealthy, .ordered].contains(cause)
        let isOwn = run.wasInterrupted || policy.signals.stop == SignalNumber.interrupt && isStop
        let isInterrupted = policy.terminal != .none && status == .signalled(SignalNumber.interrupt) && !isOwn
        // One that hung was of no use from then on, however long its end took.
        let usefulUntil = cause == .hung ? run.aliveBy ?? now.monotonic : now.monotonic
        let ended = EndedRun(
            startedAt: run.startedAt, endedAt: now, status: status, cause: isInterrupted ? .asked : cause,
            readyNanoseconds: run.readyAt.map { usefulUntil - $0 })
        let note = ChildAction.log(.ended(pid: run.pid, status))
        guard leavesOthers && policy.sweeps else {
            let (state, actions) = swept(ended, now)
            return (state, [note] + actions)
        }
        let sweep = Sweep(isKilling: false, until: now.deadline(after: policy.graceNanoseconds))
        return (
            .sweeping(ended, sweep),
            [note, .log(.sweeping), .signalOthers(signal: SignalNumber.term)]
        )
    }

    mutating func sweeping(_ ended: EndedRun, _ sweep: Sweep, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .othersEnded: swept(ended, now)
        // What even KILL does not end, a process that waits for a disk for instance, must not keep Kapo from going on.
        case .deadline where sweep.isKilling: swept(ended, now)
        case .deadline: kill(ended, now)
        // Whom a process that ended leaves behind has not heard of it.
        case .otherEnded:
            (state, [.signalOthers(signal: sweep.isKilling ? SignalNumber.kill : SignalNumber.term)])
        case .askedToStop where ended.cause == .asked && !sweep.isKilling: kill(ended, now)
        case .askedToStop: (.sweeping(ended.asked, sweep), [])
        case .order(let order): sweeping(ended, sweep, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .paused, .resumed,
            .signalled:
            (state, [])
        }
    }

    func kill(_ ended: EndedRun, _ now: Moment) -> Step {
        let until = now.deadline(after: Self.timeToDie)
        return (
            .sweeping(ended, Sweep(isKilling: true, until: until)),
            [.log(.killingOthers), .signalOthers(signal: SignalNumber.kill)]
        )
    }

    /// Nobody is left of the command.
    private mutating func swept(_ ended: EndedRun, _ now: Moment) -> Step {
        guard policy.hasPostExit else { return settled(ended, now) }
        let hook = HookRun(until: now.deadline(after: Hook.timeout))
        return (.concluding(ended, hook), [.startHook(.postExit(ended.status, restarts: history.restarts))])
    }

    mutating func concluding(_ ended: EndedRun, _ hook: HookRun, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .hookEnded: settled(ended, now)
        case .deadline where hook.isKilled: settled(ended, now)
        case .deadline:
            (.concluding(ended, hook.killed(at: now)), [.log(.hookTimedOut), .signalHook(signal: SignalNumber.kill)])
        case .askedToStop where ended.cause == .asked:
            (.concluding(ended, hook.killed(at: now)), [.signalHook(signal: SignalNumber.kill)])
        case .askedToStop: (.concluding(ended.asked, hook), [])
        case .order(let order): concluding(ended, hook, order)
        case .begin, .found, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded, .othersEnded,
            .paused,
            .resumed,
            .signalled:
            (state, [])
        }
    }
}

extension EndedRun {
    /// The same, once somebody asked Kapo to end.
    fileprivate var asked: EndedRun {
        var ended = self
        ended.cause = .asked
        return ended
    }
}

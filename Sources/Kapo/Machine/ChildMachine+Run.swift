/// While the command lives.
extension ChildMachine {
    mutating func running(_ run: Run, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .exited(let status, _, let pid?): succeeded(run, status, by: pid, now) { .running($0) }
        case .exited(let status, let leavesOthers, nil): ended(run, status, .byItself, leavesOthers, now)
        case .askedToStop(let signal): asked(run, signal, now)
        case .signalled(let signal): passed(signal, to: run, now) { .running($0) }
        case .paused(let signal): paused(run, by: signal) { .running($0) }
        case .resumed: (.running(resumed(run, now)), [])
        case .ready: ready(run, now)
        case .alive: (.running(run.heard(policy.watchdogNanoseconds, at: now)), [])
        case .deadline: late(run, now)
        case .unhealthy: stopped(run, .unhealthy, with: policy.signals.stop, .unhealthy(pid: run.pid), now)
        case .order(let order): running(run, order, now)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .otherEnded, .othersEnded: (state, [])
        }
    }

    /// The first of the run's deadlines has passed.
    private mutating func late(_ run: Run, _ now: Moment) -> Step {
        func hasPassed(_ deadline: Int64?) -> Bool { deadline.map { $0 <= now.monotonic } ?? false }
        if !run.isSuspended && hasPassed(run.readyBy) {
            return stopped(run, .notReady, with: policy.signals.stop, .notReady(pid: run.pid), now)
        }
        if !run.isSuspended && hasPassed(run.aliveBy) {
            return stopped(run, .hung, with: SignalNumber.abort, .hung(pid: run.pid), now)
        }
        if hasPassed(run.expiresAt) {
            return stopped(run, .ttlExpired, with: policy.signals.stop, .ttlExpired(pid: run.pid), now)
        }
        guard hasPassed(run.stableAt) else { return (state, []) }
        history.becomeStable()
        var stable = run
        stable.stableAt = nil
        return (.running(stable), [])
    }

    /// Stops a run for a reason of Kapo's own.
    private func stopped(
        _ run: Run, _ cause: EndCause, with signal: Int32, _ note: ChildNote, _ now: Moment
    ) -> Step {
        let stop = Stop(cause: cause, killAt: now.deadline(after: policy.graceNanoseconds))
        return (.stopping(run, stop), [.log(note)] + self.stop(run, with: signal))
    }

    private func ready(_ run: Run, _ now: Moment) -> Step {
        guard run.readyBy != nil else { return (state, []) }
        var ready = run
        becomeReady(&ready, now)
        return (.running(ready), [.log(.ready(pid: run.pid))])
    }

    /// Somebody asked Kapo to end. After an INT there is no draining: whoever typed it waits for the end. What is not
    /// ready has no work to be drained of.
    private func asked(_ run: Run, _ signal: Int32, _ now: Moment) -> Step {
        guard policy.drainNanoseconds > 0, signal == SignalNumber.term, run.readyBy == nil else {
            return passedOn(run, signal, now)
        }
        return (
            .draining(run, signal: signal, until: now.deadline(after: policy.drainNanoseconds)),
            [.log(.draining(nanoseconds: policy.drainNanoseconds))]
        )
    }

    /// Tells the command what Kapo was told.
    private func passedOn(_ run: Run, _ signal: Int32, _ now: Moment) -> Step {
        let sent = policy.signals.rewritten(signal) ?? signal
        return (.stopping(run, Stop(cause: .asked, killAt: policy.killsAskedCommand(at: now))), stop(run, with: sent))
    }

    mutating func draining(
        _ run: Run, _ signal: Int32, _ until: Int64, _ event: ChildEvent, _ now: Moment
    ) -> Step {
        switch event {
        case .exited(let status, _, let pid?):
            succeeded(run, status, by: pid, now) { .draining($0, signal: signal, until: until) }
        case .exited(let status, let leavesOthers, nil): ended(run, status, .asked, leavesOthers, now)
        case .askedToStop(let second): passedOn(run, second, now)
        case .deadline: passedOn(run, signal, now)
        case .signalled(let number): passed(number, to: run, now) { .draining($0, signal: signal, until: until) }
        case .paused(let number): paused(run, by: number) { .draining($0, signal: signal, until: until) }
        case .resumed: (.draining(resumed(run, now), signal: signal, until: until), [])
        case .order(let order): draining(run, signal, until, order)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .otherEnded, .othersEnded:
            (state, [])
        }
    }

    mutating func stopping(_ run: Run, _ stop: Stop, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .exited(let status, _, let pid?): succeededOnTheWay(run, stop, status, by: pid, now)
        case .exited(let status, let leavesOthers, nil): ended(run, status, stop.cause, leavesOthers, now)
        case .askedToStop where stop.cause == .asked: killed(run, .asked)
        case .askedToStop(let signal): stillAsked(run, stop, signal, now)
        case .signalled(let signal): passed(signal, to: run, now) { .stopping($0, stop) }
        case .paused(let signal): pausedOnTheWay(run, by: signal, stop)
        case .resumed: (.stopping(resumed(run, now), stop), [])
        case .deadline: killed(run, stop.cause)
        case .order(let order): stopping(run, stop, order)
        case .begin, .found, .hookEnded, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .otherEnded, .othersEnded:
            (state, [])
        }
    }

    /// Somebody asks Kapo to end while it stops the command for a reason of its own: the KILL that is due stays.
    private func stillAsked(_ run: Run, _ stop: Stop, _ signal: Int32, _ now: Moment) -> Step {
        let sent = policy.signals.rewritten(signal) ?? signal
        return (.stopping(run, Stop(cause: .asked, killAt: stop.killAt)), self.stop(run, with: sent))
    }

    func killed(_ run: Run, _ cause: EndCause) -> Step {
        (.stopping(run, Stop(cause: cause, killAt: nil)), kill(run))
    }

    /// Kills all of the command's group; of one that has none of its own, the command.
    func kill(_ run: Run) -> [ChildAction] {
        let target = run.isFollowed ? SignalPolicy.Target.child : .group
        return [.log(.killing(pid: run.pid)), send(SignalNumber.kill, to: run, target)]
    }

    // MARK: Signals

    /// Passes on a signal that came to Kapo and asks nothing of it.
    private func passed(_ signal: Int32, to run: Run, _ now: Moment, _ state: (Run) -> ChildState) -> Step {
        var run = run
        // Whatever becomes of a CONT, Kapo goes on.
        if signal == SignalNumber.cont {
            run.hasPausedKapo = false
            renew(&run, now)
        }
        guard let sent = policy.signals.rewritten(signal) else { return (state(run), []) }
        var actions = [send(sent, to: run)]
        if SignalNumber.pausing.contains(signal), policy.canPause {
            run.hasPausedKapo = true
            actions.append(.pause)
        }
        if signal == SignalNumber.cont && policy.terminal != .none && !run.isFollowed {
            actions.insert(.giveTerminal(pid: run.pid), at: 0)
        }
        return (state(run), actions)
    }

    /// The command was stopped. If it was the terminal that did it, the shell waits for Kapo to be stopped as well.
    private func paused(_ run: Run, by signal: Int32, _ state: (Run) -> ChildState) -> Step {
        var run = run
        run.isPaused = true
        guard SignalNumber.pausing.contains(signal), !run.hasPausedKapo else { return (state(run), []) }
        switch policy.terminal {
        case .none: return (state(run), [])
        case .job:
            run.hasPausedKapo = true
            return (state(run), [.pauseJob(signal: signal)])
        // As the kernel does it to a group that nobody can wake. TTIN and TTOU would come again at once.
        case .leader: return (state(run), signal == SignalNumber.tstp ? [send(SignalNumber.cont, to: run)] : [])
        }
    }

    /// The run goes on.
    private func resumed(_ run: Run, _ now: Moment) -> Run {
        var run = run
        run.isPaused = false
        renew(&run, now)
        return run
    }

    /// What is expected of the run is expected anew: it was suspended, or perhaps Kapo was.
    func renew(_ run: inout Run, _ now: Moment) {
        if run.readyBy != nil { run.readyBy = policy.readyNanoseconds.map(now.deadline(after:)) }
        if run.aliveBy != nil { run.aliveBy = policy.watchdogNanoseconds.map(now.deadline(after:)) }
    }

    /// What tells a command to stop; one that is paused must run to hear it.
    func stop(_ run: Run, with signal: Int32) -> [ChildAction] {
        [send(signal, to: run)] + (run.isPaused ? [send(SignalNumber.cont, to: run)] : [])
    }

    /// The command was stopped after it was told to stop, or before that and unheard of: it must run to hear it. It is
    /// woken once; whoever stops it again means it.
    private func pausedOnTheWay(_ run: Run, by signal: Int32, _ stop: Stop) -> Step {
        let (state, actions) = paused(run, by: signal) { .stopping($0, stop.woken) }
        guard actions.isEmpty, !run.hasPausedKapo, !stop.hasWoken else { return (state, actions) }
        return (state, [send(SignalNumber.cont, to: run)])
    }

    private func send(_ signal: Int32, to run: Run) -> ChildAction {
        send(signal, to: run, run.isFollowed ? .child : policy.signals.target)
    }

    private func send(_ signal: Int32, to run: Run, _ target: SignalPolicy.Target) -> ChildAction {
        switch target {
        case .group: .signalGroup(pid: run.pid, signal: signal)
        case .child: .signalCommand(pid: run.pid, signal: signal)
        }
    }
}

extension Stop {
    /// The same, once the command was woken.
    fileprivate var woken: Stop {
        var stop = self
        stop.hasWoken = true
        return stop
    }
}

extension Run {
    /// The same run after a sign of life: the next one is due that many nanoseconds later, if one is waited for.
    fileprivate func heard(_ watchdog: Int64?, at now: Moment) -> Run {
        guard aliveBy != nil, let watchdog else { return self }
        var run = self
        run.aliveBy = now.deadline(after: watchdog)
        return run
    }
}

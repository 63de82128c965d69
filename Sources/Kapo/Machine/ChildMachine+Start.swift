/// From one run to the next: hooks, starts, and starts that fail.
extension ChildMachine {
    /// Starts the command, after its pre-start hook if there is one.
    mutating func start(after last: EndedRun?, _ now: Moment) -> Step {
        history.begin(policy, at: now)
        guard policy.hasPreStart else { return (.starting(last), [.spawn]) }
        return (.preparing(last, HookRun(until: now.deadline(after: Hook.timeout))), [.startHook(.preStart)])
    }

    mutating func preparing(_ last: EndedRun?, _ hook: HookRun, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .hookEnded(let succeeded): prepared(last, hook, succeeded, now)
        case .deadline where hook.isKilled: prepared(last, hook, false, now)
        case .deadline:
            (.preparing(last, hook.killed(at: now)), [.log(.hookTimedOut), .signalHook(signal: SignalNumber.kill)])
        case .askedToStop(let signal) where hook.askedBy == nil:
            (
                .preparing(last, hook.asked(by: signal, until: now.deadline(after: policy.graceNanoseconds))),
                [.signalHook(signal: SignalNumber.term)]
            )
        case .askedToStop:
            (.preparing(last, hook.killed(at: now)), [.signalHook(signal: SignalNumber.kill)])
        case .begin, .spawned, .spawnFailed, .ready, .alive, .exited, .otherEnded, .othersEnded, .paused, .resumed,
            .signalled:
            (state, [])
        }
    }

    /// The pre-start hook has ended, or is not waited for any longer.
    private mutating func prepared(_ last: EndedRun?, _ hook: HookRun, _ succeeded: Bool, _ now: Moment) -> Step {
        if let signal = hook.askedBy { return finished(last, askedBy: signal) }
        if succeeded { return (.starting(last), [.spawn]) }
        return notStarted(
            last, code: SpawnFailure.Kind.noResources.exitCode, isLasting: false, [.log(.preStartFailed)], now)
    }

    mutating func starting(_ last: EndedRun?, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .spawned(let pid): started(pid, after: last, now)
        case .spawnFailed(let failure):
            notStarted(
                last, code: failure.kind.exitCode, isLasting: failure.kind != .noResources,
                [.log(.spawnFailed(failure))],
                now)
        case .begin, .hookEnded, .ready, .alive, .exited, .otherEnded, .othersEnded, .paused, .resumed, .askedToStop,
            .signalled, .deadline:
            (state, [])
        }
    }

    private mutating func started(_ pid: Int32, after last: EndedRun?, _ now: Moment) -> Step {
        if let last {
            history.restarts += 1
            history.previous = last
        }
        var run = Run(pid: pid, startedAt: now)
        let ttl = history.ttlSeconds
        if ttl > 0 { run.expiresAt = now.deadline(afterSeconds: ttl) }
        if let limit = policy.readyNanoseconds {
            run.readyBy = now.deadline(after: limit)
        } else {
            becomeReady(&run, now)
        }
        return (.running(run), [.log(.started(pid: pid))])
    }

    /// The run can do its work: from now on it must show that it lives, and can become a stable one.
    func becomeReady(_ run: inout Run, _ now: Moment) {
        run.readyBy = nil
        run.readyAt = now.monotonic
        run.aliveBy = policy.watchdogNanoseconds.map(now.deadline(after:))
        guard history.failures > 0, case .restart(let restart) = policy.afterExit else { return }
        run.stableAt = now.deadline(after: restart.stableNanoseconds)
    }

    /// A start failed. What is missing at the first start (`isLasting`) is missing because of how Kapo was called.
    private mutating func notStarted(
        _ last: EndedRun?, code: Int32, isLasting: Bool, _ notes: [ChildAction], _ now: Moment
    ) -> Step {
        history.failures += 1
        guard case .restart(let restart) = policy.afterExit, restart.when != .never, last != nil || !isLasting else {
            let (state, actions) = givenUp(.notStarted(last, code: code))
            return (state, notes + actions)
        }
        let wait = max(
            restart.wait(afterFailures: history.failures, using: &history.random), Self.failedStartDelay)
        let (state, actions) = again(
            after: last, .retry, in: wait, restart, orElse: .notStarted(last, code: code), now)
        return (state, notes + actions)
    }

    /// The command has ended, nobody is left of it, and its hook has run: what comes next.
    mutating func settled(_ ended: EndedRun, _ now: Moment) -> Step {
        guard case .restart(let restart) = policy.afterExit else {
            guard case .finish(let wait) = policy.afterExit, wait > 0 else { return finished(ended) }
            return (.lingering(ended, until: now.deadline(after: wait)), [])
        }
        if ended.cause == .asked { return finished(ended) }
        if let ready = ended.readyNanoseconds, ready >= restart.stableNanoseconds { history.becomeStable() }
        let isFailure = restart.isFailure(ended)
        if isFailure { history.failures += 1 }
        guard restart.restarts(ended) else {
            return isFailure ? givenUp(.ended(ended)) : finished(ended)
        }
        let wait = restart.wait(afterFailures: isFailure ? history.failures : 0, using: &history.random)
        return again(after: ended, .restart, in: wait, restart, orElse: .ended(ended), now)
    }

    /// Starts again after that many nanoseconds, unless that is one start too many.
    private mutating func again(
        after last: EndedRun?, _ pause: Pause, in wait: Int64, _ restart: RestartPolicy,
        orElse failure: FinalFailure, _ now: Moment
    ) -> Step {
        let due = now.deadline(after: wait)
        if history.isExhausted(restart.startLimit, at: due) {
            let (state, actions) = givenUp(failure)
            return (state, [.log(.startLimitReached)] + actions)
        }
        if wait == 0 { return start(after: last, now) }
        return (.waiting(last, pause, until: due), [.log(.restarts(inNanoseconds: wait))])
    }

    /// The command is not started again: Kapo ends, or stays to say so.
    private func givenUp(_ failure: FinalFailure) -> Step {
        if case .restart(let restart) = policy.afterExit, restart.onFailed == .hold {
            return (.failed(failure), [.log(.failed)])
        }
        return finished(failure)
    }
}

extension HookRun {
    /// The same, once it got KILL.
    func killed(at now: Moment) -> HookRun {
        HookRun(until: now.deadline(after: ChildMachine.timeToDie), isKilled: true, askedBy: askedBy)
    }

    /// The same, once somebody asked Kapo to end: it has until then, if it had longer.
    fileprivate func asked(by signal: Int32, until: Int64) -> HookRun {
        HookRun(until: min(until, self.until), isKilled: isKilled, askedBy: signal)
    }
}

/// From one run to the next: hooks, starts, and starts that fail.
extension ChildMachine {
    /// The soonest that a start may come that nothing else holds up: after a short life, and after the delay before
    /// each start, no sooner than `time`. All of it monotonic.
    func soonest(after last: EndedRun?, _ time: Int64) -> Int64 {
        var due = Moment(monotonic: time, wall: 0)
        if let last, last.endedAt.monotonic - last.startedAt.monotonic < policy.leastLifeNanoseconds {
            due.monotonic = max(time, last.startedAt.deadline(after: policy.leastLifeNanoseconds))
        }
        return due.deadline(after: policy.startDelayNanoseconds)
    }

    /// Starts the command as soon as may be.
    mutating func startSoon(after last: EndedRun?, _ now: Moment) -> Step {
        start(after: last, .restart, at: soonest(after: last, now.monotonic), now)
    }

    /// Starts the command at that monotonic time, or at once.
    mutating func start(after last: EndedRun?, _ pause: Pause, at due: Int64, _ now: Moment) -> Step {
        let wait = due - now.monotonic
        if wait <= 0 { return start(after: last, now) }
        let note =
            last == nil && pause == .restart ? ChildNote.starts(inNanoseconds: wait) : .restarts(inNanoseconds: wait)
        return (.waiting(last, pause, until: due), [.log(note)])
    }

    /// Starts the command, after its pre-start hook if there is one.
    mutating func start(after last: EndedRun?, _ now: Moment) -> Step {
        history.begin(policy, at: now)
        guard policy.hasPreStart else { return spawn(after: last) }
        return (.preparing(last, HookRun(until: now.deadline(after: Hook.timeout))), [.startHook(.preStart)])
    }

    private mutating func spawn(after last: EndedRun?) -> Step {
        history.startCount += 1
        history.isRequirementUnmet = false
        return (.starting(last), [.spawn])
    }

    /// Whether the hook before a start that runs is still followed by the start.
    func isToStart(behind hook: HookRun) -> Bool { hook.askedBy == nil && history.wish != .down }

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
        case .order(let order): preparing(last, hook, order, now)
        case .begin, .found, .spawned, .spawnFailed, .ready, .alive, .unhealthy, .exited, .otherEnded, .othersEnded,
            .paused,
            .resumed,
            .signalled:
            (state, [])
        }
    }

    /// The pre-start hook has ended, or is not waited for any longer.
    private mutating func prepared(_ last: EndedRun?, _ hook: HookRun, _ succeeded: Bool, _ now: Moment) -> Step {
        if let signal = hook.askedBy { return finished(last, askedBy: signal) }
        if history.wish == .down { return down(last) }
        // It was told to end, and then the command was to be started all the same.
        if hook.isCancelled { return start(after: last, now) }
        if succeeded { return spawn(after: last) }
        if let delay = policy.requirementDelayNanoseconds { return required(last, again: delay, now) }
        return notStarted(
            last, code: SpawnFailure.Kind.noResources.exitCode, isLasting: false, [.log(.preStartFailed)], now)
    }

    /// What the command requires is not there yet: that is no start, and no failure.
    private mutating func required(_ last: EndedRun?, again delay: Int64, _ now: Moment) -> Step {
        let notes: [ChildAction] = history.isRequirementUnmet ? [] : [.log(.requirementUnmet)]
        history.isRequirementUnmet = true
        _ = history.starts.popLast()
        return (.waiting(last, .requirement, until: now.deadline(after: delay)), notes)
    }

    mutating func starting(_ last: EndedRun?, _ event: ChildEvent, _ now: Moment) -> Step {
        switch event {
        case .spawned(let pid): started(pid, after: last, now)
        case .spawnFailed(let failure):
            notStarted(
                last, code: failure.kind.exitCode, isLasting: failure.kind != .noResources,
                [.log(.spawnFailed(failure))],
                now)
        case .order(let order): starting(order)
        case .begin, .found, .hookEnded, .ready, .alive, .unhealthy, .exited, .otherEnded, .othersEnded, .paused,
            .resumed,
            .askedToStop,
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
        if history.ttlSeconds > 0 { run.expiresAt = now.deadline(afterSeconds: history.ttlSeconds) }
        if let limit = policy.readyNanoseconds {
            run.readyBy = now.deadline(after: limit)
        } else {
            becomeReady(&run, now)
        }
        return begun(run, [.log(.started(pid: pid))], now)
    }

    /// The run can do its work: from now on it must show that it lives, and can become a stable one.
    func becomeReady(_ run: inout Run, _ now: Moment) {
        run.readyBy = nil
        run.readyAt = now.monotonic
        run.aliveBy = policy.watchdogNanoseconds.map(now.deadline(after:))
        guard history.failures > 0, case .restart(let restart) = policy.afterExit else { return }
        run.stableAt = now.deadline(after: restart.stableNanoseconds)
    }

    /// A start failed. What is missing at the first start (`isLasting`) is missing because of how Kapo was called,
    /// unless Kapo stays for whoever mends it.
    private mutating func notStarted(
        _ last: EndedRun?, code: Int32, isLasting: Bool, _ notes: [ChildAction], _ now: Moment
    ) -> Step {
        history.failures += 1
        if history.wish == .down {
            let (state, actions) = down(last)
            return (state, notes + actions)
        }
        guard case .restart(let restart) = policy.afterExit, restart.when != .never, history.wish != .once,
            last != nil || !isLasting || policy.staysWhenDone
        else {
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
        if ended.cause != .asked {
            if history.wish == .down { return down(ended) }
            if ended.cause == .ordered { return startSoon(after: ended, now) }
        }
        guard case .restart(let restart) = policy.afterExit else {
            guard case .finish(let wait) = policy.afterExit, wait > 0 else { return finished(ended) }
            return (.lingering(ended, until: now.deadline(after: wait)), [])
        }
        if ended.cause == .asked { return finished(ended) }
        if let ready = ended.readyNanoseconds, ready >= restart.stableNanoseconds { history.becomeStable() }
        let isFailure = restart.isFailure(ended)
        if isFailure { history.failures += 1 }
        guard isStartedAgain(after: ended, restart) else {
            if isFailure || policy.staysWhenDone { return givenUp(.ended(ended)) }
            return finished(ended)
        }
        if ended.isRetried { history.retries += 1 }
        let wait = restart.wait(afterFailures: isFailure ? history.failures : 0, using: &history.random)
        return again(after: ended, .restart, in: wait, restart, orElse: .ended(ended), now)
    }

    /// Whether the command is started again after a run that nobody ordered to end, unless a limit forbids it.
    func isStartedAgain(after ended: EndedRun, _ restart: RestartPolicy) -> Bool {
        if history.wish == .once || !restart.restarts(ended) { return false }
        guard let retries = policy.retries, ended.isRetried else { return true }
        return history.retries < retries
    }

    /// Starts again after that many nanoseconds, unless that is one start too many.
    private mutating func again(
        after last: EndedRun?, _ pause: Pause, in wait: Int64, _ restart: RestartPolicy,
        orElse failure: FinalFailure, _ now: Moment
    ) -> Step {
        let due = soonest(after: last, now.deadline(after: wait))
        if history.isExhausted(restart.startLimit, at: due) {
            let (state, actions) = givenUp(failure)
            return (state, [.log(.startLimitReached)] + actions)
        }
        return start(after: last, pause, at: due, now)
    }

    /// The command is not started again: Kapo ends, or stays, for orders or to say so.
    private mutating func givenUp(_ failure: FinalFailure) -> Step {
        if policy.staysWhenDone { return down(failure.last) }
        if case .restart(let restart) = policy.afterExit, restart.onFailed == .hold {
            return (.failed(failure), [.log(.failed)])
        }
        return finished(failure)
    }
}

extension HookRun {
    /// The same, once it got KILL.
    func killed(at now: Moment) -> HookRun {
        var hook = self
        hook.until = now.deadline(after: ChildMachine.timeToDie)
        hook.isKilled = true
        return hook
    }

    /// The same, once somebody asked Kapo to end: it has until then, if it had longer.
    fileprivate func asked(by signal: Int32, until: Int64) -> HookRun {
        var hook = self
        hook.until = min(until, self.until)
        hook.askedBy = signal
        return hook
    }
}

extension EndedRun {
    /// Whether a start after it is a retry; one after a time to live is what was planned.
    fileprivate var isRetried: Bool { cause != .ttlExpired }
}

/// What an order does in each state. While Kapo is about to end, only `signal`, `kill` and `leave` do anything.
extension ChildMachine {
    mutating func idle(_ order: Order) -> Step {
        note(order)
        return order == .leave ? left(nil) : (state, [])
    }

    mutating func preparing(_ last: EndedRun?, _ hook: HookRun, _ order: Order, _ now: Moment) -> Step {
        // Whether it would have succeeded is of no use to anybody.
        if order == .leave {
            let (state, actions) = left(last)
            return (state, [.signalHook(signal: SignalNumber.kill)] + actions)
        }
        guard hook.askedBy == nil else { return (state, []) }
        note(order)
        guard order == .down, !hook.isCancelled else { return (state, []) }
        let cancelled = hook.cancelled(until: now.deadline(after: policy.graceNanoseconds))
        return (.preparing(last, cancelled), [.signalHook(signal: SignalNumber.term)])
    }

    /// The outcome of the start is the next event, and finds the wish.
    mutating func starting(_ order: Order) -> Step {
        note(order)
        return (state, [])
    }

    mutating func running(_ run: Run, _ order: Order, _ now: Moment) -> Step {
        note(order)
        switch order {
        case .up, .once: return (state, [])
        case .down, .restart: return stopped(run, now)
        case .signal(let signal): return sent(signal, to: run) { .running($0) }
        case .kill: return (state, kill(run))
        case .leave: return left(run)
        }
    }

    func draining(_ run: Run, _ signal: Int32, _ until: Int64, _ order: Order) -> Step {
        switch order {
        case .up, .once, .down, .restart: (state, [])
        case .signal(let number): sent(number, to: run) { .draining($0, signal: signal, until: until) }
        case .kill: (state, kill(run))
        case .leave: left(run)
        }
    }

    mutating func stopping(_ run: Run, _ stop: Stop, _ order: Order) -> Step {
        switch order {
        case .up, .once, .down, .restart:
            guard stop.cause != .asked else { return (state, []) }
            note(order)
            // Whatever the reason for the stop was, the order decides now what follows. The KILL that is due stays.
            var ordered = stop
            ordered.cause = .ordered
            return (.stopping(run, ordered), [])
        case .signal(let signal): return sent(signal, to: run) { .stopping($0, stop) }
        case .kill: return killed(run, stop.cause)
        case .leave: return left(run)
        }
    }

    mutating func sweeping(_ ended: EndedRun, _ sweep: Sweep, _ order: Order, _ now: Moment) -> Step {
        switch order {
        case .up, .once, .down, .restart: (.sweeping(noted(order, after: ended), sweep), [])
        case .kill where !sweep.isKilling: kill(ended, now)
        case .kill, .signal: (state, [])
        case .leave: left(ended)
        }
    }

    /// A post-exit hook is left to its work.
    mutating func concluding(_ ended: EndedRun, _ hook: HookRun, _ order: Order) -> Step {
        switch order {
        case .up, .once, .down, .restart: (.concluding(noted(order, after: ended), hook), [])
        case .signal, .kill: (state, [])
        case .leave: left(ended)
        }
    }

    mutating func waiting(
        _ last: EndedRun?, _ pause: Pause, _ until: Int64, _ order: Order, _ now: Moment
    ) -> Step {
        note(order)
        switch order {
        case .up, .once, .restart:
            let due = soonest(after: last, now.monotonic)
            // Nothing new is to be said of a start that stays due when it was.
            if due >= until && until > now.monotonic { return (state, []) }
            return start(after: last, pause, at: min(due, until), now)
        case .down: return down(last)
        case .signal, .kill: return (state, [])
        case .leave: return left(last)
        }
    }

    mutating func lingering(_ ended: EndedRun, _ order: Order, _ now: Moment) -> Step {
        switch order {
        case .up, .once, .restart:
            guard ended.cause != .asked else { return (state, []) }
            note(order)
            return startSoon(after: ended, now)
        case .down, .signal, .kill: return (state, [])
        case .leave: return left(ended)
        }
    }

    /// While nothing is due: it is down, or has failed.
    mutating func resting(after last: EndedRun?, _ order: Order, _ now: Moment) -> Step {
        switch order {
        case .up, .once, .restart:
            note(order)
            return startSoon(after: last, now)
        case .down:
            if case .down = state { return (state, []) }
            return down(last)
        case .signal, .kill: return (state, [])
        case .leave: return left(last)
        }
    }

    // MARK: What orders come to

    /// Keeps what the order wants beyond this moment.
    private mutating func note(_ order: Order) {
        switch order {
        case .up, .restart: history.wish = .up
        case .once: history.wish = .once
        case .down: history.wish = .down
        case .signal, .kill, .leave: break
        }
        switch order {
        case .up, .once, .restart: history.forget()
        case .down, .signal, .kill, .leave: break
        }
    }

    /// Keeps what the order wants of a command that has ended; one that is to run is started as ordered, whatever its
    /// end was.
    private mutating func noted(_ order: Order, after ended: EndedRun) -> EndedRun {
        guard ended.cause != .asked else { return ended }
        note(order)
        var ordered = ended
        if order != .down { ordered.cause = .ordered }
        return ordered
    }

    /// Stops a command that is not to run, or is to run anew.
    func stopped(_ run: Run, _ now: Moment) -> Step {
        let stop = Stop(cause: .ordered, killAt: now.deadline(after: policy.graceNanoseconds))
        return (
            .stopping(run, stop), [.log(.stopping(pid: run.pid))] + self.stop(run, with: policy.signals.stop)
        )
    }

    /// Sends a signal as it was ordered.
    private func sent(_ signal: Int32, to run: Run, _ state: (Run) -> ChildState) -> Step {
        var run = run
        if signal == SignalNumber.interrupt { run.wasInterrupted = true }
        return (state(run), [.signalCommand(pid: run.pid, signal: signal)])
    }

    /// Nothing runs, and nothing is due before the next order.
    mutating func down(_ last: EndedRun?) -> Step {
        history.wish = .down
        return (.down(last), [.log(.down)])
    }

    /// Kapo ends, and the command runs on.
    private func left(_ run: Run) -> Step { (.left(run), [.finish(code: 0)]) }

    /// Kapo ends, and no command runs.
    private func left(_ last: EndedRun?) -> Step { (.finished(last), [.finish(code: 0)]) }
}

extension HookRun {
    /// The same, once its outcome is of no use any more: it has until then, if it had longer.
    fileprivate func cancelled(until: Int64) -> HookRun {
        var hook = self
        hook.isCancelled = true
        hook.until = min(until, self.until)
        return hook
    }
}

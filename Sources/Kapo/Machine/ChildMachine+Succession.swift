/// Commands that Kapo has not started: those that an earlier Kapo did, and those that take the place of one that ends.
extension ChildMachine {
    /// The command of an earlier Kapo runs on.
    mutating func found(_ pid: Int32, since startedAt: Moment, isFollowed: Bool, _ now: Moment) -> Step {
        history.begin(policy, at: startedAt)
        history.startCount += 1
        var run = Run(pid: pid, startedAt: startedAt, isFollowed: isFollowed)
        becomeReady(&run, now)
        // It shows its signs of life to the Kapo that started it, if to anybody.
        run.aliveBy = nil
        if history.ttlSeconds > 0 { run.expiresAt = startedAt.deadline(afterSeconds: history.ttlSeconds) }
        return begun(run, [.log(.found(pid: pid))], now)
    }

    /// A command runs; perhaps it was ordered not to since it was asked for.
    func begun(_ run: Run, _ notes: [ChildAction], _ now: Moment) -> Step {
        guard history.wish == .down else { return (.running(run), notes) }
        let (state, actions) = stopped(run, now)
        return (state, notes + actions)
    }

    /// The command ended, and another process goes on in its place: it is the run now.
    func succeeded(
        _ run: Run, _ status: ExitStatus, by pid: Int32, _ now: Moment, _ state: (Run) -> ChildState
    ) -> Step {
        (state(successor(of: run, pid, now)), Self.notes(of: run, status, pid))
    }

    /// The same while the command is stopped: the one in its place has not heard of that. One that comes behind a KILL
    /// gets that as well, so that there is an end to them.
    func succeededOnTheWay(_ run: Run, _ stop: Stop, _ status: ExitStatus, by pid: Int32, _ now: Moment) -> Step {
        let successor = successor(of: run, pid, now)
        let notes = Self.notes(of: run, status, pid)
        let hasTime = stop.cause == .asked && policy.killsAskedCommand(at: now) == nil
        if stop.killAt == nil && !hasTime {
            let (state, actions) = killed(successor, stop.cause)
            return (state, notes + actions)
        }
        return (.stopping(successor, stop), notes + self.stop(successor, with: policy.signals.stop))
    }

    /// The same run, in which another process has taken over. What is expected of it is expected anew.
    private func successor(of run: Run, _ pid: Int32, _ now: Moment) -> Run {
        var run = run
        run.pid = pid
        run.startedAt = now
        run.isFollowed = true
        run.isPaused = false
        run.wasInterrupted = false
        renew(&run, now)
        return run
    }

    private static func notes(of run: Run, _ status: ExitStatus, _ successor: Int32) -> [ChildAction] {
        [.log(.ended(pid: run.pid, status)), .log(.follows(pid: successor))]
    }
}

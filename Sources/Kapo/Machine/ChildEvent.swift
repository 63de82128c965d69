/// What can happen to `run` and `supervise`.
package enum ChildEvent: Equatable, Sendable {
    /// The listener is open: begin.
    case begin
    /// In place of `begin`: the command of an earlier Kapo still runs, since `startedAt`, and its end will be heard of.
    /// It leads its process group, unless it had taken the place of one that ended (`isFollowed`).
    case found(pid: Int32, startedAt: Moment, isFollowed: Bool = false)
    /// The hook that was asked for has ended: with success, or in any other way.
    case hookEnded(succeeded: Bool)
    /// The start that was asked for succeeded.
    case spawned(pid: Int32)
    /// The start that was asked for failed.
    case spawnFailed(SpawnFailure)
    /// The command can do its work.
    case ready
    /// The command gave the sign of life that the watchdog waits for.
    case alive
    /// Its checks say that it is of no use, and is to be started anew.
    case unhealthy
    /// The command ended. Others may be left: of its process group, or orphans that became Kapo's children. A successor
    /// is the pid of a living process that its pid file names: it has taken the place of the command.
    case exited(ExitStatus, leavesOthers: Bool = false, successor: Int32? = nil)
    /// One of the others ended, and some are left.
    case otherEnded
    /// None of the others is left.
    case othersEnded
    /// The command was stopped by this signal, such as STOP.
    case paused(signal: Int32)
    /// The command goes on.
    case resumed
    /// TERM or INT (its number) came to Kapo: pass it on and end after the command.
    case askedToStop(signal: Int32)
    /// Another forwarded signal came to Kapo.
    case signalled(Int32)
    /// Somebody orders something of the service.
    case order(Order)
    /// The deadline that the machine named has passed.
    case deadline
}

/// What `run` and `supervise` want done. The outcomes of `.spawn` and `.startHook` come back as events.
package enum ChildAction: Equatable, Sendable {
    /// Start the command.
    case spawn
    /// Run what is to run before a start or after an end.
    case startHook(Hook)
    /// Send the signal to the process group of the hook that runs.
    case signalHook(signal: Int32)
    /// Send the signal to the process group of the command.
    case signalGroup(pid: Int32, signal: Int32)
    /// Send the signal to the command alone.
    case signalCommand(pid: Int32, signal: Int32)
    /// Send the signal to all that the last run left behind: to each of them once.
    case signalOthers(signal: Int32)
    /// Stop Kapo.
    case pause
    /// Stop the job of the terminal that Kapo is a part of, as the terminal did with the command. If nobody could wake
    /// it, that comes back as a CONT.
    case pauseJob(signal: Int32)
    /// Make the command's group the foreground of the terminal, if Kapo's is.
    case giveTerminal(pid: Int32)
    /// Tell people.
    case log(ChildNote)
    /// End Kapo with this code, once what the command wrote has been passed on.
    case finish(code: Int32)
}

/// What runs before a start, and after an end.
package enum Hook: Equatable, Sendable {
    case preStart
    /// How the run ended, and how many restarts there were before it.
    case postExit(ExitStatus, restarts: Int)

    /// A hook that has not ended after this many nanoseconds is killed.
    static let timeout: Int64 = 30_000_000_000
}

/// What is worth a log line.
package enum ChildNote: Equatable, Sendable {
    case started(pid: Int32)
    /// The command of an earlier Kapo runs on.
    case found(pid: Int32)
    /// This process has taken the place of the command that ended.
    case follows(pid: Int32)
    case ready(pid: Int32)
    case ended(pid: Int32, ExitStatus)
    /// The first start is due.
    case starts(inNanoseconds: Int64)
    case restarts(inNanoseconds: Int64)
    case spawnFailed(SpawnFailure)
    /// The pre-start hook failed, so the command is not started.
    case preStartFailed
    /// The pre-start hook says that something is missing yet. It is asked again and again, and this is said once.
    case requirementUnmet
    /// A hook took too long and is killed.
    case hookTimedOut
    case startLimitReached
    /// The command is not started again.
    case failed
    /// The command is not started before somebody orders it.
    case down
    /// The command is stopped because somebody ordered it.
    case stopping(pid: Int32)
    case draining(nanoseconds: Int64)
    case ttlExpired(pid: Int32)
    /// The command was not ready in time.
    case notReady(pid: Int32)
    /// The watchdog heard nothing of it in time.
    case hung(pid: Int32)
    /// Its checks failed.
    case unhealthy(pid: Int32)
    case killing(pid: Int32)
    case sweeping
    case killingOthers
}

/// One run of the command, from its start.
package struct Run: Equatable, Sendable {
    package var pid: Int32
    package var startedAt: Moment
    /// Monotonic deadline of the TTL; nil when there is none.
    package var expiresAt: Int64?
}

/// A run that is being stopped.
package struct Stop: Equatable, Sendable {
    /// True once somebody asked Kapo to end (TERM, INT): nothing is started after it, and asking again kills.
    package var isAsked: Bool
    /// Monotonic deadline of the KILL; nil when none is due.
    package var killAt: Int64?
}

/// A run that has ended.
package struct EndedRun: Equatable, Sendable {
    package var startedAt: Moment
    package var endedAt: Moment
    package var status: ExitStatus
}

/// Where the command stands. Each state carries what is known in it and nothing else.
package enum ChildState: Equatable, Sendable {
    /// Kapo has not been told to begin.
    case idle
    /// The first start was asked for; its outcome is the next event.
    case starting
    /// The command runs.
    case running(Run)
    /// The command runs and has been told to stop.
    case stopping(Run, Stop)
    /// `supervise`: the command has ended and will be started at the monotonic deadline `until`.
    case waiting(EndedRun, until: Int64)
    /// `supervise`: a restart was asked for; its outcome is the next event.
    case restarting(EndedRun)
    /// `run`: the command has ended, and Kapo reports it until the monotonic deadline `until`.
    case lingering(EndedRun, until: Int64)
    /// Kapo is about to end. There is no run to report if the first start failed.
    case finished(EndedRun?)
}

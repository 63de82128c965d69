/// What `run` and `supervise` want done with the command: they are one machine with different policies.
package struct ChildPolicy: Equatable, Sendable {
    /// What happens after the command has ended.
    package enum AfterExit: Equatable, Sendable {
        /// `run`: keep reporting for this many nanoseconds, then end.
        case finish(afterNanoseconds: Int64)
        /// `supervise`: start the command again, as the policy says.
        case restart(RestartPolicy)
    }

    /// How Kapo stands to the terminal of its standard input.
    package enum TerminalShare: Sendable {
        /// There is none, or the command has a session of its own.
        case none
        /// Kapo is a job of somebody who can wake it: a shell.
        case job
        /// Kapo leads the session, as in a container: nobody could wake it, or its command.
        case leader
    }

    package var afterExit: AfterExit
    /// Restarts after ends by itself, or for want of readiness or signs of life; nil when there is no end to them.
    package var retries: Int?
    /// True when Kapo waits for orders once nothing more is to be started, rather than ending or having failed.
    package var staysWhenDone = false
    /// Nanoseconds before each start, the first one too.
    package var startDelayNanoseconds: Int64 = 0
    /// The next start after a run that lasted less than this many nanoseconds comes no sooner than that long after its
    /// start, and the start delay behind that.
    package var leastLifeNanoseconds: Int64 = 0
    /// Nanoseconds after which a pre-start hook that failed is run again: something is missing yet, and that is no
    /// failure. Nil when it is one.
    package var requirementDelayNanoseconds: Int64?
    /// Whole seconds that the command may run before it is stopped; each run draws from the range. 0 is for ever.
    package var ttlSeconds: ClosedRange<Int64> = 0...0
    /// Nanoseconds between the signal that stops the command and the KILL.
    package var graceNanoseconds: Int64
    /// Nanoseconds between a TERM that came to Kapo and its passing on, in which the command is not ready any more.
    package var drainNanoseconds: Int64 = 0
    /// Nanoseconds within which the command must say that it is ready; nil when it is so by being started.
    package var readyNanoseconds: Int64?
    /// Nanoseconds within which a ready command must give a sign of life, again and again; nil when it need not.
    package var watchdogNanoseconds: Int64?
    package var signals = SignalPolicy()
    /// Codes that Kapo ends with in place of the command's.
    package var exitCodes: [Int32: Int32] = [:]
    /// True when what the command leaves behind is ended with it.
    package var sweeps = true
    package var hasPreStart = false
    package var hasPostExit = false
    /// False for process 1, which no signal stops.
    package var canPause = true
    /// What Kapo has of a terminal that the command gets the foreground of.
    package var terminal = TerminalShare.none

    /// A policy; `run` passes `.finish`, `supervise` passes `.restart`.
    package init(afterExit: AfterExit, graceNanoseconds: Int64) {
        self.afterExit = afterExit
        self.graceNanoseconds = graceNanoseconds
    }

    /// When a command that was asked to stop is killed; `run` leaves it the time that it takes.
    func killsAskedCommand(at now: Moment) -> Int64? {
        switch afterExit {
        case .finish: nil
        case .restart: now.deadline(after: graceNanoseconds)
        }
    }
}

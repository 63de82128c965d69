/// When a command is checked, and what follows from the results.
package struct CheckPolicy: Equatable, Sendable {
    /// What a verdict that it fails does.
    package enum Action: String, CaseIterable, Sendable {
        /// The command is stopped and, as the restart policy says, started again.
        case restart
        /// It is not ready until a check passes again.
        case unready
        /// It is told of, and nothing else.
        case none
    }

    /// Nanoseconds from one check to the next of the same kind; above 0.
    package var intervalNanoseconds: Int64
    /// Failures of a run that is not as old as that, in nanoseconds, and has passed no check, do not count.
    package var graceNanoseconds: Int64 = 0
    /// Failures in a row that make a check fail, and successes in a row that make a failing one pass; 1 at least.
    package var fall = 1
    package var rise = 1
    package var action: Action
    /// As many restarts because of checks as a window may have: beyond them the action is `unready` until a check
    /// passes.
    package var restartLimit = RestartPolicy.StartLimit(burst: 3, windowNanoseconds: 3_600_000_000_000)
    /// True when a core of the command is written before it is restarted.
    package var writesCore = false

    /// Checks at that interval, with that action.
    package init(intervalNanoseconds: Int64, action: Action) {
        self.intervalNanoseconds = intervalNanoseconds
        self.action = action
    }
}

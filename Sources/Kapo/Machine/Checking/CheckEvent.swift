/// The run of a command that is to be checked: it is ready, and nobody has told it to stop.
package struct CheckedRun: Equatable, Sendable {
    package var pid: Int32
    /// Monotonic.
    package var startedAt: Int64
    /// True while a signal such as STOP keeps it from running: nothing can be expected of it.
    package var isSuspended = false

    /// That run.
    package init(pid: Int32, startedAt: Int64, isSuspended: Bool = false) {
        self.pid = pid
        self.startedAt = startedAt
        self.isSuspended = isSuspended
    }
}

extension ChildMachine {
    /// The run to check, as of the last event; nil when there is none.
    package var checkedRun: CheckedRun? {
        guard case .running(let run) = state, run.readyBy == nil else { return nil }
        return CheckedRun(pid: run.pid, startedAt: run.startedAt.monotonic, isSuspended: run.isSuspended)
    }
}

/// What can happen to the checks of a command.
package enum CheckEvent: Equatable, Sendable {
    /// This is the run to check now, perhaps the same as before; nil for none.
    case run(CheckedRun?)
    /// The check of that number, which was asked for, came out so.
    case result(Int, CheckResult)
    /// The check of that number cannot be made, for want of something of Kapo's own: that says nothing of the command.
    case notMade(Int)
    /// The core that was asked for is written, or cannot be.
    case coreWritten
    /// The deadline that the machine named has passed.
    case deadline
}

/// What the checks of a command want done.
package enum CheckAction: Equatable, Sendable {
    /// Make the check of that number: what comes of it comes back as an event, unless it is cancelled.
    case ask(Int)
    /// Nobody wants to know the result of that check any more.
    case cancel(Int)
    /// Write a core of that process; the outcome comes back as an event.
    case writeCore(pid: Int32)
    /// Nobody waits for the core any more.
    case cancelCore
    /// Stop the command, as one that has failed.
    case restart
    /// Tell people.
    case tell(CheckNews)
}

/// What is worth telling of a check: its number, and what has become of it.
package struct CheckNews: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// It fails, and nothing is done about that.
        case failing
        /// It fails, and the command is restarted.
        case restarting
        /// It fails, and the command is not ready any more.
        case unready
        /// It fails, and the command has been restarted as often as may be: it is not ready any more.
        case limited
        /// It passes again, in this run or in a later one.
        case passing
    }

    package var check: Int
    package var kind: Kind

    /// That news.
    package init(_ check: Int, _ kind: Kind) {
        self.check = check
        self.kind = kind
    }
}

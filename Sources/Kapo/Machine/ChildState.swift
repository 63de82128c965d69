/// One run of the command, from its start. Other processes may take it over, one after the other.
package struct Run: Equatable, Sendable {
    package var pid: Int32
    package var startedAt: Moment
    /// Monotonic deadline of the TTL; nil when there is none.
    package var expiresAt: Int64?
    /// Monotonic deadline by which it must be ready; nil once it is.
    package var readyBy: Int64?
    /// Monotonic deadline of the next sign of life; nil while none is waited for.
    package var aliveBy: Int64?
    /// Monotonic time at which it became ready; nil before that.
    package var readyAt: Int64?
    /// Monotonic time at which the failures before it are forgotten; nil when there are none, or it is not ready.
    package var stableAt: Int64?
    /// True while a signal such as STOP or TSTP keeps it from running.
    package var isPaused = false
    /// True when Kapo stopped itself together with it, until a CONT comes.
    package var hasPausedKapo = false
    /// True when another process has taken the place of the command: it leads no group that Kapo knows of.
    package var isFollowed = false
    /// True when somebody ordered an INT for it, so that an end by that is no ^C of a terminal.
    package var wasInterrupted = false

    /// True while nothing can be expected of it.
    var isSuspended: Bool { isPaused || hasPausedKapo }

    /// The first of its deadlines. One that is suspended need not be ready, nor give a sign of life.
    var deadline: Int64? {
        let expected = isSuspended ? [] : [readyBy, aliveBy]
        return ([expiresAt, stableAt] + expected).reduce(nil) { first, next in
            guard let first, let next else { return first ?? next }
            return min(first, next)
        }
    }
}

/// Why a run ends, or has ended.
package enum EndCause: Equatable, Sendable {
    /// Nothing that Kapo did.
    case byItself
    /// Somebody asked Kapo to end (TERM, INT): nothing is started after it, and asking again kills.
    case asked
    /// Somebody ordered it to end (`down`, `restart`), or ordered a start after it (`up`, `once`): what follows is no
    /// matter of how it ended.
    case ordered
    /// Its time to live was over.
    case ttlExpired
    /// It was not ready in time.
    case notReady
    /// It gave no sign of life in time.
    case hung
    /// Its checks failed.
    case unhealthy
}

/// A run that is being stopped.
package struct Stop: Equatable, Sendable {
    package var cause: EndCause
    /// Monotonic deadline of the KILL; nil when none is due.
    package var killAt: Int64?
    /// True once the command, found stopped by a signal, got CONT so that it hears the end.
    package var hasWoken = false
}

/// A run that has ended.
package struct EndedRun: Equatable, Sendable {
    package var startedAt: Moment
    package var endedAt: Moment
    package var status: ExitStatus
    package var cause = EndCause.byItself
    /// Nanoseconds between the moment at which it was ready and its end, or the sign of life that did not come; nil
    /// when it never was.
    package var readyNanoseconds: Int64?
}

/// What a command left behind, and how it is being ended.
package struct Sweep: Equatable, Sendable {
    /// True once they got KILL and not only TERM.
    package var isKilling: Bool
    /// Monotonic deadline of the KILL, and then of the wait for its effect.
    package var until: Int64
}

/// A hook that runs.
package struct HookRun: Equatable, Sendable {
    /// Monotonic deadline of the KILL, and then of the wait for its effect.
    package var until: Int64
    /// True once it got KILL.
    package var isKilled = false
    /// The signal by which somebody asked Kapo to end; nil while nobody has.
    package var askedBy: Int32?
    /// True once somebody ordered `down`: whatever its outcome is, nothing is started because of it.
    package var isCancelled = false
}

/// What Kapo waits for between two starts.
package enum Pause: Equatable, Sendable {
    /// A run ended, and the next one is due.
    case restart
    /// A start failed, and is tried again.
    case retry
    /// The pre-start hook is run again, to see whether all is there that the command requires.
    case requirement
}

/// Why the command is not started any more.
package enum FinalFailure: Equatable, Sendable {
    case ended(EndedRun)
    case notStarted(EndedRun?, code: Int32)
}

/// Where the command stands. Each state carries what is known in it and nothing else; the last run, if there was one.
package enum ChildState: Equatable, Sendable {
    /// Kapo has not been told to begin.
    case idle
    /// The pre-start hook runs.
    case preparing(EndedRun?, HookRun)
    /// A start was asked for; its outcome is the next event.
    case starting(EndedRun?)
    /// The command runs.
    case running(Run)
    /// The command runs, is not to get new work, and will be told to stop at `until` by that signal.
    case draining(Run, signal: Int32, until: Int64)
    /// The command runs and has been told to stop.
    case stopping(Run, Stop)
    /// The command has ended, and what it left behind has been told to.
    case sweeping(EndedRun, Sweep)
    /// The post-exit hook runs.
    case concluding(EndedRun, HookRun)
    /// The command will be started at the monotonic deadline `until`.
    case waiting(EndedRun?, Pause, until: Int64)
    /// `run`: the command has ended, and Kapo reports it until the monotonic deadline `until`.
    case lingering(EndedRun, until: Int64)
    /// `supervise`: the command is not started any more, and Kapo stays to report it.
    case failed(FinalFailure)
    /// Nothing runs and nothing is due: an order decides what follows. There may have been no run.
    case down(EndedRun?)
    /// Kapo is about to end, and the command runs on.
    case left(Run)
    /// Kapo is about to end. There is no run to report if none was started.
    case finished(EndedRun?)
}

/// What the machine remembers of earlier runs.
package struct History: Equatable, Sendable {
    /// Starts after the first one that succeeded.
    package var restarts = 0
    /// The run before the one that the state carries; nil before there is one.
    package var previous: EndedRun?
    /// Failures since the last run that was stable.
    package var failures = 0
    /// What the last order wants; `down` as well once nothing more is to be started.
    package var wish = Wish.up
    /// Starts of the command that were tried, successful or not.
    package var startCount = 0
    /// Restarts that count as retries, since the last order to start.
    package var retries = 0
    /// True since a pre-start hook said that something is missing, until the next start.
    var isRequirementUnmet = false
    /// Monotonic times of the starts that a limit counts, oldest first; never more than its burst.
    var starts: [Int64] = []
    /// Seconds that this run may last, as drawn; 0 for ever.
    package var ttlSeconds: Int64 = 0
    var random: RandomSequence

    /// Nothing yet.
    init(random: RandomSequence) {
        self.random = random
    }

    /// Forgets what came before a run that lasted.
    mutating func becomeStable() {
        failures = 0
        starts.removeAll(keepingCapacity: true)
    }

    /// Forgets what came before an order to start.
    mutating func forget() {
        becomeStable()
        retries = 0
    }

    /// Keeps no more starts than the limit of a new policy counts.
    mutating func adapt(to policy: ChildPolicy) {
        guard case .restart(let restart) = policy.afterExit, let limit = restart.startLimit else {
            return starts.removeAll()
        }
        starts.removeFirst(max(0, starts.count - limit.burst))
    }

    /// Notes a start, and draws its time to live.
    mutating func begin(_ policy: ChildPolicy, at now: Moment) {
        ttlSeconds = Int64.random(in: policy.ttlSeconds, using: &random)
        guard case .restart(let restart) = policy.afterExit, let limit = restart.startLimit else { return }
        starts.append(now.monotonic)
        if starts.count > limit.burst { starts.removeFirst() }
    }

    /// True when one more start at that time would be more than the limit allows.
    func isExhausted(_ limit: RestartPolicy.StartLimit?, at time: Int64) -> Bool {
        guard let limit, starts.count >= limit.burst, let first = starts.first else { return false }
        return time - first < limit.windowNanoseconds
    }
}

/// The checks of one command: when each is made, what its results mean, and what follows.
package struct CheckMachine: Equatable, Sendable {
    /// Where a check stands in the course of a run.
    private struct Course: Equatable {
        /// Monotonic time of the next turn.
        var due: Int64 = 0
        var isAsking = false
        /// Results in a row that contradict the verdict.
        var contrary = 0
        /// True once it has passed in this run.
        var hasPassed = false
        /// True since its failure was told, until it is told that it passes again.
        var isTold = false
    }

    private let policy: CheckPolicy
    /// What is known of each check, in the order in which they were given.
    package private(set) var standings: [CheckStanding]
    private var courses: [Course]
    private let places: [CheckPlace]
    private var run: CheckedRun?
    /// True while a core is written: the restart waits for that.
    private var isWritingCore = false
    /// True when a restart was due and the limit forbade it, until a check passes.
    private var isLimited = false
    /// Monotonic times of the restarts, oldest first; never more than the limit's burst.
    private var restarts: [Int64] = []

    /// Checks by these names that are not made yet, each with its place in the interval.
    package init(_ policy: CheckPolicy, _ checks: [(name: String, place: CheckPlace)]) {
        self.policy = policy
        standings = checks.map { CheckStanding(name: $0.name) }
        places = checks.map(\.place)
        courses = Array(repeating: Course(), count: checks.count)
    }

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    package var deadline: Int64? {
        guard let run, !run.isSuspended, !isWritingCore else { return nil }
        return courses.lazy.map(\.due).min()
    }

    /// True when a check fails that says whether the command is to get work.
    package var isUnhealthy: Bool { policy.action != .none && standings.contains { $0.verdict == .failing } }

    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    package mutating func handle(_ event: CheckEvent, at now: Moment) -> [CheckAction] {
        switch event {
        case .run(let next): move(to: next, now)
        case .result(let number, let result): take(result, of: number, now)
        case .notMade(let number): notMade(number)
        case .coreWritten: coreWritten()
        case .deadline: ask(now)
        }
    }

    // MARK: Runs

    private mutating func move(to next: CheckedRun?, _ now: Moment) -> [CheckAction] {
        guard next != run else { return [] }
        let isSame = next?.pid == run?.pid && next?.startedAt == run?.startedAt
        run = next
        // Whoever writes a core may stop the process for that.
        if isSame && isWritingCore { return [] }
        let actions = stopAsking()
        if !isSame { forget() }
        // For one that was woken, what is due stays due: it may be woken again and again, and never for long.
        if next != nil, !isSame { beginTurns(now) }
        return actions
    }

    private mutating func stopAsking() -> [CheckAction] {
        var actions: [CheckAction] = []
        for number in courses.indices where courses[number].isAsking {
            courses[number].isAsking = false
            actions.append(.cancel(number))
        }
        if isWritingCore { actions.append(.cancelCore) }
        isWritingCore = false
        return actions
    }

    /// What was found out is about a run that is over.
    private mutating func forget() {
        for number in courses.indices {
            courses[number] = Course(isTold: courses[number].isTold)
            standings[number].verdict = .pending
        }
    }

    /// Has each check made at its place, half an interval from now at the soonest: a command that was just started has
    /// other things to do.
    private mutating func beginTurns(_ now: Moment) {
        let soonest = now.deadline(after: policy.intervalNanoseconds / 2)
        for number in courses.indices {
            courses[number].due = places[number].next(from: soonest, interval: policy.intervalNanoseconds)
        }
    }

    // MARK: Turns

    /// Asks those whose turn it is. One that is still being asked has its next turn when that is over.
    private mutating func ask(_ now: Moment) -> [CheckAction] {
        guard let run, !run.isSuspended, !isWritingCore else { return [] }
        var actions: [CheckAction] = []
        for number in courses.indices where courses[number].due <= now.monotonic {
            courses[number].due = places[number].next(
                from: now.deadline(after: 1), interval: policy.intervalNanoseconds)
            if courses[number].isAsking { continue }
            courses[number].isAsking = true
            actions.append(.ask(number))
        }
        return actions
    }

    // MARK: Results

    private mutating func take(_ result: CheckResult, of number: Int, _ now: Moment) -> [CheckAction] {
        guard courses[number].isAsking else { return [] }
        courses[number].isAsking = false
        (standings[number].last, standings[number].lastAt) = (result, now.wall)
        return result.hasPassed ? passed(number) : failed(number, now)
    }

    private mutating func passed(_ number: Int) -> [CheckAction] {
        standings[number].passed += 1
        courses[number].hasPassed = true
        if standings[number].verdict == .failing {
            guard isTurned(number, after: policy.rise) else { return [] }
        }
        standings[number].verdict = .passing
        courses[number].contrary = 0
        isLimited = false
        guard courses[number].isTold else { return [] }
        courses[number].isTold = false
        return [.tell(CheckNews(number, .passing))]
    }

    private mutating func notMade(_ number: Int) -> [CheckAction] {
        courses[number].isAsking = false
        return []
    }

    private mutating func failed(_ number: Int, _ now: Moment) -> [CheckAction] {
        standings[number].failed += 1
        guard let run, courses[number].hasPassed || now.monotonic - run.startedAt >= policy.graceNanoseconds else {
            return []
        }
        guard standings[number].verdict != .failing else {
            courses[number].contrary = 0
            return []
        }
        guard isTurned(number, after: policy.fall) else { return [] }
        standings[number].verdict = .failing
        courses[number].isTold = true
        return act(number, run, now)
    }

    /// Counts a result against the verdict, and says whether it was the last that it takes to change it.
    private mutating func isTurned(_ number: Int, after most: Int) -> Bool {
        courses[number].contrary += 1
        guard courses[number].contrary >= most else { return false }
        courses[number].contrary = 0
        return true
    }

    // MARK: What follows

    private mutating func act(_ number: Int, _ run: CheckedRun, _ now: Moment) -> [CheckAction] {
        switch policy.action {
        case .none: return [.tell(CheckNews(number, .failing))]
        case .unready: return [.tell(CheckNews(number, .unready))]
        case .restart: break
        }
        guard !isLimited, mayRestart(now) else {
            isLimited = true
            return [.tell(CheckNews(number, .limited))]
        }
        restarts.append(now.monotonic)
        let news = CheckAction.tell(CheckNews(number, .restarting))
        guard policy.writesCore else { return [news, .restart] }
        let actions = [news] + stopAsking() + [.writeCore(pid: run.pid)]
        isWritingCore = true
        return actions
    }

    /// Whether the limit allows one more restart; forgets those that are of no account any more.
    private mutating func mayRestart(_ now: Moment) -> Bool {
        restarts.removeAll { now.monotonic - $0 >= policy.restartLimit.windowNanoseconds }
        return restarts.count < policy.restartLimit.burst
    }

    private mutating func coreWritten() -> [CheckAction] {
        guard isWritingCore else { return [] }
        isWritingCore = false
        return [.restart]
    }
}

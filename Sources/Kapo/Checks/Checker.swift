import Host
import Loop

/// Asks servers: so many at a time, each within a time, the same question once for all who ask meanwhile, and keeps
/// the answers for a while.
package final class Checker {
    /// What a checker may do.
    package struct Limits: Equatable, Sendable {
        /// Checks that wait for their turn; a further one is answered at once.
        package static let waiting = 16384
        /// Connections at most that nobody uses, and that are kept for checks to come.
        package static let kept = 128

        /// Nanoseconds from the question to the answer, the wait for a turn included.
        package var timeout: Int64
        /// Checks under way at once.
        package var running: Int
        /// Nanoseconds that an answer is kept; 0 for not at all.
        package var cacheTime: Int64
        /// The same for the answer of a check that did not pass.
        package var failureCacheTime: Int64
        /// Nanoseconds that a connection to an HTTP server is used by one check after the other; 0 for a new one each.
        package var keepAlive: Int64

        /// These limits.
        package init(
            timeout: Int64, running: Int, cacheTime: Int64, failureCacheTime: Int64, keepAlive: Int64 = 0
        ) {
            self.timeout = timeout
            self.running = running
            self.cacheTime = cacheTime
            self.failureCacheTime = failureCacheTime
            self.keepAlive = keepAlive
        }
    }

    private static let farewell = "The proxy is about to end"
    /// Late checks that are ended in one round of the loop: others are served between.
    private static let lateAtOnce = 8
    /// A check that has no more time than that left is not begun: it would only be ended again.
    private static let leastTime: Int64 = 25_000_000

    package private(set) var limits: Limits
    package private(set) var counters = CheckCounters()
    /// Checks under way.
    package private(set) var running = 0
    /// Checks that wait for their turn.
    package private(set) var waiting = 0
    /// Called when an answer that was kept is not good any more, before its time.
    package var whenDropped: (() -> Void)?

    private let loop: EventLoop
    private var means: CheckMeans
    private var cache = CheckCache()
    /// Nil when each check has a connection of its own.
    private var kept: KeptSockets?
    /// The newest flight for each question: who asks the same joins it.
    private var flights: [CheckQuestion: CheckFlight] = [:]
    /// All flights in the order of their deadlines.
    private var all = LinkedList<CheckFlight>()
    /// Those that wait for their turn, and some that did: the first is at `turn`.
    private var queue: [CheckFlight] = []
    private var turn = 0
    private lazy var timer = Timer(loop) { [unowned self] in endLate() }
    private var isTimerSet = false
    private var isFinished = false

    /// A checker that has asked nothing yet.
    package init(_ loop: EventLoop, _ means: CheckMeans, _ limits: Limits) {
        self.loop = loop
        self.means = means
        self.limits = limits
        kept = Self.kept(loop, limits)
    }

    private static func kept(_ loop: EventLoop, _ limits: Limits) -> KeptSockets? {
        limits.keepAlive > 0 ? KeptSockets(loop, time: limits.keepAlive) : nil
    }

    /// Asks by these means from now on, and keeps nothing that was found out by others.
    package func change(_ means: CheckMeans, _ limits: Limits) {
        (self.means, self.limits) = (means, limits)
        kept = Self.kept(loop, limits)
        // What is under way is for those who wait for it. What waits for its turn will be asked by the new means.
        flights = flights.filter { $1.check == nil }
        cache.forget()
        whenDropped?()
        beginWaiting()
    }

    /// Asks nobody any more: all who wait are told so at once, and who asks from now on.
    package func finish() {
        isFinished = true
        // Ends: each turn takes a flight away, and those that come meanwhile are refused in a later round.
        for flight in all.filter({ !($0.check is Refusal) }) {
            flight.check?.cancel()
            end(flight, .failed(Self.farewell))
        }
    }

    /// What the cache has been used for.
    package var cacheCounters: CheckCacheCounters { cache.counters }

    /// Answers that are kept.
    package var cachedCount: Int { cache.count }

    /// The answer that is kept, and the monotonic time until which it is good; nil when there is none.
    package func kept(_ question: CheckQuestion) -> (answer: CheckAnswer, expiresAt: Int64)? {
        cache.answer(to: question, at: Clock.monotonic)
    }

    /// Counts an answer that is kept and was given again without the cache being asked.
    package func countReplay() { cache.countReplay() }

    /// Finds out, and calls `whenKnown` once, from the loop and not before this returns. If the question is asked
    /// anew, no check that was begun before will do, and what is kept is passed over.
    package func ask(_ question: CheckQuestion, anew: Bool, _ whenKnown: @escaping (CheckAnswer) -> Void) {
        if anew, cache.passOver(question) { whenDropped?() }
        if !anew, let flight = flights[question] { return flight.waiters.append(whenKnown) }
        let flight = CheckFlight(question, askedAt: Clock.monotonic, timeout: limits.timeout)
        flight.waiters = [whenKnown]
        flights[question] = flight
        line(up: flight)
        if isFinished {
            refuse(flight, Self.farewell)
        } else if running < limits.running {
            begin(flight)
        } else if waiting < Limits.waiting {
            waiting += 1
            queue.append(flight)
        } else {
            refuse(flight, "Too many checks wait for their turn")
        }
    }

    // MARK: Flights

    private func begin(_ flight: CheckFlight) {
        let check = flight.question.check(loop, means, kept) { [unowned self, unowned flight] in conclude(flight, $0) }
        guard let check else { return refuse(flight, "Port \(flight.question.port) cannot be connected to") }
        running += 1
        flight.check = check
        check.start()
    }

    /// Concludes a flight that never begins, in another round of the loop.
    private func refuse(_ flight: CheckFlight, _ text: String) {
        let refusal = Refusal(loop) { [unowned self, unowned flight] in conclude(flight, .failed(text)) }
        running += 1
        flight.isRefused = true
        flight.check = refusal
        refusal.start()
    }

    private func conclude(_ flight: CheckFlight, _ outcome: CheckOutcome) {
        end(flight, outcome)
        beginWaiting()
    }

    private func end(_ flight: CheckFlight, _ outcome: CheckOutcome) {
        flight.isOver = true
        if flight.check == nil { waiting -= 1 } else { running -= 1 }
        flight.check = nil
        all.remove(flight)
        counters.count(flight.question.kind, outcome.verdict, nanoseconds: Clock.monotonic - flight.askedAt)
        let answer = CheckAnswer(outcome)
        // An older flight than the newest has nothing to say to those who ask from now on.
        if let index = flights.index(forKey: flight.question), flights[index].value === flight {
            flights.remove(at: index)
            if !flight.isRefused { keep(answer, to: flight.question) }
        }
        for waiter in flight.waiters { waiter(answer) }
    }

    private func keep(_ answer: CheckAnswer, to question: CheckQuestion) {
        let time = answer.verdict == .passed ? limits.cacheTime : limits.failureCacheTime
        guard time > 0 else { return }
        cache.keep(answer, to: question, until: Clock.monotonic + time)
    }

    /// Gives their turn to those that wait, unless they have hardly any time left.
    private func beginWaiting() {
        let now = Clock.monotonic
        // Ends: each turn of the loop takes one out of the queue, or is the last.
        while running < limits.running, turn < queue.count {
            let flight = queue[turn]
            if !flight.isOver {
                // Those behind it have more time; they get their turn when this one has ended.
                if flight.deadline - now < min(Self.leastTime, limits.timeout / 2) { return }
                waiting -= 1
                begin(flight)
            }
            turn += 1
        }
        if turn > queue.count / 2 {
            queue.removeFirst(turn)
            turn = 0
        }
    }

    // MARK: Deadlines

    /// Puts it where it belongs: behind all others, but for those that were given more time before that was changed.
    private func line(up flight: CheckFlight) {
        var before = all.last
        while let other = before, other.deadline > flight.deadline { before = other.previous }
        all.insert(flight, behind: before)
        if all.first === flight { isTimerSet = false }
        setTimer()
    }

    private func setTimer() {
        guard !isTimerSet, let first = all.first else { return }
        isTimerSet = true
        timer.set(afterNanoseconds: first.deadline - Clock.monotonic)
    }

    private func endLate() {
        isTimerSet = false
        let now = Clock.monotonic
        var ended = 0
        while let flight = all.first, flight.deadline <= now, ended < Self.lateAtOnce {
            flight.check?.cancel()
            end(flight, .late(flight.question.kind, after: now - flight.askedAt))
            ended += 1
        }
        setTimer()
        beginWaiting()
    }
}

/// Tells that there is no check.
private final class Refusal: RunningCheck {
    private var timer: Timer?

    init(_ loop: EventLoop, _ handler: @escaping () -> Void) { timer = Timer(loop, handler) }

    func start() { timer?.set(afterNanoseconds: 0) }

    func cancel() { timer = nil }
}

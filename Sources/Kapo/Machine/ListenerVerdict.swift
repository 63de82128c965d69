/// What follows when the page that httpok asks for was good, or was not. It counts; whoever has it acts.
package struct ListenerVerdict: Equatable, Sendable {
    /// When something follows at all.
    package struct Policy: Equatable, Sendable {
        /// How many failures in a row are followed by an act; 1 at least.
        package var fall = 1
        /// For so long after the start of a process no failure counts, unless the page has been good since.
        package var graceNanoseconds: Int64 = 0
        /// As many acts as a window of time may have; nil for any number.
        package var limit: Limit?

        /// An act for each failure.
        package init() {}
    }

    /// Acts in a window of time.
    package struct Limit: Equatable, Sendable {
        /// 1 at least.
        package var most: Int
        package var windowNanoseconds: Int64

        /// At most that many acts in any window of that length.
        package init(most: Int, windowNanoseconds: Int64) {
            (self.most, self.windowNanoseconds) = (most, windowNanoseconds)
        }
    }

    /// What follows a failure.
    package enum Step: Equatable, Sendable {
        /// Nothing: a process has only just started.
        case grace
        /// Nothing yet: it is that many of those in a row.
        case counted(Int)
        case act
        /// Nothing, because there were enough acts. `isNew` is false if the one before was refused too.
        case refuse(isNew: Bool)
    }

    private let policy: Policy
    private var failures = 0
    /// When the page was last good, on the monotonic clock.
    private var goodAt: Int64?
    /// When there were acts, the oldest first; no more than the limit has.
    private var acts: [Int64] = []
    private var isRefusing = false

    /// Nothing has been asked.
    package init(_ policy: Policy) {
        precondition(policy.fall > 0 && policy.limit.map { $0.most > 0 } ?? true, "\(policy) allows nothing")
        self.policy = policy
    }

    /// True when it depends on the ages of processes what follows a failure.
    package var hasGrace: Bool { policy.graceNanoseconds > 0 }

    /// The page was good at that monotonic time.
    package mutating func passed(at now: Int64) {
        failures = 0
        goodAt = now
        isRefusing = false
    }

    /// The page was not good at that monotonic time. `ages` are the nanoseconds that the processes behind it have been
    /// running for.
    package mutating func failed(at now: Int64, ages: [Int64]) -> Step {
        if let age = ages.min(), age < policy.graceNanoseconds, !wasGood(within: age, of: now) {
            failures = 0
            return .grace
        }
        failures += 1
        guard failures >= policy.fall else { return .counted(failures) }
        failures = 0
        guard allows(at: now) else {
            defer { isRefusing = true }
            return .refuse(isNew: !isRefusing)
        }
        isRefusing = false
        return .act
    }

    private func wasGood(within age: Int64, of now: Int64) -> Bool { goodAt.map { now - $0 < age } ?? false }

    private mutating func allows(at now: Int64) -> Bool {
        guard let limit = policy.limit else { return true }
        acts.removeAll { now - $0 >= limit.windowNanoseconds }
        guard acts.count < limit.most else { return false }
        acts.append(now)
        return true
    }
}

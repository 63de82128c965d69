import Loop

/// The answers of checks, each for a time; the one that was used longest ago goes when there are too many.
struct CheckCache {
    /// Answers at most.
    static let mostKeys = 10_000
    /// Bytes of questions and bodies at most: with small ones `mostKeys` is the bound, and large ones cannot fill the
    /// memory.
    static let mostBytes = 8 << 20

    /// An answer that is kept.
    private final class Entry: LinkedElement {
        let question: CheckQuestion
        var answer: CheckAnswer
        /// Monotonic time.
        var expiresAt: Int64
        /// What it takes of `mostBytes`.
        let bytes: Int
        var next: Entry?
        var previous: Entry?

        init(_ question: CheckQuestion, _ answer: CheckAnswer, _ expiresAt: Int64) {
            self.question = question
            self.answer = answer
            self.expiresAt = expiresAt
            bytes = question.bytes + answer.bytes
        }
    }

    private var entries: [CheckQuestion: Entry] = [:]
    /// The one that was used longest ago first.
    private var order = LinkedList<Entry>()
    private var bytes = 0
    private let mostKeys: Int
    private let mostBytes: Int
    /// What it has been used for.
    private(set) var counters = CheckCacheCounters()

    /// An empty one.
    init(mostKeys: Int = Self.mostKeys, mostBytes: Int = Self.mostBytes) {
        (self.mostKeys, self.mostBytes) = (mostKeys, mostBytes)
    }

    var count: Int { entries.count }

    /// The answer to that question, and until when it is good; nil when none is kept, or when its time is up.
    mutating func answer(to question: CheckQuestion, at now: Int64) -> (answer: CheckAnswer, expiresAt: Int64)? {
        counters.gets += 1
        guard let entry = entries[question] else {
            counters.misses += 1
            return nil
        }
        guard now < entry.expiresAt else {
            remove(entry)
            counters.expirations += 1
            counters.misses += 1
            return nil
        }
        counters.hits += 1
        order.remove(entry)
        order.append(entry)
        return (entry.answer, entry.expiresAt)
    }

    /// A question that asks past what is kept: hacheck throws that away, and counts it as a miss. True when there was
    /// something.
    mutating func passOver(_ question: CheckQuestion) -> Bool {
        counters.gets += 1
        counters.misses += 1
        guard let entry = entries[question] else { return false }
        remove(entry)
        counters.expirations += 1
        return true
    }

    /// An answer that is kept was given again without the cache being asked.
    mutating func countReplay() {
        counters.gets += 1
        counters.hits += 1
    }

    /// Keeps an answer until that monotonic time.
    mutating func keep(_ answer: CheckAnswer, to question: CheckQuestion, until expiresAt: Int64) {
        if let entry = entries[question] { remove(entry) }
        let entry = Entry(question, answer, expiresAt)
        entries[question] = entry
        order.append(entry)
        bytes += entry.bytes
        counters.sets += 1
        // Ends: each turn takes one away, and the last is not.
        while entries.count > mostKeys || bytes > mostBytes, let oldest = order.first, oldest !== entry {
            remove(oldest)
        }
    }

    /// Keeps nothing any more.
    mutating func forget() {
        // Ends: each turn takes one away.
        while let oldest = order.first { remove(oldest) }
    }

    private mutating func remove(_ entry: Entry) {
        entries[entry.question] = nil
        order.remove(entry)
        bytes -= entry.bytes
    }
}

/// What a cache has been used for, by hacheck's names.
package struct CheckCacheCounters: Equatable, Sendable {
    package var gets: UInt64 = 0
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    package var sets: UInt64 = 0
    /// Answers that were there, and too old or not wanted.
    package var expirations: UInt64 = 0

    /// Nothing yet.
    package init() {}
}

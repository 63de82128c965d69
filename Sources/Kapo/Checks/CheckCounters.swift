/// What checks have come to so far.
package struct CheckCounters: Equatable, Sendable {
    /// The upper bounds of the histogram of a check's time, in nanoseconds; longer ones are in none of them.
    package static let bounds: [Int64] = [
        1_000_000, 5_000_000, 25_000_000, 100_000_000, 500_000_000, 1_000_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// Checks of one kind.
    package struct OfKind: Equatable, Sendable {
        package private(set) var passed: UInt64 = 0
        package private(set) var failed: UInt64 = 0
        package private(set) var timeout: UInt64 = 0
        /// How many took no longer than each bound, and longer than the one before.
        package private(set) var buckets = [UInt64](repeating: 0, count: CheckCounters.bounds.count)
        /// The time of all together, in nanoseconds.
        package private(set) var nanoseconds: Int64 = 0

        fileprivate mutating func count(_ verdict: CheckOutcome.Verdict, _ time: Int64) {
            switch verdict {
            case .passed: passed += 1
            case .failed: failed += 1
            case .timeout: timeout += 1
            }
            nanoseconds += time
            if let bucket = CheckCounters.bounds.firstIndex(where: { time <= $0 }) { buckets[bucket] += 1 }
        }
    }

    private var kinds: [CheckQuestion.Kind: OfKind] = [:]

    /// Nothing yet.
    package init() {}

    /// The checks of that kind.
    package subscript(kind: CheckQuestion.Kind) -> OfKind { kinds[kind] ?? OfKind() }

    /// Counts one that took so long, the wait for its turn included.
    mutating func count(_ kind: CheckQuestion.Kind, _ verdict: CheckOutcome.Verdict, nanoseconds: Int64) {
        kinds[kind, default: OfKind()].count(verdict, nanoseconds)
    }
}

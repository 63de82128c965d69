/// How a check came out.
package struct CheckResult: Equatable, Sendable {
    package var hasPassed: Bool
    /// Why not, or what the check says of a success; for people, on one line.
    package var words: String
    /// The beginning of what a command wrote; nil when it was no command.
    package var output: String?
    /// Nanoseconds that it took.
    package var latency: Int64

    /// That result.
    package init(hasPassed: Bool, words: String, output: String? = nil, latency: Int64) {
        self.hasPassed = hasPassed
        self.words = words
        self.output = output
        self.latency = latency
    }
}

/// What is known of one check of a command.
package struct CheckStanding: Equatable, Sendable {
    package enum Verdict: String, CaseIterable, Sendable {
        /// Nothing that counts is known of this run yet.
        case pending
        case passing, failing
    }

    /// What is asked, as somebody wrote it.
    package let name: String
    package internal(set) var verdict = Verdict.pending
    /// Results so far, of all runs, whether they counted or not.
    package internal(set) var passed = 0
    package internal(set) var failed = 0
    /// The last result, and the wall time at which it came, in nanoseconds since 1970; nil before there is one.
    package internal(set) var last: CheckResult?
    package internal(set) var lastAt: Int64?

    /// A check of that name that has not been made.
    package init(name: String) {
        self.name = name
    }
}

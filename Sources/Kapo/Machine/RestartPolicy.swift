/// When `supervise` starts a command again, and how soon.
package struct RestartPolicy: Equatable, Sendable {
    /// Which ends are followed by a start.
    package enum When: String, CaseIterable, Sendable {
        /// Each.
        case always
        /// Those that count as failures.
        case onFailure = "on-failure"
        /// Those by a signal, by a time limit and by want of resources, not those by an exit code.
        case onAbnormal = "on-abnormal"
        /// None.
        case never
    }

    /// What follows when the command is not to be started again and its last end was a failure.
    package enum OnFailed: String, CaseIterable, Sendable {
        /// Kapo ends with the last code, and never with 0.
        case exit
        /// Kapo stays, and reports the failure.
        case hold
    }

    /// Starts in a window of time.
    package struct StartLimit: Equatable, Sendable {
        /// As many starts as the window may have; 1 at least.
        package var burst: Int
        package var windowNanoseconds: Int64

        /// At most `burst` starts in any window of that length.
        package init(burst: Int, windowNanoseconds: Int64) {
            self.burst = burst
            self.windowNanoseconds = windowNanoseconds
        }
    }

    package var when = When.always
    package var success = SuccessExits()
    /// Nanoseconds between an end and the next start.
    package var waitNanoseconds: Int64
    /// What the wait is multiplied by after each further failure; 1 at least.
    package var backoff = 1.0
    /// The longest that the wait grows to, in nanoseconds.
    package var longestWaitNanoseconds: Int64 = 300_000_000_000
    /// A run that lasted this long makes the failures and starts before it forgotten.
    package var stableNanoseconds: Int64 = 10_000_000_000
    package var startLimit: StartLimit?
    package var onFailed = OnFailed.exit

    /// Always, after that many nanoseconds.
    package init(waitNanoseconds: Int64) {
        self.waitNanoseconds = waitNanoseconds
    }

    /// Whether that end counts as one that should not have been.
    func isFailure(_ ended: EndedRun) -> Bool {
        switch ended.cause {
        case .ttlExpired, .asked, .ordered: false
        case .notReady, .hung, .unhealthy: true
        case .byItself: !success.contains(ended.status)
        }
    }

    /// Whether a run that ended so is followed by a start. One whose time to live is over always is, but for `never`.
    func restarts(_ ended: EndedRun) -> Bool {
        switch when {
        case .always: true
        case .never: false
        case .onFailure: ended.cause == .ttlExpired || isFailure(ended)
        case .onAbnormal: ended.cause == .ttlExpired || isFailure(ended) && ended.isAbnormal
        }
    }

    /// Nanoseconds to wait after that many failures since the last stable run. A wait that grows is shortened by up to
    /// a tenth at random, so that many Kapos do not start their commands at once.
    func wait(afterFailures failures: Int, using random: inout RandomSequence) -> Int64 {
        guard backoff > 1, failures > 0, waitNanoseconds > 0 else { return waitNanoseconds }
        let longest = max(longestWaitNanoseconds, waitNanoseconds)
        var wait = Double(waitNanoseconds)
        // Ends: each turn multiplies by more than 1, or is the last one of as many as there were failures.
        for _ in 1..<failures where wait < Double(longest) { wait *= backoff }
        // Not every Int64 is a Double: the longest wait is taken as it is.
        let whole = wait < Double(longest) ? Int64(wait) : longest
        return whole - Int64.random(in: 0...whole / 10, using: &random)
    }
}

extension EndedRun {
    /// True when a signal or a time limit ended it, and not an exit code.
    fileprivate var isAbnormal: Bool { cause != .byItself || status.signal != 0 }
}

/// The ends that count as a success.
package struct SuccessExits: Equatable, Sendable {
    package var codes: Set<Int32> = [0]
    package var signals: Set<Int32> = []

    /// Exit code 0 alone.
    package init() {}

    /// Whether it ended in one of these ways.
    func contains(_ status: ExitStatus) -> Bool {
        switch status {
        case .exited(let code): codes.contains(code)
        case .signalled(let number): signals.contains(number)
        case .unknown: true
        }
    }
}

/// Numbers that look random and follow from the seed: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
/// number generators", 2014), so that a machine is a value like any other.
package struct RandomSequence: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    /// The sequence of that seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}

/// A TCP port, 0 to 65535.
package struct Port: Setting, Equatable {
    package var number: UInt16

    /// That port.
    package init(_ number: UInt16) {
        self.number = number
    }

    /// Reads decimal digits.
    package init(text: String) throws(SettingError) {
        guard let number = UInt16(digits: text) else {
            throw .notAllowed(text, "a port: a whole number from 0 to 65535, where 0 lets the kernel choose")
        }
        self.number = number
    }
}

/// A switch in the environment.
package struct Switch: Setting, Equatable {
    package var isOn: Bool

    /// Reads the words that Go's strconv.ParseBool reads, as the original did.
    package init(text: String) throws(SettingError) {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": isOn = true
        case "0", "f", "F", "FALSE", "false", "False": isOn = false
        default:
            throw .notAllowed(text, "a switch: 1, t, T, TRUE, true or True; 0, f, F, FALSE, false or False")
        }
    }
}

/// A length of time in seconds, fractions allowed, 0 to 1,000,000,000 (31 years).
package struct Seconds: Setting, Equatable {
    package static let longest: Int64 = 1_000_000_000

    package var nanoseconds: Int64

    /// That many whole seconds.
    package init(_ seconds: Int64) {
        nanoseconds = seconds * 1_000_000_000
    }

    /// That many thousandths.
    package init(milliseconds: Int64) {
        nanoseconds = milliseconds * 1_000_000
    }

    /// Reads `5`, `0.25` or `.5`; digits after the ninth are dropped.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count == 2 ? parts[1] : "0"
        let isEmpty = whole.isEmpty && (parts.count == 1 || fraction.isEmpty)
        guard !isEmpty,
            let seconds = Int64(digits: whole.isEmpty ? "0" : String(whole)), seconds <= Self.longest,
            let nanoseconds = Self.nanoseconds(ofFraction: fraction), seconds < Self.longest || nanoseconds == 0
        else {
            throw .notAllowed(text, "a number of seconds from 0 to 1000000000; fractions such as 0.5 are allowed")
        }
        self.nanoseconds = seconds * 1_000_000_000 + nanoseconds
    }

    private static func nanoseconds(ofFraction digits: Substring) -> Int64? {
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        let nine = digits.prefix(9)
        return Int64(digits: nine + String(repeating: "0", count: 9 - nine.count))
    }
}

/// The time between two looks at the process list: as `Seconds`, 0.1 at least, so that it cannot spin.
package struct Interval: Setting, Equatable {
    package var nanoseconds: Int64

    /// That many whole seconds; above 0.
    package init(_ seconds: Int64) {
        nanoseconds = Seconds(seconds).nanoseconds
    }

    /// Reads what `Seconds` reads.
    package init(text: String) throws(SettingError) {
        guard let seconds = try? Seconds(text: text), seconds.nanoseconds >= 100_000_000 else {
            throw .notAllowed(text, "a number of seconds from 0.1 to 1000000000; fractions are allowed")
        }
        nanoseconds = seconds.nanoseconds
    }
}

/// A time to live in whole seconds, or a range to draw one from; 0 is none.
package struct TimeToLive: Setting, Equatable {
    package var range: ClosedRange<Int64>

    /// No time to live.
    package static let none = TimeToLive(range: 0...0)

    private init(range: ClosedRange<Int64>) {
        self.range = range
    }

    /// Reads `30` or `10-30`.
    package init(text: String) throws(SettingError) {
        let bounds = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { Int64(digits: String($0)) ?? -1 }
        guard let first = bounds.first, let last = bounds.last, first >= 0, first <= last, last <= Seconds.longest
        else {
            throw .notAllowed(
                text, "a time to live: whole seconds from 0 to 1000000000, or a range such as 10-30 to draw one from")
        }
        range = first...last
    }
}

/// The pid of a process, 1 to 4194304 (the kernel's PID_MAX_LIMIT).
package struct ProcessID: Setting, Equatable {
    package var number: Int32

    /// Reads decimal digits.
    package init(text: String) throws(SettingError) {
        guard let number = Int32(digits: text), 1...4_194_304 ~= number else {
            throw .notAllowed(text, "a process id: a whole number from 1 to 4194304")
        }
        self.number = number
    }
}

extension FixedWidthInteger {
    /// Decimal digits and nothing else: no sign, no space.
    init?(digits: some StringProtocol) {
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        self.init(digits, radix: 10)
    }
}

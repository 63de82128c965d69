/// A wall time as the document shows it: RFC 3339 in UTC, up to nine fractional digits, trailing zeros dropped.
///
/// `2017-03-02T18:20:28.762060588Z`, `2017-03-02T18:20:28.5Z`, `2017-03-02T18:20:28Z`. It is the format of Go's
/// `time.RFC3339Nano`, which the original used.
package enum Timestamp {
    /// Shown for a time that has not come: the zero value of Go's `time.Time`.
    package static let never = "0001-01-01T00:00:00Z"

    /// The text for `nanoseconds` since 1970-01-01T00:00:00Z; any value that fits in 64 bits (years 1677 to 2262).
    package static func text(nanoseconds: Int64) -> String {
        var text = String(wholeSeconds(nanoseconds).dropLast())
        let fraction = remainder(nanoseconds, 1_000_000_000)
        if fraction != 0 {
            let digits = String(fraction)
            let padded = String(repeating: "0", count: 9 - digits.count) + digits
            text += "." + String(padded.reversed().drop { $0 == "0" }.reversed())
        }
        return text + "Z"
    }

    /// The same without a fraction, rounded down, as log lines have it.
    package static func wholeSeconds(_ nanoseconds: Int64) -> String {
        let seconds = quotient(nanoseconds, 1_000_000_000)
        let (year, month, day) = date(daysSince1970: quotient(seconds, 86400))
        let second = remainder(seconds, 86400)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
            + "T\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))Z"
    }

    /// Year, month and day of the proleptic Gregorian calendar, by Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html): eras of 400 years that begin on the first of March.
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = quotient(shifted, 146_097)
        let dayOfEra = remainder(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Division that rounds towards minus infinity, and its remainder, which is never negative.
    private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let remainder = value % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

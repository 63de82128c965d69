/// Times as RFC 3339 writes them: `2026-11-26T21:00:00Z`, `2026-11-26t22:00:00.5+01:00`.
enum RFC3339 {
    /// Seconds since 1970 of a time from 1970 to 9999; nil for anything else, and for a leap second.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        // `2026-11-26T21:00:00`, and what says where it is that time.
        guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"),
            let date = numbers(bytes[..<10], widths: [4, 2, 2], UInt8(ascii: "-")),
            let time = numbers(bytes[11..<19], widths: [2, 2, 2], UInt8(ascii: ":")),
            date[0] >= 1, 1...12 ~= date[1], 1...daysOfMonth(date[0], date[1]) ~= date[2],
            time[0] <= 23, time[1] <= 59, time[2] <= 59,
            let (fraction, zone) = fraction(bytes[19...]), let offset = offset(zone)
        else { return nil }
        let seconds =
            daysSince1970(date[0], date[1], date[2]) * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - offset
        return seconds >= 0 ? Double(seconds) + fraction : nil
    }

    /// Numbers of these widths, with that between them.
    private static func numbers(_ bytes: ArraySlice<UInt8>, widths: [Int], _ separator: UInt8) -> [Int]? {
        let parts = bytes.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.count) == widths else { return nil }
        let numbers = parts.compactMap { Int(digits: String(decoding: $0, as: UTF8.self)) }
        return numbers.count == widths.count ? numbers : nil
    }

    /// The fraction of a second, 0 if there is none, and what follows it.
    private static func fraction(_ bytes: ArraySlice<UInt8>) -> (Double, ArraySlice<UInt8>)? {
        guard bytes.first == UInt8(ascii: ".") else { return (0, bytes) }
        let digits = bytes.dropFirst().prefix { 0x30...0x39 ~= $0 }
        guard 1...30 ~= digits.count, let fraction = Double("0." + String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        return (fraction, bytes[digits.endIndex...])
    }

    /// Seconds east of Greenwich.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.count == 1 { return bytes.first.map { $0 | 0x20 } == UInt8(ascii: "z") ? 0 : nil }
        guard let numbers = numbers(bytes.dropFirst(), widths: [2, 2], UInt8(ascii: ":")), numbers[0] <= 23,
            numbers[1] <= 59
        else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60
        switch bytes.first {
        case UInt8(ascii: "+"): return seconds
        case UInt8(ascii: "-"): return -seconds
        default: return nil
        }
    }

    private static func daysOfMonth(_ year: Int, _ month: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Howard Hinnant's `days_from_civil` (https://howardhinnant.github.io/date_algorithms.html), from the year 1 on:
    /// years begin on the first of March, so that the day that some of them have is their last.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

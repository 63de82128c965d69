/// When a downtime is to end: at a time, or so long after it began.
package enum SpoolExpiration: Setting, Equatable {
    /// Seconds since 1970.
    case at(Double)
    /// Seconds from now; above 0.
    case after(Double)

    /// The end of the year 9999, in seconds since 1970.
    static let latest: Double = 253_402_300_800

    /// Reads `1565214667.5`, `2h`, `+1d12h` or `2026-11-26T21:00:00Z`.
    package init(text: String) throws(SettingError) {
        guard let time = Self.unixTime(text) ?? Self.length(text) ?? RFC3339.seconds(text).map(Self.at) else {
            throw .notAllowed(
                text,
                "a time to end at: seconds since 1970 such as 1565214667, a length such as 30m, 2h or 1d12h (of w, d, "
                    + "h, m and s, above 0), or a time such as 2026-11-26T21:00:00Z, up to the year 9999")
        }
        self = time
    }

    /// The time that is meant when it is said at `now`, in seconds since 1970.
    package func time(at now: Double) -> Double {
        switch self {
        case .at(let time): time
        case .after(let seconds): now + seconds
        }
    }

    private static func unixTime(_ text: String) -> SpoolExpiration? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ UInt8(digits: $0.prefix(1)) != nil && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            let time = Double(text), time < latest
        else { return nil }
        return .at(time)
    }

    /// Each unit at most once, the larger ones first, as people say it.
    private static func length(_ text: String) -> SpoolExpiration? {
        var rest = text.hasPrefix("+") ? text.dropFirst() : text[...]
        var seconds: Int64 = 0
        for (letter, unit) in [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, rest[digits.endIndex...].hasPrefix(letter) else { continue }
            guard let number = Int64(digits: digits), number <= Seconds.longest else { return nil }
            seconds += number * unit
            rest = rest[digits.endIndex...].dropFirst()
        }
        return rest.isEmpty && 1...Seconds.longest ~= seconds ? .after(Double(seconds)) : nil
    }
}

import Host

/// Kapo itself stood still: it was stopped, or its host had no time for it. What was to come meanwhile may be there.
package enum Standstill {
    /// Nanoseconds beyond the time for which a timer was set that no loop at work takes.
    private static let least: Int64 = 1_000_000_000

    package static let words = "Kapo itself stood still meanwhile"

    /// True when a timer that was set for that monotonic time is so late.
    package static func isMeant(by time: Int64) -> Bool { Clock.monotonic - time > least }
}

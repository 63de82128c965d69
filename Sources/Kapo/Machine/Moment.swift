/// A point in time on both of the clocks that Kapo uses. It always comes in as an argument: no machine reads a clock.
package struct Moment: Equatable, Sendable {
    /// Nanoseconds on the monotonic clock. Deadlines are computed with it.
    package var monotonic: Int64
    /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds aside. Only documents show it.
    package var wall: Int64

    /// Both clocks, read together.
    package init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// The monotonic deadline that lies `nanoseconds` after this moment; never wraps around.
    func deadline(after nanoseconds: Int64) -> Int64 {
        let (sum, overflow) = monotonic.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }

    /// The monotonic deadline that lies `seconds` after this moment; never wraps around.
    func deadline(afterSeconds seconds: Int64) -> Int64 {
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : deadline(after: nanoseconds)
    }
}

import Glibc

/// The kernel's clocks, in nanoseconds.
package enum Clock {
    /// The monotonic clock: for deadlines.
    package static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// The time of day, since 1970-01-01T00:00:00Z: for documents.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// The time since the system was booted, with that in which it slept: what the starts of processes are told in.
    package static var sinceBoot: Int64 { read(CLOCK_BOOTTIME) }

    /// The wall time at which the system was booted, as precise as both clocks are.
    package static var bootWall: Int64 { read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME) }

    /// A clock tick of proc(5), in nanoseconds: 10 ms as a rule.
    static let tickNanoseconds = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))

    /// The wall time at so many ticks after boot; that of the boot when no such time can be.
    static func wall(ofTicks ticks: UInt64, boot: Int64 = bootWall) -> Int64 {
        let sinceBoot = Int64(clamping: ticks).multipliedReportingOverflow(by: tickNanoseconds)
        return sinceBoot.overflow ? boot : boot + sinceBoot.partialValue
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // The struct lives through the call, which fills it; these clocks always exist.
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

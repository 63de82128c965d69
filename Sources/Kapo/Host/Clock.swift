import Glibc

/// The kernel's clocks, in nanoseconds.
package enum Clock {
    /// The monotonic clock: for deadlines.
    package static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// The time of day, since 1970-01-01T00:00:00Z: for documents.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// The wall time at which the system was booted, as precise as both clocks are.
    package static var bootWall: Int64 { read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // The struct lives through the call, which fills it; these clocks always exist.
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

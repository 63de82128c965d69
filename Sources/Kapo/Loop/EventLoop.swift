import CLibevent

/// The one loop: libevent's event_base.
@safe package final class EventLoop {
    /// What libevent could not do; there is nothing that a user could change about it.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    let base: OpaquePointer

    /// A loop that nothing is registered with. The environment cannot change how it works (`EVENT_NOEPOLL` and such).
    package init() throws(Failure) {
        // Without this libevent prints its warnings to standard error, in a format of its own and without a bound.
        unsafe event_set_log_callback { _, _ in }
        guard let config = unsafe event_config_new() else { throw Failure(description: "libevent: no memory") }
        defer { unsafe event_config_free(config) }
        unsafe event_config_set_flag(config, Int32(EVENT_BASE_FLAG_IGNORE_ENV.rawValue))
        guard let base = unsafe event_base_new_with_config(config) else {
            throw Failure(description: "libevent: no event base (is epoll available?)")
        }
        unsafe self.base = base
    }

    deinit { unsafe event_base_free(base) }

    /// The second of the epoch that it is, as of this round of the loop. No clock is asked.
    var second: Int {
        var time = timeval()
        unsafe event_base_gettimeofday_cached(base, &time)
        return time.tv_sec
    }

    /// Waits for events and calls their handlers until `stop`.
    package func run() {
        unsafe event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY)
    }

    /// Lets `run` return after the handler that runs now.
    package func stop() {
        unsafe event_base_loopbreak(base)
    }
}

extension timeval {
    /// The time, rounded up to the next microsecond: a timer may be late, never early.
    init(nanoseconds: Int64) {
        let microseconds = (max(0, nanoseconds) + 999) / 1000
        self.init(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}

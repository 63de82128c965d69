import CLibevent

/// Calls a handler once, some time after it was set.
@safe package final class Timer {
    private let loop: EventLoop
    private var event: OpaquePointer?
    private let handler: () -> Void

    /// A timer that is not set.
    package init(_ loop: EventLoop, _ handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        // Unretained: `deinit` frees the event before the object is gone.
        unsafe event = unsafe event_new(
            loop.base, -1, 0, { _, _, context in unsafe Timer.from(context).fire() },
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { if let event = unsafe event { unsafe event_free(event) } }

    /// Sets it to fire after `nanoseconds`, in place of any time it was set to.
    package func set(afterNanoseconds nanoseconds: Int64) {
        var time = timeval(nanoseconds: nanoseconds)
        // libevent reckons from the time at which this round of the loop began; a handler may have been at work since.
        unsafe event_base_update_cache_time(loop.base)
        unsafe event_add(event, &time)
    }

    /// Unsets it.
    package func cancel() {
        unsafe event_del(event)
    }

    private func fire() { handler() }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Timer {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a timer") }
        return unsafe Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue()
    }
}

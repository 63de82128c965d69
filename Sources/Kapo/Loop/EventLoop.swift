import CLibevent

/// The one loop: libevent's event_base.
@safe package final class EventLoop {
    /// What libevent could not do; there is nothing that a user could change about it.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    let base: OpaquePointer
    /// Bytes that are read from a connection at once: more than a request of any browser.
    static let readBytes = 16384
    /// Where each connection of each HTTP server reads to: one buffer for all of them, because one thread reads. What
    /// is in it counts until that read is dealt with, and until then nothing may read from another connection.
    let inputBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: EventLoop.readBytes, alignment: 8)
    /// Descriptor numbers below this one have been seen by libevent.
    private var known: Int32 = 0
    /// Where bytes are between a descriptor and what takes them: allocated when it is first needed, and for one handler
    /// at a time.
    private(set) lazy var passage = Passage()

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

    deinit {
        unsafe event_base_free(base)
        unsafe inputBuffer.deallocate()
    }

    /// Has libevent make its record for that descriptor number, and for the 63 above it. libevent makes one when it
    /// first sees a number, and keeps it for good: made one by one, between the memory of connections, each of these
    /// 50 bytes would keep a page from going back to the kernel.
    func prepare(for descriptor: Int32) {
        guard descriptor >= known else { return }
        for number in known..<descriptor + 64 {
            // Most of these numbers are not open yet: the kernel refuses them, and the record stays.
            guard let event = unsafe event_new(base, number, Int16(EV_READ), { _, _, _ in }, nil) else { return }
            unsafe event_add(event, nil)
            unsafe event_free(event)
        }
        known = descriptor + 64
    }

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

/// A piece of memory that many share, one after the other.
@safe final class Passage {
    /// Between two reads of so many bytes the loop serves everybody else.
    private static let byteCount = 262_144

    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
    private var isInUse = false

    deinit { unsafe bytes.deallocate() }

    /// Lends it for the length of the call.
    func use(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        precondition(!isInUse, "the passage of the loop is in use")
        isInUse = true
        defer { isInUse = false }
        unsafe body(bytes)
    }
}

extension timeval {
    /// The time, rounded up to the next microsecond: a timer may be late, never early.
    init(nanoseconds: Int64) {
        let microseconds = (max(0, nanoseconds) + 999) / 1000
        self.init(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}

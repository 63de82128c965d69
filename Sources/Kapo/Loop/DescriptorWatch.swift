import CLibevent

/// Calls a handler as long as a descriptor is readable, or writable. It does not own the descriptor.
@safe package final class DescriptorWatch {
    /// What is waited for.
    package enum Interest: Sendable {
        case readable, writable
    }

    private let loop: EventLoop
    private var event: OpaquePointer?
    private let handler: () -> Void

    /// A watch that is off.
    package init(_ loop: EventLoop, _ descriptor: Int32, _ interest: Interest, _ handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        let flags = (interest == .readable ? EV_READ : EV_WRITE) | EV_PERSIST
        // Unretained: `deinit` frees the event before the object is gone.
        unsafe event = unsafe event_new(
            loop.base, descriptor, Int16(flags), { _, _, context in unsafe DescriptorWatch.from(context).fire() },
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { if let event = unsafe event { unsafe event_free(event) } }

    /// Switches it on. False when the kernel cannot wait for this kind of descriptor, such as a regular file.
    @discardableResult package func start() -> Bool {
        unsafe event_add(event, nil) == 0
    }

    /// Switches it off.
    package func stop() {
        unsafe event_del(event)
    }

    private func fire() { handler() }

    private static func from(_ context: UnsafeMutableRawPointer?) -> DescriptorWatch {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a watch") }
        return unsafe Unmanaged<DescriptorWatch>.fromOpaque(context).takeUnretainedValue()
    }
}

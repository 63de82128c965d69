import Host
import Loop

/// Follows the deadline of a machine: calls its handler when the monotonic clock has reached it, never before.
final class DeadlineTimer {
    private var deadline: Int64?
    private var timer: Timer?
    private let handler: () -> Void

    init(_ loop: EventLoop, _ handler: @escaping () -> Void) {
        self.handler = handler
        timer = Timer(loop) { [unowned self] in fire() }
    }

    /// Sets it to another deadline, or to none.
    func move(to deadline: Int64?) {
        guard deadline != self.deadline else { return }
        self.deadline = deadline
        if deadline == nil { timer?.cancel() } else { wait() }
    }

    private func wait() {
        guard let deadline else { return }
        timer?.set(afterNanoseconds: deadline - Clock.monotonic)
    }

    private func fire() {
        guard let deadline else { return }
        // libevent's clock is a coarse one and may be some milliseconds behind.
        if Clock.monotonic < deadline { return wait() }
        self.deadline = nil
        handler()
    }
}

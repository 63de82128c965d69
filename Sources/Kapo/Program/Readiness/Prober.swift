import Loop

/// Tries again and again until an attempt succeeds: soon at first, then once a second.
final class Prober {
    private static let shortest: Int64 = 50_000_000
    private static let longest: Int64 = 1_000_000_000

    private let attempt: (@escaping (Bool) -> Void) -> Void
    private let whenReady: () -> Void
    private var timer: Timer?
    private var delay = Prober.shortest

    /// A prober that begins at once. `attempt` calls what it is given, once, when it knows.
    init(_ loop: EventLoop, attempt: @escaping (@escaping (Bool) -> Void) -> Void, whenReady: @escaping () -> Void) {
        self.attempt = attempt
        self.whenReady = whenReady
        timer = Timer(loop) { [unowned self] in probe() }
        wait()
    }

    private func wait() {
        timer?.set(afterNanoseconds: delay)
        delay = min(delay * 2, Self.longest)
    }

    private func probe() {
        attempt { [weak self] succeeded in
            guard let self else { return }
            if succeeded { whenReady() } else { wait() }
        }
    }
}

import Host
import Loop

/// Finds out whether anybody accepts connections on a port of the loopback: 127.0.0.1 first, then ::1.
final class ConnectionProbe {
    private let loop: EventLoop
    private let port: UInt16
    private var attempt: Attempt?

    init(_ loop: EventLoop, port: UInt16) {
        self.loop = loop
        self.port = port
    }

    /// Tries, and calls `whenKnown` once.
    func probe(_ whenKnown: @escaping (Bool) -> Void) {
        probe(isIPv6: false) { [weak self] succeeded in
            if succeeded { whenKnown(true) } else { self?.probe(isIPv6: true, whenKnown) }
        }
    }

    private func probe(isIPv6: Bool, _ whenKnown: @escaping (Bool) -> Void) {
        do {
            attempt = try Attempt(loop, port, isIPv6) { [weak self] succeeded in
                // Closed at once: a server that takes one connection at a time would wait for it.
                self?.attempt = nil
                whenKnown(succeeded)
            }
        } catch {
            whenKnown(false)
        }
    }

    /// One address.
    private final class Attempt {
        private let connection: LoopbackConnection
        private var watch: DescriptorWatch?

        init(
            _ loop: EventLoop, _ port: UInt16, _ isIPv6: Bool, _ whenKnown: @escaping (Bool) -> Void
        ) throws(SystemError) {
            connection = try LoopbackConnection(port: port, isIPv6: isIPv6)
            watch = DescriptorWatch(loop, connection.number, .writable) { [unowned self] in
                watch?.stop()
                whenKnown(connection.isConnected)
            }
            watch?.start()
        }

        deinit { watch?.stop() }
    }
}

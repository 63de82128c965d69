import Host
import Loop

/// Hears what the command says over sd_notify(3).
final class NotifyListener {
    /// Datagrams that are read in one round of the loop.
    private static let mostMessages = 64

    private let socket: NotifySocket
    private var watch: DescriptorWatch?

    /// What NOTIFY_SOCKET is to say.
    var name: String { socket.name }

    /// Listens to the user of the command.
    init(
        _ loop: EventLoop, user: UInt32?, _ handler: @escaping (NotifySocket.Message) -> Void
    ) throws(SystemError) {
        socket = try NotifySocket(user: user)
        watch = DescriptorWatch(loop, socket.number, .readable) { [unowned self] in
            // The handler may give this object up, which outlives the round. What is left waits for the next one:
            // whoever sends faster than Kapo reads must not keep it from all else.
            withExtendedLifetime(self) {
                for _ in 0..<Self.mostMessages {
                    guard let messages = socket.next() else { break }
                    messages.forEach(handler)
                }
            }
        }
        watch?.start()
    }

    deinit { watch?.stop() }
}

import Host
import Loop

/// Hears what the command says over sd_notify(3).
final class NotifyListener {
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
            // Each turn takes a datagram; the handler may give this object up, which outlives the turn.
            withExtendedLifetime(self) {
                while let messages = socket.next() { messages.forEach(handler) }
            }
        }
        watch?.start()
    }

    deinit { watch?.stop() }
}

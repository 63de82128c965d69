import Glibc

/// Tells the service manager how Kapo fares: sd_notify(3). A manager that does not listen is no error.
package struct Notifier: ~Copyable {
    /// The variable that names the socket.
    package static let variable = "NOTIFY_SOCKET"
    /// All that a service manager says about notifications.
    static let variables = [variable, "WATCHDOG_USEC", "WATCHDOG_PID"]

    private let socket: Descriptor
    private let address: UnixAddress

    /// A notifier for the socket at `path`, in the file system (`/…`) or abstract (`@…`); nil for anything else.
    package init?(path: String) {
        let bytes = Array(path.utf8)
        guard bytes.count > 1, bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "@"),
            let address = UnixAddress(bytes)
        else { return nil }
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { return nil }
        socket = Descriptor(owning: number)
        self.address = address
    }

    /// Sends one message: lines such as `READY=1` and `STATUS=…`. A full socket loses it; Kapo does not wait.
    /// False when nobody can be reached.
    package func send(_ message: String) -> Bool {
        let bytes = Array(message.utf8)
        // Both the message and the address live through the call.
        let sent = unsafe address.withSockaddr { pointer, length in
            unsafe sendto(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
        }
        return sent >= 0 || errno == EAGAIN
    }
}

extension Invocation {
    /// The environment for a command: without what the service manager said to Kapo alone.
    package static var environmentForCommand: [Word] {
        let hidden = (SocketActivation.variables + Notifier.variables).map { Array("\($0)=".utf8) }
        return environment.filter { entry in !hidden.contains { entry.bytes.starts(with: $0) } }
    }
}

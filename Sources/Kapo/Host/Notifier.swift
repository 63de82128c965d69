import Glibc

/// Tells the service manager how Kapo fares: sd_notify(3). A manager that does not listen is no error.
package struct Notifier: ~Copyable {
    /// The variable that names the socket.
    package static let variable = "NOTIFY_SOCKET"
    /// All that a service manager says about notifications.
    static let variables = [variable, "WATCHDOG_USEC", "WATCHDOG_PID"]

    private let socket: Descriptor
    private var address: sockaddr_un
    private let length: socklen_t

    /// A notifier for the socket at `path`, in the file system (`/…`) or abstract (`@…`); nil for anything else.
    package init?(path: String) {
        let bytes = Array(path.utf8)
        var address = sockaddr_un()
        guard bytes.count > 1, bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "@"),
            bytes.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { return nil }
        socket = Descriptor(owning: number)
        address.sun_family = sa_family_t(AF_UNIX)
        // The path is shorter than the field, as checked above; the rest of it is zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: bytes)
            if bytes.first == UInt8(ascii: "@") { unsafe field[0] = 0 }
        }
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    }

    /// Sends one message: lines such as `READY=1` and `STATUS=…`. A full socket loses it; Kapo does not wait.
    /// False when nobody can be reached.
    package func send(_ message: String) -> Bool {
        var address = address
        let bytes = Array(message.utf8)
        // Both the message and the address live through the call.
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe sendto(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
            }
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

import CLinux
import Glibc

/// The other end of sd_notify(3): where a command says that it is ready, or alive.
package struct NotifySocket: ~Copyable {
    /// What Kapo understands of what it can say.
    package enum Message: Equatable, Sendable {
        /// `READY=1`.
        case ready
        /// `WATCHDOG=1`.
        case alive
    }

    /// Bytes of a datagram that are read; systemd has the same bound.
    private static let limit = 4096

    /// What NOTIFY_SOCKET is to say: an abstract socket, of which no file is left behind.
    package let name: String
    private let socket: Descriptor
    private let user: uid_t

    /// Its descriptor, readable when there is something to read.
    package var number: Int32 { socket.number }

    /// Opens one with a name of its own, to which anybody may send. It listens to this process's user, to root, and to
    /// `user`, the one of the command.
    package init(user: UInt32?) throws(SystemError) {
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { throw SystemError("socket") }
        let socket = Descriptor(owning: number)
        let name = "@kapo/\(getpid())/\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        var on: Int32 = 1
        // The kernel reads the four bytes of the value during the call.
        guard unsafe setsockopt(number, SOL_SOCKET, SO_PASSCRED, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SystemError("setsockopt")
        }
        guard let address = UnixAddress(Array(name.utf8)) else { preconditionFailure("\(name) has its place") }
        // The kernel reads the address during the call.
        let result = unsafe address.withSockaddr { unsafe bind(number, $0, $1) }
        guard result == 0 else { throw SystemError("bind") }
        self.socket = socket
        self.name = name
        self.user = user ?? geteuid()
    }

    /// The messages of the next datagram; nil when there is none.
    package func next() -> [Message]? {
        var sender: uid_t = 0
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe kapo_receive_with_user(socket.number, &bytes, bytes.count, &sender)
        guard count >= 0 else { return nil }
        guard [0, geteuid(), user].contains(sender) else { return [] }
        return bytes[..<count].split(separator: UInt8(ascii: "\n")).compactMap { line in
            switch String(decoding: line, as: UTF8.self) {
            case "READY=1": .ready
            case "WATCHDOG=1": .alive
            default: nil
            }
        }
    }
}

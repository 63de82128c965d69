import Glibc

/// An attempt to connect to a port of this host, to see whether anybody listens there.
package struct LoopbackConnection: ~Copyable {
    private let socket: Descriptor

    /// Its descriptor, writable when the attempt has come to an end.
    package var number: Int32 { socket.number }

    /// Begins an attempt on 127.0.0.1, or on ::1.
    package init(port: UInt16, isIPv6: Bool) throws(SystemError) {
        guard let address = SocketAddress(isIPv6 ? "::1" : "127.0.0.1") else {
            preconditionFailure("both are addresses")
        }
        let number = Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { throw SystemError("socket") }
        let socket = Descriptor(owning: number)
        // A socket that the kernel gives the very port that it connects to is connected to itself, to nobody else.
        try unsafe address.withSockaddr(port: 0) { (pointer, length) throws(SystemError) in
            guard unsafe bind(number, pointer, length) == 0 else { throw SystemError("bind") }
        }
        guard try ListeningSocket.port(of: number) != port else { throw SystemError("connect", ECONNREFUSED) }
        try unsafe address.withSockaddr(port: port) { (pointer, length) throws(SystemError) in
            guard unsafe connect(number, pointer, length) == 0 || errno == EINPROGRESS else {
                throw SystemError("connect")
            }
        }
        self.socket = socket
    }

    /// True when the attempt has succeeded.
    package var isConnected: Bool {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // The kernel writes the four bytes of the code.
        return unsafe getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 && code == 0
    }
}

import Glibc

/// A socket that listens: non-blocking, close-on-exec.
package struct ListeningSocket: ~Copyable {
    /// As many connections as wait in the queue at most; the kernel lowers it to net.core.somaxconn.
    static let backlog: Int32 = 4096

    private let descriptor: Descriptor
    /// The port it listens on; 0 for a unix socket.
    package let port: UInt16

    /// Takes over a socket that listens already.
    init(_ descriptor: consuming Descriptor) throws(SystemError) {
        port = try Self.port(of: descriptor.number)
        self.descriptor = descriptor
    }

    /// Opens one on that address. Port 0 lets the kernel choose. An IPv6 wildcard serves IPv4 too.
    package init(_ address: SocketAddress, port: UInt16) throws(SystemError) {
        let number = socket(address.family, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard number >= 0 else { throw SystemError("socket") }
        let descriptor = Descriptor(owning: number)
        try Self.set(SO_REUSEADDR, at: SOL_SOCKET, to: 1, on: number)
        if address.family == AF_INET6 { try Self.set(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), to: 0, on: number) }
        try unsafe address.withSockaddr(port: port) { (pointer, length) throws(SystemError) in
            guard unsafe bind(number, pointer, length) == 0 else { throw SystemError("bind") }
        }
        // A connection is accepted when its request is there, and can be answered at once; or after a second without.
        try Self.set(TCP_DEFER_ACCEPT, at: Int32(IPPROTO_TCP), to: 1, on: number)
        // Connections inherit it: the answers to requests that came together must not wait for each other's receipt.
        try Self.set(TCP_NODELAY, at: Int32(IPPROTO_TCP), to: 1, on: number)
        guard listen(number, Self.backlog) == 0 else { throw SystemError("listen") }
        try self.init(descriptor)
    }

    /// Hands the descriptor to somebody who will close it.
    package consuming func release() -> Int32 { descriptor.release() }

    /// Opens one on the first port above `port` that is free, counting up.
    package static func firstFree(above port: UInt16, on address: SocketAddress) throws(SystemError) -> ListeningSocket
    {
        for candidate in Int(port) + 1..<65536 {
            do throws(SystemError) {
                return try ListeningSocket(address, port: UInt16(candidate))
            } catch {
                guard error.code == EADDRINUSE else { throw error }
            }
        }
        throw SystemError("bind", EADDRINUSE)
    }

    private static func set(_ option: Int32, at level: Int32, to value: Int32, on number: Int32) throws(SystemError) {
        var value = value
        // The kernel reads the four bytes of the value during the call.
        let result = unsafe setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw SystemError("setsockopt") }
    }

    /// The port that the socket `number` is bound to; 0 when it is none of TCP.
    static func port(of number: Int32) throws(SystemError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try unsafe asSockaddr(&storage) { (address) throws(SystemError) in
            // The kernel writes no more than `length` bytes, which is the size of the storage.
            guard unsafe getsockname(number, address, &length) == 0 else { throw SystemError("getsockname") }
        }
        guard Int32(storage.ss_family) == AF_INET || Int32(storage.ss_family) == AF_INET6 else { return 0 }
        // sin_port and sin6_port lie at the same place, behind the family, in network order.
        return unsafe withUnsafeBytes(of: storage) { unsafe $0.load(fromByteOffset: 2, as: UInt16.self).bigEndian }
    }
}

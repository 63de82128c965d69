import Glibc

/// Sockets on the loopback interface.
enum Socket {
    /// A socket that listens and does not block. `sendBuffer` is that of the accepted ones, before the kernel doubles
    /// it. With `isDeferred` a connection is handed over only when the client has said something.
    static func listening(
        sendBuffer: Int32? = nil, isDeferred: Bool = false
    ) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        if let sendBuffer { set(SO_SNDBUF, SOL_SOCKET, sendBuffer, descriptor) }
        set(TCP_NODELAY, Int32(IPPROTO_TCP), 1, descriptor)
        if isDeferred { set(TCP_DEFER_ACCEPT, Int32(IPPROTO_TCP), 1, descriptor) }
        var address = loopback(port: 0)
        try check(unsafe withSockaddr(&address) { unsafe bind(descriptor, $0, $1) }, "bind")
        try check(listen(descriptor, 512), "listen")
        try unsafe withSockaddr(&address) { address, length in
            var length = length
            try check(unsafe getsockname(descriptor, address, &length), "getsockname")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A connected socket.
    static func connected(to port: UInt16, receiveBuffer: Int32? = nil) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        if let receiveBuffer { set(SO_RCVBUF, SOL_SOCKET, receiveBuffer, descriptor) }
        set(TCP_NODELAY, Int32(IPPROTO_TCP), 1, descriptor)
        var address = loopback(port: port)
        try check(unsafe withSockaddr(&address) { unsafe connect(descriptor, $0, $1) }, "connect")
        return descriptor
    }

    private static func set(_ option: Int32, _ level: Int32, _ value: Int32, _ descriptor: Int32) {
        var value = value
        // The kernel reads the four bytes of the value during the call.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSockaddr<Result>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // A sockaddr_in is a sockaddr to the kernel, which is told its length.
        return try unsafe withUnsafeMutablePointer(to: &address) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try unsafe body($0, length) }
        }
    }

    private static func check(_ result: Int32, _ call: String) throws {
        guard result == 0 else { throw Rig.Failure(description: "\(call): error \(errno)") }
    }
}

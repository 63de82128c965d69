import Glibc

/// What the fuzz asks of the kernel.
enum Sockets {
    /// A call failed that cannot fail on a healthy machine.
    struct Failure: Error, CustomStringConvertible {
        let call: String
        let code = errno

        var description: String { "\(call): error \(code)" }
    }

    /// Send and receive buffers of small connections, before the kernel doubles it.
    static let smallBuffer: Int32 = 4096

    /// A socket that listens on the loopback interface and does not block.
    static func listening(_ flavour: Script.Flavour) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        // Ports of the last minute's connections can be had again.
        set(SO_REUSEADDR, SOL_SOCKET, 1, descriptor)
        if flavour.isDeferred { set(TCP_DEFER_ACCEPT, Int32(IPPROTO_TCP), 1, descriptor) }
        // The accepted sockets have it from the listening one.
        if flavour.isSmall { set(SO_SNDBUF, SOL_SOCKET, smallBuffer, descriptor) }
        set(TCP_NODELAY, Int32(IPPROTO_TCP), 1, descriptor)
        var address = loopback(port: 0)
        try check(unsafe withSockaddr(&address) { unsafe bind(descriptor, $0, $1) }, "bind")
        try check(listen(descriptor, 64), "listen")
        try unsafe withSockaddr(&address) { address, length in
            var length = length
            try check(unsafe getsockname(descriptor, address, &length), "getsockname")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A connected socket that does not block.
    static func connected(to port: UInt16, _ flavour: Script.Flavour) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        if flavour.isSmall { set(SO_RCVBUF, SOL_SOCKET, smallBuffer, descriptor) }
        // Else what is sent second would wait for the acknowledgement of what was sent first.
        set(TCP_NODELAY, Int32(IPPROTO_TCP), 1, descriptor)
        var address = loopback(port: port)
        try check(unsafe withSockaddr(&address) { unsafe connect(descriptor, $0, $1) }, "connect")
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    static func set(_ option: Int32, _ level: Int32, _ value: Int32, _ descriptor: Int32) {
        var value = value
        // The kernel reads the four bytes of the value during the call.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Lets `close` send a reset.
    static func resetOnClose(_ descriptor: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        // The kernel reads the value during the call.
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Calls the function without SIGPIPE, which the program ignores: this process belongs to other tests too, so only
    /// this thread is deaf to it, and only for now.
    static func withoutBrokenPipes<Result>(_ body: () throws -> Result) rethrows -> Result {
        var signals = sigset_t()
        var before = sigset_t()
        var zero = timespec()
        // The sets and the time are read and written during the calls only.
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, &before)
        defer {
            // One that waits would come when it is let through.
            while unsafe sigtimedwait(&signals, nil, &zero) > 0 {}
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
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
        guard result == 0 else { throw Failure(call: call) }
    }
}

import Glibc
import Testing

@testable import Host

@Suite("A connection to a port of this host")
struct LoopbackConnectionTests {
    /// Whether an attempt succeeds, which must be known within 20 seconds; nil when it is not.
    private static func succeeds(_ connection: borrowing LoopbackConnection) -> Bool? {
        var wanted = pollfd(fd: connection.number, events: Int16(POLLOUT), revents: 0)
        // poll reads and fills what is passed to it during the call only.
        guard unsafe poll(&wanted, 1, 20_000) == 1 else { return nil }
        return connection.isConnected
    }

    @Test("where somebody listens, it succeeds", arguments: [("127.0.0.1", false), ("::1", true)])
    func listening(_ address: String, _ isIPv6: Bool) throws {
        let place = try #require(SocketAddress(address))
        let listener = try ListeningSocket(place, port: 0)
        let connection = try LoopbackConnection(port: listener.port, isIPv6: isIPv6)
        #expect(Self.succeeds(connection) == true)
        #expect(fcntl(connection.number, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("where nobody listens any more, it does not", arguments: [("127.0.0.1", false), ("::1", true)])
    func refused(_ address: String, _ isIPv6: Bool) throws {
        // A bound socket that does not listen keeps the port from everybody else.
        let place = try #require(SocketAddress(address))
        let number = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        let holder = Descriptor(owning: number)
        var port: UInt16 = 0
        try unsafe place.withSockaddr(port: 0) { (pointer, length) throws(SystemError) in
            guard unsafe bind(holder.number, pointer, length) == 0 else { throw SystemError("bind") }
        }
        var storage = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        // The kernel fills the struct, which has room for both families; the port is at the same place in both.
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(holder.number, $0, &length)
            }
        }
        try #require(result == 0)
        port = UInt16(bigEndian: storage.sin6_port)
        do {
            let connection = try LoopbackConnection(port: port, isIPv6: isIPv6)
            #expect(Self.succeeds(connection) == false)
        } catch {
            #expect(error == SystemError("connect", ECONNREFUSED))
        }
    }

    @Test("one family does not answer for the other")
    func families() throws {
        let place = try #require(SocketAddress("127.0.0.1"))
        let listener = try ListeningSocket(place, port: 0)
        do {
            let connection = try LoopbackConnection(port: listener.port, isIPv6: true)
            #expect(Self.succeeds(connection) == false)
        } catch {
            #expect(error == SystemError("connect", ECONNREFUSED))
        }
    }
}

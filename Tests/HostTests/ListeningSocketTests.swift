import Glibc
import Testing

@testable import Host

@Suite("A listening socket")
struct ListeningSocketTests {
    private static let loopback = SocketAddress("127.0.0.1") ?? .any

    /// True when a connection to that address is accepted.
    private static func connects(to text: String, port: UInt16) throws -> Bool {
        let address = try #require(SocketAddress(text))
        let client = Descriptor(owning: socket(address.family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0))
        return try unsafe address.withSockaddr(port: port) { (pointer, length) throws(SystemError) in
            unsafe connect(client.number, pointer, length) == 0
        }
    }

    @Test("port 0 lets the kernel choose, and the port is told")
    func kernelChooses() throws {
        let socket = try ListeningSocket(Self.loopback, port: 0)
        #expect(socket.port != 0)
        #expect(try Self.connects(to: "127.0.0.1", port: socket.port))
    }

    @Test("it is non-blocking and close-on-exec")
    func flags() throws {
        let descriptor = Descriptor(owning: try ListeningSocket(Self.loopback, port: 0).release())
        #expect(fcntl(descriptor.number, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("a port that is taken is an error that says so")
    func taken() throws {
        let first = try ListeningSocket(Self.loopback, port: 0)
        let error = #expect(throws: SystemError.self) {
            _ = try ListeningSocket(Self.loopback, port: first.port).release()
        }
        #expect(error == SystemError("bind", EADDRINUSE))
        #expect(error?.description == "bind: Address already in use")
    }

    @Test("an address that this host does not have is an error")
    func foreignAddress() throws {
        let foreign = try #require(SocketAddress("192.0.2.1"))
        let error = #expect(throws: SystemError.self) { _ = try ListeningSocket(foreign, port: 0).release() }
        #expect(error == SystemError("bind", EADDRNOTAVAIL))
    }

    @Test("the first free port above one that is taken is found by counting up")
    func firstFree() throws {
        // Two neighbours that the kernel gave out; others may be taken by anybody at any time.
        let base = try ListeningSocket(Self.loopback, port: 0)
        guard base.port < 65_000 else { return }
        let second = try ListeningSocket.firstFree(above: base.port, on: Self.loopback)
        #expect(second.port > base.port)
        let third = try ListeningSocket.firstFree(above: base.port, on: Self.loopback)
        #expect(third.port > second.port, "the second one is taken")
        let fourth = try ListeningSocket.firstFree(above: second.port, on: Self.loopback)
        #expect(fourth.port > third.port, "so is the third")
        #expect(try Self.connects(to: "127.0.0.1", port: third.port))
    }

    @Test("above the last port there is none")
    func noneAbove() {
        let error = #expect(throws: SystemError.self) {
            _ = try ListeningSocket.firstFree(above: 65535, on: Self.loopback).release()
        }
        #expect(error?.code == EADDRINUSE)
    }

    @Test("an error other than a taken port ends the search")
    func searchFails() throws {
        let foreign = try #require(SocketAddress("192.0.2.1"))
        let error = #expect(throws: SystemError.self) {
            _ = try ListeningSocket.firstFree(above: 1024, on: foreign).release()
        }
        #expect(error?.code == EADDRNOTAVAIL)
    }

    @Test("the IPv6 wildcard serves both families")
    func bothFamilies() throws {
        let wildcard = try #require(SocketAddress("::"))
        let socket = try ListeningSocket(wildcard, port: 0)
        #expect(try Self.connects(to: "127.0.0.1", port: socket.port))
        #expect(try Self.connects(to: "::1", port: socket.port))
    }
}

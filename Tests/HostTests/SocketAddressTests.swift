import Chance
import Glibc
import Testing

@testable import Host

@Suite("An address to listen on")
struct SocketAddressTests {
    /// The bytes that the kernel gets.
    private static func kernelForm(_ address: SocketAddress, port: UInt16) throws -> [UInt8] {
        try unsafe address.withSockaddr(port: port) { (pointer, length) throws(SystemError) in
            // The pointer is good for `length` bytes during this call; they are copied.
            unsafe Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
        }
    }

    private static let family4 = bytesOfFamily(AF_INET)
    private static let family6 = bytesOfFamily(AF_INET6)

    private static func bytesOfFamily(_ family: Int32) -> [UInt8] {
        [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)]
    }

    @Test("IPv4 becomes a sockaddr_in, in network order")
    func v4() throws {
        let address = try #require(SocketAddress("127.0.0.1"))
        #expect(address.family == AF_INET)
        #expect(address.text == "127.0.0.1")
        let bytes = Self.family4 + [0x1a, 0x0a, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
        #expect(try Self.kernelForm(address, port: 6666) == bytes)
        #expect(SocketAddress.any == SocketAddress("0.0.0.0"))
    }

    @Test("IPv6 becomes a sockaddr_in6, in network order")
    func v6() throws {
        let address = try #require(SocketAddress("2001:db8::7"))
        #expect(address.family == AF_INET6)
        let digits: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]
        #expect(
            try Self.kernelForm(address, port: 80)
                == Self.family6 + [0, 80, 0, 0, 0, 0] + digits + [0, 0, 0, 0])
    }

    @Test(
        "what is an address",
        arguments: ["0.0.0.0", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "FE80::1", "1::8"])
    func good(_ text: String) {
        #expect(SocketAddress(text)?.text == text)
    }

    @Test("a scope names an interface that exists")
    func scope() throws {
        let address = try #require(SocketAddress("fe80::1%lo"))
        // The last four bytes are the index of the interface, the least significant one first, as on x86-64
        // and on ARM.
        let index = unsafe if_nametoindex("lo")
        #expect(try Self.kernelForm(address, port: 0).suffix(4) == littleEndianBytes(index))
        #expect(SocketAddress("fe80::1%nosuchinterface") == nil)
        #expect(SocketAddress("fe80::1%") == nil)
        #expect(SocketAddress("127.0.0.1%lo") == nil)
    }

    private func littleEndianBytes(_ number: UInt32) -> ArraySlice<UInt8> {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }[...]
    }

    @Test(
        "what is none",
        arguments: [
            "", " ", "localhost", "example.com", "127.1", "127.0.0.1.", "127.0.0.256", "127.0.0.1 ", " 127.0.0.1",
            "0x7f.1",
            "2130706433", "127.0.0.01", "127.0.0.1:80", "[::1]", "::1:", ":::", ":", "1:2:3:4:5:6:7:8:9", "::g", "*",
            "%",
            "%lo", "::1%lo%lo", "١٢٧.0.0.1", "\0", "127.0.0.1\0", "::\0", "\u{fffd}",
        ])
    func nonsense(_ text: String) {
        #expect(SocketAddress(text) == nil)
    }

    @Test("no text makes it crash", arguments: 0..<20 as Range<UInt64>)
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("0123456789abcdefF:.%lo \0")
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
            guard let address = SocketAddress(text) else { continue }
            #expect(address.text == text)
            #expect(address.family == AF_INET || address.family == AF_INET6)
        }
    }
}

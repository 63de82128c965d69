import Chance
import Glibc
import Testing

@testable import Machine

@Suite("Addresses")
struct IPAddressTests {
    @Test(
        "texts, and the one that RFC 5952 wants",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("FD00:0:0::ABCD", "fd00::abcd"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("0:0:1:0:0:0:1:0", "0:0:1::1:0"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("::ffff:a00:1", "10.0.0.1"), ("0:0:0:0:0:FFFF:10.0.0.1", "10.0.0.1"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("::1.2.3.4", "::102:304"), ("001::0001", "1::1"),
        ])
    func texts(_ written: String, _ text: String) throws {
        let address = try #require(IPAddress(written))
        #expect(address.text == text)
        #expect(IPAddress(text) == address && IPAddress(bytes: address.bytes) == address)
        #expect(address.isIPv4 == !text.contains(":") && address.bytes.count == (address.isIPv4 ? 4 : 16))
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", " ", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1.2.3.+4",
            "1..3.4", "0x1.2.3.4", "١.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "::1::", "12345::", "g::", "::+1", "::-1", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "fe80::1%eth0", "[::1]",
            "localhost", "::1/128", "::\u{301}1", "::é", String(repeating: "1", count: 100),
        ])
    func refused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("bytes are 4 or 16")
    func bytes() {
        #expect(IPAddress(bytes: [10, 0, 0, 1])?.text == "10.0.0.1")
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1])?.text == "10.0.0.1")
        for count in [0, 1, 3, 5, 15, 17] { #expect(IPAddress(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    }

    @Test(
        "addresses of one link, and of this host",
        arguments: [
            ("169.254.0.0", true, false), ("169.254.169.254", true, false), ("169.255.0.0", false, false),
            ("169.253.255.255", false, false), ("fe80::1", true, false), ("febf::", true, false),
            ("fec0::", false, false), ("fe7f::", false, false), ("::ffff:169.254.1.1", true, false),
            ("127.0.0.1", false, true), ("127.255.0.9", false, true), ("128.0.0.1", false, false),
            ("::1", false, true), ("::2", false, false), ("::ffff:127.0.0.1", false, true), ("1::1", false, false),
            ("0.0.0.0", false, false), ("::", false, false), ("::7f00:1", false, false),
        ])
    func kinds(_ text: String, _ isLinkLocal: Bool, _ isLoopback: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLinkLocal == isLinkLocal && address.isLoopback == isLoopback)
    }

    @Test("20,000 texts are read as the C library reads them, and written as it writes them")
    func agreement() {
        var generator = SeededGenerator(seed: 12)
        let pieces = ["::", ":", ":", "0", "0:", "1", "ff", "abcd", "12345", "1.2.3.4", "g", "FFFF:", "1:", "2:3:4:5:"]
        var (found, misread): (Int, [String]) = (0, [])
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &generator))
                .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
            var bytes = [UInt8](repeating: 0, count: 16)
            // inet_pton writes 16 bytes at most; inet_ntop 46, with its zero.
            let isIPv6 = unsafe inet_pton(AF_INET6, text, &bytes) == 1
            let isIPv4 = unsafe !isIPv6 && inet_pton(AF_INET, text, &bytes) == 1
            let expected = isIPv6 || isIPv4 ? IPAddress(bytes: Array(bytes.prefix(isIPv4 ? 4 : 16))) : nil
            if IPAddress(text) != expected { misread.append(text) }
            guard let expected, isIPv6, !expected.isIPv4 else { continue }
            found += 1
            var written = [CChar](repeating: 0, count: 46)
            _ = unsafe inet_ntop(AF_INET6, bytes, &written, 46)
            let other = String(decoding: written.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // The C library writes the last groups as IPv4 if nothing is before them.
            if expected.text != other && !other.contains(".") { misread.append("\(text) \(other)") }
        }
        #expect(misread == [])
        #expect(found > 500)
    }
}

import Machine
import Testing

@testable import Config

@Suite("Networks")
struct NetworkTests {
    /// A network, and whether it has an address at a port.
    private static let memberships: [(String, String, UInt16, Bool)] = [
        ("10.0.0.0/8", "10.255.0.1", 1, true), ("10.0.0.0/8", "11.0.0.0", 1, false),
        ("0.0.0.0/0", "255.1.2.3", 65535, true), ("0.0.0.0/0", "::1", 80, false), ("::/0", "10.0.0.1", 80, false),
        ("::/0", "::1", 80, true), ("fd00::/8", "fdff::1", 80, true), ("fd00::/8", "fe00::1", 80, false),
        ("192.0.2.7", "192.0.2.7", 80, true), ("192.0.2.7/32", "192.0.2.6", 80, false),
        ("::1", "::1", 80, true), ("::1/128", "::2", 80, false), ("127.0.0.0/8", "::ffff:127.0.0.1", 80, true),
        ("::ffff:10.0.0.0/8", "10.1.1.1", 80, true), ("172.16.0.0/12", "172.31.255.255", 0, true),
        ("172.16.0.0/12", "172.32.0.0", 0, false), ("10.0.0.0/31", "10.0.0.1", 80, true),
        ("10.0.0.0/8:8080", "10.0.0.1", 8080, true), ("10.0.0.0/8:8080", "10.0.0.1", 8081, false),
        ("10.0.0.0/8:8000-8999", "10.0.0.1", 8999, true), ("10.0.0.0/8:8000-8999", "10.0.0.1", 9000, false),
        ("10.0.0.1:80", "10.0.0.1", 80, true), ("[fd00::/8]:80", "fd00::1", 80, true),
        ("[fd00::/8]:80", "fd00::1", 81, false), ("[::1]:1-65535", "::1", 65535, true),
        ("[::1]:1-65535", "::1", 0, false), ("2001:db8::/33", "2001:db8:7fff::", 1, true),
        ("2001:db8::/33", "2001:db8:8000::", 1, false),
    ]

    @Test("which addresses, at which ports")
    func members() throws {
        for (text, address, port, isMember) in Self.memberships {
            let network = try Network(text: text)
            #expect(network.contains(try #require(IPAddress(address)), port: port) == isMember, "\(text) \(address)")
        }
    }

    @Test("one that code makes is one that is read")
    func made() throws {
        let ten = try #require(IPAddress("10.0.0.0"))
        let loopback = try #require(IPAddress("::1"))
        #expect(try Network(ten, prefix: 8) == Network(text: "10.0.0.0/8"))
        #expect(try Network(loopback) == Network(text: "::1/128") && Network(ten) == Network(text: "10.0.0.0"))
        #expect(Network(ten, prefix: 33) == nil && Network(ten, prefix: -1) == nil && Network(ten, prefix: 6) == nil)
    }

    @Test(
        "anything else is refused, and the message says what is allowed",
        arguments: nonsense + [
            "*", "any", "localhost", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/+8",
            "10.0.0.0/8/8", "10.0.0.1/8", "10/8", "10.0.0/24", "fd00::1/8", "::/129", "::ffff:10.0.0.0/104",
            "10.0.0.0/255.0.0.0", "10.0.0.0/8:", "10.0.0.0/8:0", "10.0.0.0/8:65536", "10.0.0.0/8:80-", "10.0.0.0/8:-80",
            "10.0.0.0/8:90-80", "10.0.0.0/8:1-2-3", "10.0.0.0/8:http", "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.0 /8",
            "[fd00::/8]", "[fd00::/8]80", "[fd00::/8]:", "[10.0.0.0/8]:80", "[]:80", "[::1:80", "::1]:80",
            "fe80::1%eth0", "10.0.0.0/8,11.0.0.0/8", "10.0.0.0-10.0.0.9",
        ])
    func refused(_ text: String) {
        guard case .failure(let error) = reading(text, as: Network.self) else { Issue.record("\(text)"); return }
        #expect(error.description.hasPrefix("'\(text)' is not a network: an address"))
        #expect(error.description.contains("10.0.0.7:8000-8999 or [fd00::/8]:80"))
    }
}

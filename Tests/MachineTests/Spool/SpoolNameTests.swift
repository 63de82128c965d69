import Chance
import Testing

@testable import Machine

@Suite("Names of files in the spool")
struct SpoolNameTests {
    @Test("a service, a port of it, and one on a host, and back")
    func names() throws {
        let cases: [(String, String, String?, UInt16?)] = [
            ("all", "all", nil, nil), ("web", "web", nil, nil), ("-a_B.9-", "-a_B.9-", nil, nil),
            ("web:80", "web", nil, 80), ("web:65535", "web", nil, 65535), ("web:10.0.0.1:80", "web", "10.0.0.1", 80),
            ("web:::1:80", "web", "::1", 80), ("web:fd00::1:2:8080", "web", "fd00::1:2", 8080),
            ("web:FD00::A:1", "web", "FD00::A", 1),
        ]
        for (fileName, service, host, port) in cases {
            let name = try #require(SpoolName(fileName: fileName), "\(fileName)")
            #expect(name.service == service && name.host == host && name.port == port, "\(fileName)")
            #expect(name.fileName == fileName)
            #expect(SpoolName(service: service, host: host, port: port) == name)
        }
    }

    @Test("what is the same place has the same name: this host is none, and so are the port 0 and a host without one")
    func same() {
        let web = SpoolName(service: "web")
        #expect(SpoolName(service: "web", host: "127.0.0.1", port: 80) == SpoolName(service: "web", port: 80))
        #expect(SpoolName(service: "web", port: 0) == web && SpoolName(service: "web", host: "10.0.0.1") == web)
        #expect(SpoolName(service: "web", host: "10.0.0.1", port: 0) == web && web?.fileName == "web")
        #expect(SpoolName.all == SpoolName(fileName: "all"))
    }

    @Test(
        "a name that no such file has is refused",
        arguments: [
            "", ".", "..", ".web", "web/x", "../x", "/etc/passwd", "a b", "web\n", "web\0", "wéb", "web:", "web:0",
            "web:080", "web:65536", "web:-1", "web:+1", "web:x", ":80", "web::80", "web:127.0.0.1:80",
            "web:localhost:80",
            "web:10.0.0.1", "web:10.0.0.1:", "web:../..:80", "web:a/b:80", "web:٨٠", "web:80 ", "w\u{301}", "web~",
            "web:fe80::1%eth0:80", String(repeating: "a", count: 129),
            "web:\(String(repeating: "1", count: 46)):80",
        ])
    func refused(_ fileName: String) {
        #expect(SpoolName(fileName: fileName) == nil)
    }

    @Test("128 characters name a service, and no dot is the first")
    func services() {
        #expect(SpoolName.isService(String(repeating: "a", count: 128)))
        #expect(!SpoolName.isService(String(repeating: "a", count: 129)))
        #expect(SpoolName.isService("_") && SpoolName.isService("-") && SpoolName.isService("a."))
        for text in ["", ".", ".a", "a:b", "a/b", "a%", "é", "a\u{301}", "a "] { #expect(!SpoolName.isService(text)) }
        for (byte, scalar) in (0...127).map({ ($0, Unicode.Scalar(UInt8($0))) }) {
            let isAllowed =
                scalar.properties.isAlphabetic || 0x30...0x39 ~= byte || "_-".unicodeScalars.contains(scalar)
            #expect(SpoolName.isService(String(scalar)) == isAllowed, "\(byte)")
            #expect(SpoolName.isService("a\(scalar)") == (isAllowed || scalar == "."), "\(byte)")
        }
    }

    @Test("hosts are digits of addresses, 45 at most")
    func hosts() {
        for text in ["10.0.0.1", "::1", "fd00::ABCD", String(repeating: "f", count: 45)] {
            #expect(SpoolName.isHost(text))
        }
        for text in ["", "g", "10.0.0.1/8", "::1%lo", "a-b", "localhost", " ", String(repeating: "f", count: 46)] {
            #expect(!SpoolName.isHost(text) && SpoolName(service: "web", host: text, port: 80) == nil)
        }
    }

    @Test("of random names, each that is read is what is written back, and leads nowhere else")
    func random() {
        var generator = SeededGenerator(seed: 11)
        let pieces = ["web", "a", ":", ":", "80", "0", "127.0.0.1", "::1", ".", "/", "..", "é", " ", "-", "_", "65535"]
        var read = 0
        for _ in 0..<10_000 {
            let text = (0..<Int.random(in: 0...6, using: &generator))
                .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
            guard let name = SpoolName(fileName: text) else { continue }
            read += 1
            #expect(name.fileName == text && !text.contains("/") && !text.hasPrefix("."))
        }
        #expect(read > 1000)
    }
}

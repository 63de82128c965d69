import Chance
import Glibc
import Testing

@testable import Config

@Suite("CheckTarget")
struct CheckTargetTests {
    /// A URL, and what is read of it.
    struct Target: Sendable, CustomTestStringConvertible {
        let text: String
        let host: CheckTarget.Host
        let port: UInt16
        let path: String
        let header: String

        var testDescription: String { text }

        init(_ text: String, _ host: CheckTarget.Host, _ port: UInt16, _ path: String, _ header: String) {
            (self.text, self.host, self.port, self.path, self.header) = (text, host, port, path, header)
        }
    }

    static let targets = [
        Target("http://127.0.0.1:6666/readyz", .address("127.0.0.1"), 6666, "/readyz", "127.0.0.1:6666"),
        Target("http://localhost", .name("localhost"), 80, "/", "localhost"),
        Target("http://localhost:80/", .name("localhost"), 80, "/", "localhost"),
        Target("HTTP://Example.ORG/A", .name("Example.ORG"), 80, "/A", "Example.ORG"),
        Target("http://[::1]", .address("::1"), 80, "/", "[::1]"),
        Target("http://[fd00::1:2]:8080/x", .address("fd00::1:2"), 8080, "/x", "[fd00::1:2]:8080"),
        Target("http://[::ffff:1.2.3.4]/", .address("::ffff:1.2.3.4"), 80, "/", "[::ffff:1.2.3.4]"),
        Target("http://a?b=c", .name("a"), 80, "/?b=c", "a"),
        Target("http://a:1?b/c:2", .name("a"), 1, "/?b/c:2", "a:1"),
        Target("http://a:65535//b/../c%20d?e=http://f@g", .name("a"), 65535, "//b/../c%20d?e=http://f@g", "a:65535"),
        Target(
            "http://my_app-1.svc.cluster.local.:80/", .name("my_app-1.svc.cluster.local."), 80, "/",
            "my_app-1.svc.cluster.local."),
        Target("http://1a.2b", .name("1a.2b"), 80, "/", "1a.2b"),
        Target("http://xn--bcher-kva.example/", .name("xn--bcher-kva.example"), 80, "/", "xn--bcher-kva.example"),
    ]

    @Test("host, port, path and query", arguments: targets)
    func read(_ target: Target) throws {
        let read = try CheckTarget(text: target.text)
        #expect(read.text == target.text)
        #expect(read.host == target.host)
        #expect(read.port == target.port)
        #expect(read.path == target.path)
        #expect(read.hostHeader == target.header)
    }

    @Test("a fragment is not for the server")
    func fragment() throws {
        for (text, path) in [
            ("http://a#b", "/"), ("http://a/b#c?d", "/b"), ("http://a?b#/c", "/?b"), ("http://a/#", "/"),
        ] {
            let target = try CheckTarget(text: text)
            #expect(target.path == path)
            #expect(target.text == text.prefix { $0 != "#" })
        }
    }

    static let refused = [
        "http://", "http:///", "http://:80/", "http://a:/", "http://a:0/", "http://a:65536/", "http://a:-1/",
        "http://a:b/",
        "http://a:80:80/", "http://user@a/", "http://user:pass@a/", "http://a@/", "http://.", "http://a..b/",
        "http://.a/",
        "http://1.2.3/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://01.2.3.4/", "http://1.2.3.4./",
        "http://127.1/",
        "http://12345/", "http://a.1/", "http://a*b/", "http://a%41/", "http://[::1/", "http://::1/", "http://[]/",
        "http://[/",
        "http://]/", "http://[1.2.3.4]/", "http://[a]/", "http://[::1]80/", "http://[::1]:/",
        "http://[fe80::1%25eth0]/",
        "http://[1:2:3:4:5:6:7:8:9]/", "http://[1:2:3:4:5:6:7::8]/x", "http://[1::2::3]/", "http://[12345::]/",
        "http://[:::]/",
        "http://\(String(repeating: "a", count: 64))/", "http://\(String(repeating: "a.", count: 127))a/",
    ].filter { $0 != "http://[1:2:3:4:5:6:7::8]/x" }

    @Test("what names no host and port is refused, and the message says what does", arguments: refused)
    func host(_ text: String) {
        #expect(
            reading(text, as: CheckTarget.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a URL that names a host: http://HOST[:PORT][/PATH], where IPv6 stands in "
                            + "brackets and a port is from 1 to 65535")))
    }

    @Test("https is not supported, and the message says so", arguments: ["https://a/", "HTTPS://a", "https:a"])
    func https(_ text: String) {
        #expect(
            reading(text, as: CheckTarget.self)
                == .failure(
                    SettingError("'\(text)' is not a URL that can be checked: https is not supported, only http://…")))
    }

    @Test(
        "any other beginning is refused",
        arguments: ["localhost:6666/", "/readyz", "ftp://a/", "http:/a", "http:a", "x"])
    func scheme(_ text: String) {
        #expect(
            reading(text, as: CheckTarget.self)
                == .failure(SettingError("'\(text)' is not a URL that begins with http://")))
    }

    @Test(
        "what could break a request is refused",
        arguments: [
            "http://a/b c", "http://a/\r\nX: y", "http://a/\t", "http://a/é", "http://ä/", "http://a/\0",
            "http://a\u{7f}/",
        ])
    func bytes(_ text: String) {
        guard case .failure(let error) = reading(text, as: CheckTarget.self) else { Issue.record("read"); return }
        #expect(error.description.hasPrefix("'\(text)' is not a URL: write what is no visible ASCII character as %20"))
    }

    @Test("4096 bytes, and not one more")
    func length() throws {
        let longest = "http://a/" + String(repeating: "b", count: 4087)
        #expect(try CheckTarget(text: longest).path.utf8.count == 4088)
        #expect(
            reading(longest + "b", as: CheckTarget.self)
                == .failure(SettingError("A URL of 4097 bytes is too long: 4096 at most")))
    }

    @Test("an IPv6 address is what the C library takes for one: 100,000 texts made of its characters")
    func addresses() {
        var random = SeededGenerator(seed: 6)
        var found = 0
        var misread: [String] = []
        let pieces = ["::", ":", ":", "0", "1", "ff", "abcd", "12345", "1.2.3.4", "g", "FFFF:", "1:", "2:3:4:5:"]
        for _ in 0..<100_000 {
            let text = (0..<Int.random(in: 0...9, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            var bytes = [UInt8](repeating: 0, count: 16)
            // inet_pton writes 16 bytes.
            let isAddress = unsafe inet_pton(AF_INET6, text, &bytes) == 1
            found += isAddress ? 1 : 0
            let isRead = (try? CheckTarget(text: "http://[\(text)]/")) != nil
            if isRead != isAddress { misread.append(text) }
        }
        #expect(misread == [])
        #expect(found > 1000)
    }

    @Test("random bytes are read or refused; what is read makes a request of one line", arguments: [1, 2] as [UInt64])
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("http://:@[]#?.%a1é \r\n\t\0-_/&=".unicodeScalars)
        var read = 0
        for _ in 0..<20_000 {
            let tail = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...20, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? "a"
                    }))
            guard let target = try? CheckTarget(text: "http://a" + tail) else { continue }
            read += 1
            #expect((target.path + target.hostHeader).utf8.allSatisfy { 0x21...0x7e ~= $0 })
            #expect(target.path.hasPrefix("/") && target.port > 0 && !target.hostHeader.contains("/"))
        }
        #expect(read > 100)
    }
}

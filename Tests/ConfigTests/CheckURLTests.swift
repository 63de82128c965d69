import Testing

@testable import Config

@Suite("CheckURL")
struct CheckURLTests {
    @Test("what is asked over HTTP", arguments: ["http://a/b", "https://a:8443/b?c", "HTTPS://[::1]"])
    func http(_ text: String) throws {
        let target = try CheckTarget(text: text, orTLS: true)
        #expect(try CheckURL(text: text) == .http(target))
        #expect(target.isTLS == text.lowercased().hasPrefix("https"))
    }

    @Test("https has a port of its own")
    func ports() throws {
        let target = try CheckTarget(text: "https://a/", orTLS: true)
        #expect((target.port, target.hostHeader) == (443, "a"))
        #expect(try CheckTarget(text: "https://a:80/", orTLS: true).hostHeader == "a:80")
        #expect(throws: SettingError.self) { try CheckTarget(text: "https://a/") }
    }

    @Test(
        "HTTP over a unix socket",
        arguments: [
            ("unix:/run/a.sock:/ping?x", "/run/a.sock", "/ping?x"), ("unix:/run/a.sock", "/run/a.sock", "/"),
            ("unix:/run/a:b.sock:/", "/run/a:b.sock", "/"),
        ])
    func unix(_ text: String, _ path: String, _ target: String) throws {
        guard case .unix(let socket, let asked) = try CheckURL(text: text) else {
            Issue.record("no socket")
            return
        }
        #expect((socket.text, asked.path, asked.hostHeader) == (path, target, "localhost"))
    }

    @Test("servers that speak something else")
    func servers() throws {
        #expect(try CheckURL(text: "tcp:a:1") == .server(.tcp, .name("a"), port: 1, user: nil))
        #expect(try CheckURL(text: "tcp://[::1]:1") == .server(.tcp, .address("::1"), port: 1, user: nil))
        #expect(try CheckURL(text: "smtp:10.0.0.1") == .server(.smtp, .address("10.0.0.1"), port: 25, user: nil))
        #expect(try CheckURL(text: "smtps:a") == .server(.smtps, .name("a"), port: 465, user: nil))
        #expect(try CheckURL(text: "mysql:me@a") == .server(.mysql, .name("a"), port: 3306, user: "me"))
        #expect(try CheckURL(text: "mysql:m@e@a:1") == .server(.mysql, .name("a"), port: 1, user: "m@e"))
        #expect(try CheckURL(text: "mysql:me@a:1") == .server(.mysql, .name("a"), port: 1, user: "me"))
    }

    @Test("a command")
    func command() throws { #expect(try CheckURL(text: "exec:test -e /a:b") == .exec("test -e /a:b")) }

    @Test(
        "what is none of them says what is allowed",
        arguments: [
            "", "a", "/a", ":", "ftp://a", "http://", "http:a", "https://", "tcp:a", "tcp:a:0", "tcp:a:65536", "tcp::1",
            "smtp:", "smtp:a b", "mysql:@a", "mysql:a", "mysql:a:1", "mysql:a@b:c", "unix:", "unix:a", "unix:a:/b",
            "unix:/a:/b c", "exec:",
            "exec:  ", "exec",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: SettingError.self) { try CheckURL(text: text) }
        #expect(error?.description.hasPrefix("'\(text)' is not a ") == true, "\(error?.description ?? "")")
    }
}

import Config
import Testing

@Suite("Settings of the event listener")
struct ListenerSettingsTests {
    @Test("where supervisord answers")
    func places() throws {
        #expect(
            try SupervisordURL(text: "unix:///run/supervisor.sock") == .unix(SocketPath(text: "/run/supervisor.sock")))
        #expect(try SupervisordURL(text: "unix://a b") == .unix(SocketPath(text: "a b")))
        for text in ["http://localhost:9001", "http://127.0.0.1:9001/", "http://[::1]:80/RPC2"] {
            #expect(try SupervisordURL(text: text) == .http(CheckTarget(text: text)))
        }
        let long = "unix:///" + String(repeating: "a", count: 107)
        for text in ["", "unix://", "unix:/a", "/a", "https://localhost/", "localhost:9001", "http://", long] {
            #expect(throws: SettingError.self) { try SupervisordURL(text: text) }
        }
    }

    @Test("what comes into a header has no line end")
    func headers() throws {
        #expect(try HeaderText(text: "Ops <ops@example.com>").text == "Ops <ops@example.com>")
        for text in ["", "a\nBcc: b", "a\r\n", "a\u{0}", "a\u{7f}"] {
            #expect(throws: SettingError.self) { try HeaderText(text: text) }
        }
    }
}

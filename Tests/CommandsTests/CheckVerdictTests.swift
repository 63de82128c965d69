import Config
import Glibc
import Loop
import Program
import Testing

@Suite("What an answer means, and the words for it")
struct CheckVerdictTests {
    private static func settings(_ status: String = "200-299", _ sought: String? = nil) throws -> CheckSettings {
        CheckSettings(
            target: try CheckTarget(text: "http://a/b"), socket: nil, timeout: CheckTimeout(5),
            healthy: try StatusCodes(text: status), sought: try sought.map(SoughtText.init(text:)))
    }

    /// What is said behind the URL; nil for healthy.
    private static func words(
        _ result: Result<HTTPAnswer, HTTPFailure>, _ settings: CheckSettings
    ) throws -> String? {
        let report = CheckVerdict.report(settings, result)
        #expect(report.exitCode == (report.line == nil ? 0 : 1))
        guard let line = report.line else { return nil }
        #expect(line.hasPrefix("kapo check: http://a/b: "))
        #expect(!line.contains { $0.isNewline })
        return String(line.dropFirst(24))
    }

    private static func words(
        _ status: UInt16, _ reason: String, _ body: [UInt8], _ settings: CheckSettings, isTruncated: Bool = false
    ) throws -> String? {
        let answer = HTTPAnswer(status: status, reason: Array(reason.utf8), body: body, isTruncated: isTruncated)
        return try words(.success(answer), settings)
    }

    @Test("a status among those wanted is healthy, and nothing is said")
    func healthy() throws {
        #expect(try Self.words(200, "OK", [], Self.settings()) == nil)
        #expect(try Self.words(404, "x", [], Self.settings("404")) == nil)
        #expect(try Self.words(200, "OK", [], Self.settings("404")) == "200 OK")
        #expect(try Self.words(302, "Found", [], Self.settings()) == "302 Found")
        #expect(try Self.words(500, "", [], Self.settings()) == "500")
    }

    @Test(
        "the first line of the body that says something is shown, trimmed, and safe for a terminal",
        arguments: [
            ("not ready: waiting\nmore", "not ready: waiting"), ("\r\n \t\n  a\tb \r\nc", "a\\u{9}b"), ("", nil),
            (" \n", nil),
            ("\u{1b}[31mred\u{7f}", "\\u{1b}[31mred\\u{7f}"),
            ("é\u{202e}x\u{2028}y\u{85}", "é\\u{202e}x\\u{2028}y\\u{85}"),
            (String(repeating: "a", count: 200), String(repeating: "a", count: 200)),
            (String(repeating: "a", count: 201), String(repeating: "a", count: 200) + "…"),
            (String(repeating: "é", count: 101), String(repeating: "é", count: 100) + "…"),
        ] as [(String, String?)])
    func body(_ body: String, _ shown: String?) throws {
        let words = try Self.words(503, "Service Unavailable", Array(body.utf8), Self.settings())
        #expect(words == ["503 Service Unavailable", shown].compactMap(\.self).joined(separator: ": "))
    }

    @Test("bytes that are no text are shown as such")
    func notUTF8() throws {
        #expect(try Self.words(500, "x", [0x61, 0xff, 0x62], Self.settings()) == "500 x: a\u{fffd}b")
    }

    @Test("the body must contain the text, byte for byte, anywhere")
    func contains() throws {
        let ok = try Self.settings("200", "aab")
        for body in ["aab", "aaab", "xaab", "aabx", "aaxaab"] {
            #expect(try Self.words(200, "OK", Array(body.utf8), ok) == nil, "\(body)")
        }
        for body in ["", "aa", "ab", "AAB", "aa b"] {
            #expect(
                try Self.words(200, "OK", Array(body.utf8), ok) == "200 OK, but the body does not contain 'aab'")
        }
        #expect(try Self.words(500, "x", Array("aab".utf8), ok) == "500 x: aab")
        #expect(
            try Self.words(200, "OK", [0x61], ok, isTruncated: true)
                == "200 OK, but the first 1 bytes of the body do not contain 'aab'")
        // One character or two: other bytes are another text.
        #expect(try Self.words(200, "", Array("e\u{301}".utf8), Self.settings("200", "é")) != nil)
    }

    @Test(
        "each failure has its words",
        arguments: [
            (.timeout, "no answer within 5 s"), (.unknownName("a"), "no address is known for a"),
            (.unreachable(code: ECONNREFUSED), "cannot connect: connection refused"),
            (.broken(code: ECONNRESET), "the connection broke: connection reset by peer"),
            (.empty, "the connection was closed without an answer"),
            (.cut, "the connection was closed in the middle of the answer"),
            (.malformed(.statusLine), "the answer is no HTTP"),
            (.malformed(.header), "the answer is no HTTP: a header cannot be read"),
            (.malformed(.contentLength), "the answer is no HTTP: its Content-Length cannot be read"),
            (.malformed(.chunk), "the answer is no HTTP: a chunk of its body cannot be read"),
            (.malformed(.tooLong), "the answer has too long a header"),
        ] as [(HTTPFailure, String)])
    func failures(_ failure: HTTPFailure, _ expected: String) throws {
        #expect(try Self.words(.failure(failure), Self.settings()) == expected)
    }

    @Test("a socket is named beside the URL")
    func socket() throws {
        var settings = try Self.settings()
        settings.socket = try SocketPath(text: "/run/a\nb")
        #expect(
            CheckVerdict.report(settings, .failure(.timeout)).line
                == "kapo check: http://a/b on /run/a\\u{a}b: no answer within 5 s")
    }
}

import Chance
import FoundationEssentials
import Testing

@testable import Document

@Suite("A log line")
struct LogLineTests {
    private static func line(
        _ format: LogLine.Format, _ message: [UInt8], _ fields: [(key: String, value: String)] = []
    ) -> [UInt8] {
        var output: [UInt8] = []
        LogLine.append(
            to: &output, format: format, time: "2026-11-20T20:21:55Z", level: "info", message: message.span,
            fields: fields)
        return output
    }

    @Test("text: time, level, message, and fields in the order given")
    func logfmt() {
        #expect(
            text(Self.line(.text, Array("started".utf8), [("pid", "42"), ("name", "two words"), ("a", "")]))
                == #"time="2026-11-20T20:21:55Z" level=info msg="started" pid=42 name="two words" a="""# + "\n")
    }

    @Test("json: the same as an object")
    func json() {
        #expect(
            text(Self.line(.json, Array("started".utf8), [("pid", "42"), ("name", "two words"), ("a", "")]))
                == #"{"time":"2026-11-20T20:21:55Z","level":"info","msg":"started","pid":"42","#
                + #""name":"two words","a":""}"# + "\n")
    }

    @Test("an empty message is an empty string")
    func empty() {
        #expect(text(Self.line(.text, [])) == #"time="2026-11-20T20:21:55Z" level=info msg="""# + "\n")
        #expect(text(Self.line(.json, [])) == #"{"time":"2026-11-20T20:21:55Z","level":"info","msg":""}"# + "\n")
    }

    @Test("a line is put behind what is there already")
    func appends() {
        var output = Array("x\n".utf8)
        LogLine.append(to: &output, format: .text, time: "t", level: "error", message: [0x61].span)
        #expect(text(output) == "x\ntime=\"t\" level=error msg=\"a\"\n")
    }

    @Test(
        "a field is quoted unless it is a bare word",
        arguments: [
            ("word", "word"), ("/bin/ls", "/bin/ls"), ("a=b", #""a=b""#), ("a b", #""a b""#), (#"a"b"#, #""a\"b""#),
            ("é", #""é""#), ("a\nb", #""a\nb""#), ("\u{7f}", #""\u007f""#),
        ])
    func field(_ value: String, _ expected: String) {
        #expect(text(Self.line(.text, [], [("k", value)])).hasSuffix(" k=\(expected)\n"))
    }

    @Test(
        "control characters are escaped in both formats, and text stays as it is",
        arguments: [
            (#"say "hi" \o/"#, #"say \"hi\" \\o/"#),
            ("a\nb\rc\td", #"a\nb\rc\td"#),
            ("\u{00}\u{07}\u{08}\u{0b}\u{0c}\u{1b}[31m", #"\u0000\u0007\b\u000b\f\u001b[31m"#),
            ("\u{7f}\u{80}\u{9b}\u{9f}\u{a0}", "\\u007f\\u0080\\u009b\\u009f\u{a0}"),
            ("a\u{2028}b\u{2029}c", #"a\u2028b\u2029c"#),
            ("naïve 👩‍👩‍👧 日本語 \u{fffd}", "naïve 👩‍👩‍👧 日本語 \u{fffd}"),
            ("a\r\nb", #"a\r\nb"#),
        ])
    func escapes(_ message: String, _ expected: String) {
        for format in LogLine.Format.allCases {
            let line = text(Self.line(format, Array(message.utf8)))
            #expect(line.contains(format == .text ? " msg=\"\(expected)\"\n" : ",\"msg\":\"\(expected)\"}\n"))
        }
    }

    @Test(
        "bytes that are not UTF-8 become U+FFFD, and the rest of the line is kept",
        arguments: [
            ([0x61, 0xff, 0x62], "a\u{fffd}b"),
            ([0xc3], "\u{fffd}"),
            ([0xc3, 0x28], "\u{fffd}("),
            ([0xed, 0xa0, 0x80], "\u{fffd}\u{fffd}\u{fffd}"),
            ([0xc0, 0x80], "\u{fffd}\u{fffd}"),
            ([0xff, 0x0a, 0xff], "\u{fffd}\\n\u{fffd}"),
        ] as [([UInt8], String)])
    func notUTF8(_ message: [UInt8], _ expected: String) {
        #expect(text(Self.line(.text, message)).hasSuffix(" msg=\"\(expected)\"\n"))
        #expect(text(Self.line(.json, message)).hasSuffix(",\"msg\":\"\(expected)\"}\n"))
    }

    @Test("any bytes give one line of valid JSON that says them again", arguments: 0..<100 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let message = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        let line = Self.line(.json, message, [("k", String(decoding: message, as: UTF8.self))])
        #expect(line.count { $0 < 0x20 } == 1, "the newline is the only control character")
        let fields = try JSONDecoder().decode([String: String].self, from: Data(line))
        #expect(fields["msg"] == String(decoding: message, as: UTF8.self))
        #expect(fields["k"] == String(decoding: message, as: UTF8.self))
        #expect(fields["level"] == "info")
        let logfmt = Self.line(.text, message)
        #expect(logfmt.count { $0 < 0x20 } == 1)
    }
}

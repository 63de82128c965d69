import Chance
import Machine
import Testing

@testable import Document

@Suite("Files of the spool")
struct SpoolFileTests {
    private static func read(_ contents: String) -> Downtime { SpoolFile.downtime(Array(contents.utf8)) }

    @Test("what is written is Python's JSON in ASCII, and is read again")
    func written() {
        let downtime = Downtime(reason: "caf\u{e9} \u{1f600}\n\"\\\u{7f}/", creation: 1_435_694_078.778886)
        let text = text(SpoolFile.bytes(downtime))
        #expect(
            text
                == #"{"reason": "caf\u00e9 \ud83d\ude00\n\"\\\u007f/", "expiration": null, "#
                + #""creation": 1435694078.778886}"#
        )
        #expect(Self.read(text) == downtime)
        let other = Downtime(reason: "", expiration: 1e300)
        #expect(SpoolFile.downtime(SpoolFile.bytes(other)) == other)
    }

    @Test("characters of every block come back as they were")
    func characters() {
        for first in stride(from: UInt32(0), through: 0x10ffff, by: 0x400) {
            let scalars = (first...first + 0xff).compactMap(Unicode.Scalar.init)
            let downtime = Downtime(reason: String(String.UnicodeScalarView(scalars)))
            let bytes = SpoolFile.bytes(downtime)
            #expect(bytes.allSatisfy { 0x20...0x7e ~= $0 } && SpoolFile.downtime(bytes) == downtime, "\(first)")
        }
    }

    @Test(
        "numbers of any form, members that are missing, and members of other types",
        arguments: [
            (
                #"{"reason": "x", "expiration": 5, "creation": 1.5}"#,
                Downtime(reason: "x", expiration: 5, creation: 1.5)
            ),
            (#" {"creation":1e3,"reason":"x","other":[{}]}"# + "\n", Downtime(reason: "x", creation: 1000)),
            (#"{"reason": null, "expiration": "soon", "creation": true}"#, Downtime(reason: "")),
            (#"{"reason": 7, "expiration": [1], "creation": {}}"#, Downtime(reason: "")),
            ("{}", Downtime(reason: "")), (#"{"reason":"a","reason":"b"}"#, Downtime(reason: "b")),
            (
                #"{"expiration": 123456789012345678901234567890}"#,
                Downtime(reason: "", expiration: 1.2345678901234568e29)
            ),
        ])
    func objects(_ contents: String, _ downtime: Downtime) {
        #expect(Self.read(contents) == downtime)
    }

    @Test(
        "anything else is the reason: whoever wrote it, it is down",
        arguments: [
            "", "deploy", "deploy\n", "[]", "\"x\"", "7", "null", "{", #"{"reason": "x""#, #"{"reason": "x"} y"#,
            #"{"reason": "x", "expiration": Infinity}"#, #"{"reason": "x", "expiration": NaN}"#,
            #"{'reason': 'x'}"#, "\u{feff}{}", "{\"reason\": \"a\nb\"}",
            String(repeating: "{\"a\":", count: 100),
        ])
    func texts(_ contents: String) {
        #expect(Self.read(contents) == Downtime(reason: contents))
    }

    @Test("bytes that are no UTF-8 are shown as such, and long ones are cut")
    func odd() {
        #expect(SpoolFile.downtime([0x61, 0xff, 0x62]).reason == "a\u{fffd}b")
        #expect(SpoolFile.downtime([0]).reason == "\0")
        #expect(SpoolFile.downtime([UInt8](repeating: 0xff, count: 65536)).reason.utf8.count == 4095)
        #expect(Self.read("{\"reason\":\"\(String(repeating: "a", count: 60_000))\"}").reason.utf8.count == 4096)
    }

    @Test("random bytes and broken objects give a downtime")
    func random() {
        var generator = SeededGenerator(seed: 14)
        let whole = Array(#"{"reason": "\u00e9x", "expiration": 1.5e3, "creation": null}"#.utf8)
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let downtime = SpoolFile.downtime(bytes)
            #expect(SpoolFile.downtime(SpoolFile.bytes(downtime)) == downtime)
        }
    }
}

@Suite("A downtime in words")
struct DownTextTests {
    @Test(
        "the parts that are known",
        arguments: [
            (Downtime(reason: ""), ""), (Downtime(reason: "x"), ": x"),
            (Downtime(reason: "x", creation: 1.5), " since 1.500000: x"),
            (Downtime(reason: "x", expiration: 2), " until 2.000000: x"),
            (
                Downtime(reason: "x", expiration: 1_435_694_678, creation: 1_435_694_078.778886),
                " since 1435694078.778886 until 1435694678.000000: x"
            ),
        ])
    func sentence(_ downtime: Downtime, _ rest: String) {
        #expect(DownText.sentence("web", downtime) == "Service web in down state" + rest)
    }

    @Test(
        "a reason is one line, and does nothing to a terminal",
        arguments: [
            ("deploy\n", "deploy"), ("a\r\n\n", "a"), ("a\nb", "a\\u{a}b"), ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\tDOWN\tb", "a\\u{9}DOWN\\u{9}b"), ("\n", ""), ("é😀", "é😀"), ("\u{202e}", "\\u{202e}"),
        ])
    func reason(_ reason: String, _ shown: String) {
        #expect(DownText.reason(Downtime(reason: reason)) == shown)
    }
}

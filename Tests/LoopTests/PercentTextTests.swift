import Testing

@testable import Loop

@Suite("Text in a path")
struct PercentTextTests {
    private static func decoded(_ text: String) -> String? { PercentText.decoded(Array(text.utf8)[...]) }

    @Test(
        "percent signs with two digits stand for bytes, and everything else for itself",
        arguments: [
            ("", ""), ("a", "a"), ("%41%5a%7A", "AZz"), ("a+b", "a+b"), ("%2F%25", "/%"), ("%c3%A9", "\u{e9}"),
            ("\u{e9}", "\u{e9}"), ("%2541", "%41"),
        ])
    func good(_ text: String, _ expected: String) { #expect(Self.decoded(text) == expected) }

    @Test(
        "what stands for no text is refused",
        arguments: ["%", "a%", "%4", "%g0", "%0g", "%%41", "%-1", "%00", "a%00b", "%80", "%c3", "%ed%a0%80"])
    func bad(_ text: String) { #expect(Self.decoded(text) == nil) }

    @Test("any byte that is written with a percent sign comes back")
    func every() {
        for byte in UInt8(1)...127 {
            let digits = String(byte, radix: 16)
            let text = "%\(digits.count == 1 ? "0" : "")\(digits)"
            #expect(Self.decoded(text) == String(decoding: [byte], as: UTF8.self))
        }
    }
}

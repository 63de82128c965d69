import Chance
import FoundationEssentials
import Machine
import Testing

@testable import Document

@Suite("Odd strings in the status document")
struct StatusDocumentTextTests {
    /// What a client reads.
    private struct Entry: Decodable {
        var Arguments: [String]?
        var Command: String
    }

    private static func document(_ command: String, _ arguments: [String]) -> [UInt8] {
        let subject = StatusEntry.Subject(
            mode: .run, command: command, arguments: arguments, sidebindPort: 0, waitNanoseconds: 0)
        return StatusDocument.bytes([StatusDocument.entries([StatusEntry(subject: subject, report: Report())])])
    }

    @Test(
        "what JSON escapes, control characters and line separators are escaped; the rest is UTF-8 as it is",
        arguments: [
            ("", #""""#),
            ("/usr/bin/env", #""/usr/bin/env""#),
            (#"say "hi""#, #""say \"hi\"""#),
            (#"C:\temp\"#, #""C:\\temp\\""#),
            ("tab\tnewline\nreturn\r", #""tab\tnewline\nreturn\r""#),
            ("\u{08}\u{0c}", #""\b\f""#),
            ("\u{01}\u{1b}[31m\u{1f}", #""\u0001\u001b[31m\u001f""#),
            ("naïve Straße", #""naïve Straße""#),
            ("👩‍👩‍👧 日本語", #""👩‍👩‍👧 日本語""#),
            ("\u{fffd}", "\"\u{fffd}\""),
            ("\u{2028}\u{2029}", #""\u2028\u2029""#),
            ("\u{7f}\u{9b}", #""\u007f\u009b""#),
            ("</script><!--&'", #""</script><!--&'""#),
            ("e\u{301} \u{1f1e6}\u{1f1f9}", "\"e\u{301} \u{1f1e6}\u{1f1f9}\""),
        ])
    func string(_ value: String, _ json: String) {
        let expected = #"[{"Arguments":[\#(json)],"Command":\#(json),"EndTime":"#
        let document = Self.document(value, [value])
        #expect(text(Array(document.prefix(expected.utf8.count))) == expected)
        #expect(document.starts(with: expected.utf8), "bytes, not only canonically equal text")
    }

    @Test("every scalar up to U+2FFF comes back from a JSON reader, and no control character goes out")
    func everyScalar() throws {
        for first in stride(from: UInt32(1), to: 0x3000, by: 64) {
            let all = (first..<(first + 64)).compactMap(Unicode.Scalar.init).map { String($0) }
            let document = Self.document(all.joined(), all)
            #expect(!document.dropLast().contains { $0 < 0x20 })
            let entries = try JSONDecoder().decode([Entry].self, from: Data(document))
            #expect(entries[0].Command.unicodeScalars.elementsEqual(all.joined().unicodeScalars))
            #expect(entries[0].Arguments?.map { Array($0.unicodeScalars) } == all.map { Array($0.unicodeScalars) })
        }
    }

    @Test("random words come back from a JSON reader", arguments: 0..<50 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = (0..<20).map { _ in
            // As Kapo reads argv: any bytes but zero, and U+FFFD for what is not UTF-8.
            let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                UInt8.random(in: 1...255, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(Self.document(words[0], words)))
        #expect(entries.map(\.Command) == [words[0]])
        #expect(entries[0].Arguments == words)
    }
}

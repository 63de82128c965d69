import Chance
import Testing

@testable import Document

@Suite("The line splitter")
struct LineSplitterTests {
    /// The lines of a stream that arrives in these chunks.
    private static func lines(_ chunks: [[UInt8]]) -> [[UInt8]] {
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        for chunk in chunks { splitter.take(chunk.span) { lines.append(Self.array($0)) } }
        splitter.flush { lines.append(Self.array($0)) }
        return lines
    }

    private static func array(_ span: Span<UInt8>) -> [UInt8] {
        span.indices.map { span[$0] }
    }

    private static func lines(of text: String) -> [String] {
        lines([Array(text.utf8)]).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("lines end at newlines, and the last one needs none")
    func newlines() {
        #expect(Self.lines(of: "") == [])
        #expect(Self.lines(of: "a") == ["a"])
        #expect(Self.lines(of: "a\n") == ["a"])
        #expect(Self.lines(of: "\n") == [""])
        #expect(Self.lines(of: "\n\n") == ["", ""])
        #expect(Self.lines(of: "a\n\nb") == ["a", "", "b"])
        #expect(Self.lines(of: "a\r\nb\r\n") == ["a\r", "b\r"])
        #expect(Self.lines(of: "\u{0}\n\u{b}\u{c}\u{85}\u{2028}\n") == ["\u{0}", "\u{b}\u{c}\u{85}\u{2028}"])
    }

    @Test("a complete line is handed out at once, an incomplete one only at the end")
    func timing() {
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        splitter.take(Array("one\ntw".utf8).span) { lines.append(Self.array($0)) }
        #expect(lines == [Array("one".utf8)])
        splitter.take(Array("o".utf8).span) { lines.append(Self.array($0)) }
        #expect(lines.count == 1)
        splitter.take(Array("\n".utf8).span) { lines.append(Self.array($0)) }
        #expect(lines == [Array("one".utf8), Array("two".utf8)])
        splitter.flush { _ in Issue.record("nothing was pending") }
    }

    @Test("after a flush the splitter is as new")
    func flush() {
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        splitter.take(Array("a".utf8).span) { lines.append(Self.array($0)) }
        splitter.flush { lines.append(Self.array($0)) }
        splitter.flush { lines.append(Self.array($0)) }
        splitter.take(Array("b\n".utf8).span) { lines.append(Self.array($0)) }
        #expect(lines == [Array("a".utf8), Array("b".utf8)])
    }

    @Test("a stream cut in two at any place gives the same lines")
    func everyCut() {
        let stream = Array("first\n\nthird, naïve 👩‍👩‍👧\r\n\nlast".utf8)
        let whole = Self.lines([stream])
        for cut in 0...stream.count {
            #expect(Self.lines([Array(stream[..<cut]), Array(stream[cut...])]) == whole, "cut at \(cut)")
        }
    }

    @Test(
        "64 KiB is the longest line, exactly",
        arguments: [
            (65535, [65535]), (65536, [65536]), (65537, [65536, 1]), (131_072, [65536, 65536]),
            (131_073, [65536, 65536, 1]),
        ])
    func bound(_ length: Int, _ expected: [Int]) {
        let line = [UInt8](repeating: 0x78, count: length)
        #expect(Self.lines([line]).map(\.count) == expected)
        for chunk in [1, 7, 4096, 65535, 65536, 65537] {
            let chunks = stride(from: 0, to: length, by: chunk).map { Array(line[$0..<min($0 + chunk, length)]) }
            #expect(Self.lines(chunks).map(\.count) == expected, "in chunks of \(chunk)")
        }
    }

    @Test("a newline right behind 64 KiB ends that line, and makes no empty one")
    func newlineBehindBound() {
        let line = [UInt8](repeating: 0x78, count: 65536)
        #expect(Self.lines([line + [0x0a]]).map(\.count) == [65536])
        #expect(Self.lines([line, [0x0a]]).map(\.count) == [65536])
        #expect(Self.lines([line + [0x0a, 0x0a]]).map(\.count) == [65536, 0])
        #expect(Self.lines([Array(line.dropLast()) + [0x0a]]).map(\.count) == [65535])
    }

    @Test("a character is not cut in two at 64 KiB, wherever the chunks end", arguments: ["é", "日", "👍"])
    func characterAtBound(_ character: Character) {
        let bytes = Array(String(character).utf8)
        for before in (65536 - bytes.count)...65536 {
            let stream = [UInt8](repeating: 0x78, count: before) + bytes + [0x79]
            let fits = before + bytes.count <= 65536
            let first = fits ? before + bytes.count : min(before, 65536)
            let expected = [first, stream.count - first]
            #expect(Self.lines([stream]).map(\.count) == expected, "\(before) bytes before it")
            for cut in before...(before + bytes.count) {
                let lines = Self.lines([Array(stream[..<cut]), Array(stream[cut...])])
                #expect(lines.map(\.count) == expected, "\(before) bytes before it, in chunks of \(cut) and the rest")
            }
        }
    }

    @Test("what is no UTF-8 is cut at 64 KiB all the same")
    func notUTF8AtBound() {
        let line = [UInt8](repeating: 0x80, count: 65537)
        #expect(Self.lines([line]).map(\.count) == [65536, 1])
        #expect(Self.lines([line + line]).map(\.count) == [65536, 65536, 2])
    }

    @Test("a stream of ASCII is cut at newlines and 64 KiB, however it arrives", arguments: 0..<20 as Range<UInt64>)
    func randomText(_ seed: UInt64) {
        let (stream, chunks) = Self.random(seed, 0x0b...0x7f)
        let pieces = stream.split(separator: 0x0a, omittingEmptySubsequences: false)
        // What follows the last newline is a line only if anything does.
        let lines = (pieces.last?.isEmpty == true ? pieces.dropLast() : pieces[...]).flatMap { piece -> [[UInt8]] in
            let starts = Array(stride(from: piece.startIndex, to: piece.endIndex, by: LineSplitter.longest))
            return piece.isEmpty
                ? [[]] : starts.map { Array(piece[$0..<min($0 + LineSplitter.longest, piece.endIndex)]) }
        }
        let isSame = Self.lines(chunks) == lines
        #expect(isSame)
    }

    @Test("no byte is lost or made up, whatever arrives, however", arguments: 0..<20 as Range<UInt64>)
    func randomBytes(_ seed: UInt64) {
        let (stream, chunks) = Self.random(seed, 0x0b...0xff)
        let lines = Self.lines(chunks)
        let isSame = Array(lines.joined()) == stream.filter { $0 != 0x0a }
        #expect(isSame)
        #expect(lines.allSatisfy { $0.count <= LineSplitter.longest })
        // Every newline is where a line ends; where else one ends it was as long as may be, or a character less.
        var ends: [Int: Int] = [:]
        var position = 0
        for line in lines {
            position += line.count
            ends[position, default: 0] += 1
        }
        position = 0
        for byte in stream {
            if byte == 0x0a { ends[position, default: 0] -= 1 } else { position += 1 }
        }
        let short = lines.dropLast().count { $0.count < LineSplitter.longest - 3 }
        #expect(ends.values.allSatisfy { $0 >= 0 })
        #expect(short <= stream.count { $0 == 0x0a })
    }

    /// A stream of these bytes, newlines in it, and the chunks in which it arrives.
    private static func random(_ seed: UInt64, _ bytes: ClosedRange<UInt8>) -> (stream: [UInt8], chunks: [[UInt8]]) {
        var random = SeededGenerator(seed: seed)
        // The rarer newlines are, the more lines reach the bound.
        let newlines = [2, 40, 5000, 70_000, 1_000_000][Int(seed % 5)]
        let stream = (0..<200_000).map { _ in
            Int.random(in: 0..<newlines, using: &random) == 0 ? UInt8(0x0a) : UInt8.random(in: bytes, using: &random)
        }
        var chunks: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let length = Int.random(in: 0...min(rest.count, 65536 * 2), using: &random)
            chunks.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return (stream, chunks)
    }
}

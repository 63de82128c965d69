import Chance
import Testing

@testable import Config

/// Seeds of files that are nearly right: what they have is cut, doubled and exchanged at random.
@Suite("Any bytes at all as a YAML file")
struct YAMLFuzzTests {
    private static let seeds: [[UInt8]] = [
        "cmd: sleep 5\nenv: {DEBUG: 1, A: 'b', C: \"d\\n\"}\nlog:\n  file: /tmp/a\n  age: 5\nkapo:\n  port: [80, 81]\n",
        "cmd:\n- a\n- |\n  b\n  c\n- >-\n  d\nrequire: [x, y]\n---\nz: &a b\nw: *a\n...\n",
        "? a\n: - b\n  - ? [c]\n    : {d: e}\n%YAML 1.1\n# c\nf: !!str \"\\u00e4\\x41\\\n  g\"\n",
    ].map { Array($0.utf8) }
    private static let tokens =
        [
            "\n", "\n  ", "\t", " ", ": ", "- ", "? ", "[", "]", "{", "}", ",", "'", "\"", "\\", "|\n", ">+2\n", "&a ",
            "*a ",
            "!t ", "#", "%TAG ! x\n", "---\n", "...\n", "\0", "\u{85}", "\u{2028}", "\u{feff}", "\r", "\r\n", "~",
            "<<: ",
            "cmd: ", "kapo:", "wait: -1", "9999999999999999999", "\u{10ffff}",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xed, 0xa0, 0x80]]

    @Test("are read, or refused with a place in the file", arguments: 0..<40 as Range<UInt64>)
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (good, bad) = (0, 0)
        for _ in 0..<100 {
            let bytes = Self.bytes(&random)
            let lines = bytes.count + 1
            var mistakes = YAMLMistakes(file: "f")
            let node = YAMLDocument.read(bytes, mistakes: &mistakes)
            #expect(node != nil || !mistakes.all.isEmpty || Self.isBlank(bytes), "\(bytes)")
            for mistake in mistakes.all {
                #expect(1...lines ~= mistake.line && 1...(bytes.count + 1) ~= mistake.column, "\(bytes)")
                #expect(!mistake.message.isEmpty && !mistake.description.unicodeScalars.contains("\n"))
            }
            switch Result(catching: { () throws(RunFile.Mistakes) in
                try RunFile(bytes: bytes, file: "f", options: ["port"])
            }) {
            case .success(let file):
                good += 1
                #expect(file.command.first?.isEmpty == false)
                let again = try? RunFile(bytes: Array(file.text.utf8), file: "f", options: ["port"])
                #expect(again == file, "\(file.text)")
            case .failure(let error):
                bad += 1
                #expect(!error.all.isEmpty)
            }
        }
        #expect(good > 0 && bad > 0, "\(good) \(bad)")
    }

    /// True for what may be an empty document: bytes of which no word is made.
    private static func isBlank(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let line = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{feff}" }
            return line.isEmpty || ["#", "%", "..."].contains { line.hasPrefix($0) }
        }
    }

    private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        if Int.random(in: 0..<8, using: &random) == 0 { bytes = [] }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...8, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: Array(bytes[start..<end]), at: 0)
            case 2: bytes.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: start)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
            }
        }
        return bytes
    }
}

import Chance
import Testing

@testable import Host

@Suite("No line is torn or lost, however the bytes come")
struct LogFileChunkTests {
    /// Lines of all lengths up to 40 bytes, some of them empty.
    private static func lines(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).flatMap { number in
            Array("\(number)".utf8) + [UInt8](repeating: 0x78, count: Int.random(in: 0...40, using: &random)) + [0x0a]
        }
    }

    @Test("all files together are what was written, and each ends with a line", arguments: 0..<60 as Range<UInt64>)
    func chunks(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var input = Self.lines(200, &random)
        if Bool.random(using: &random) { input.removeLast() }
        let rig = try LogFileRig()
        let size = Int.random(in: 1...300, using: &random)
        try rig.open(size: size, number: 500)
        var rest = input[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 700), using: &random)
            rig.log?.write(Array(rest.prefix(count)).span, at: rig.now)
            rest = rest.dropFirst(count)
            if Int.random(in: 0..<20, using: &random) == 0 { try rig.open(size: size, number: 500) }
        }
        let files = (1...500).reversed().compactMap { rig.bytes("log.\($0)") } + [try #require(rig.bytes("log"))]
        #expect(Array(files.joined()) == input)
        for file in files.dropLast() {
            #expect(file.last == 0x0a)
            // Longer only where a line began that did not fit, in a part that had come before.
            #expect(file.count <= size + 60)
        }
        #expect(files.count > 1)
        #expect(rig.news == [])
    }

    @Test("a million numbered lines come out as they went in, with a hundred rotations")
    func million() throws {
        let rig = try LogFileRig()
        try rig.open(size: 100_000, number: 1000)
        var input: [UInt8] = []
        var line = Array("0000000\n".utf8)
        for _ in 0..<1_000_000 {
            input += line
            var digit = 6
            while line[digit] == UInt8(ascii: "9") {
                line[digit] = UInt8(ascii: "0")
                digit -= 1
            }
            line[digit] += 1
        }
        for start in stride(from: 0, to: input.count, by: 65536) {
            rig.log?.write(input.span.extracting(start..<min(start + 65536, input.count)), at: rig.now)
        }
        let files = (1...1000).reversed().compactMap { rig.bytes("log.\($0)") } + [try #require(rig.bytes("log"))]
        var rest = input[...]
        for file in files {
            #expect(file.count <= 100_000 && file.last == 0x0a)
            // Not in the expectation itself: it would print what differs.
            let isSame = Array(rest.prefix(file.count)) == file
            #expect(isSame)
            rest = rest.dropFirst(file.count)
        }
        #expect(rest.isEmpty && files.count == 80)
    }

    @Test("a time stands before each line, and none within one", arguments: 0..<30 as Range<UInt64>)
    func stamps(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = seed == 0 ? 8000 : 200
        let input = Self.lines(count, &random) + (seed == 0 ? [UInt8](repeating: 0x79, count: 200_000) : [])
        var stamps = LineStamps(isInLine: false)
        var (output, rest, turn) = ([UInt8](), input[...], 0)
        while !rest.isEmpty {
            let count = seed == 0 ? rest.count : Int.random(in: 1...min(rest.count, 300), using: &random)
            turn += 1
            stamps.put(Array("<\(turn)> ".utf8), before: Array(rest.prefix(count)).span) { bytes in
                for index in bytes.indices { output.append(bytes[index]) }
            }
            rest = rest.dropFirst(count)
        }
        let lines = output.split(separator: 0x0a, omittingEmptySubsequences: false)
        for line in lines where !line.isEmpty { #expect(line.first == UInt8(ascii: "<")) }
        #expect(output.count { $0 == UInt8(ascii: "<") } == lines.count { !$0.isEmpty })
        let bare = lines.map { $0.first == UInt8(ascii: "<") ? Array($0.drop { $0 != 0x20 }.dropFirst()) : [] }
        #expect(Array(bare.joined(separator: [0x0a])) == input)
    }
}

import Chance
import Glibc
import Testing

@testable import Document

@Suite("Numbers with six decimals")
struct SixDecimalsTests {
    @Test(
        "the text, for numbers of every size",
        arguments: [
            (0, "0.000000"), (-0.0, "-0.000000"), (1, "1.000000"), (-1.5, "-1.500000"),
            (1_435_694_078.778886, "1435694078.778886"), (0.0000005, "0.000000"), (0.00000051, "0.000001"),
            (0.9999999, "1.000000"), (0.0000015, "0.000002"), (0.5e-300, "0.000000"),
            (.leastNonzeroMagnitude, "0.000000"),
            (1e22, "10000000000000000000000.000000"), (123_456_789.9999995, "123456789.999999"),
            (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (0.1, "0.100000"), (2.5e-7, "0.000000"),
            (0.0000305175781250, "0.000031"), (0.00000095367431640625, "0.000001"), (1e15, "1000000000000000.000000"),
        ] as [(Double, String)])
    func numbers(_ number: Double, _ text: String) {
        #expect(SixDecimals.text(number) == text)
    }

    @Test("20,000 numbers, of random bits and of times of today, are written as the C library writes them")
    func agreement() {
        var generator = SeededGenerator(seed: 13)
        var wrong: [String] = []
        var expected = [CChar](repeating: 0, count: 400)
        for turn in 0..<20_000 {
            let bits = UInt64.random(in: .min ... .max, using: &generator)
            let number =
                switch turn % 4 {
                case 0: Double(bitPattern: bits)
                case 1: Double(bits >> 20) / 1_000_000
                // Halves of the last digit.
                case 2: Double(bits >> 40) / 128 / 1_000_000
                default: Double(bits >> 12) / 1024 / 1_048_576
                }
            if number.isNaN { continue }
            // vsnprintf writes as many bytes as there is room for, with its zero.
            _ = unsafe withVaList([number]) { unsafe vsnprintf(&expected, expected.count, "%f", $0) }
            let text = String(decoding: expected.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if SixDecimals.text(number) != text { wrong.append("\(number) \(text)") }
        }
        #expect(wrong == [])
    }
}

import Chance
import Testing

@testable import Document

@Suite("The order of names")
struct NaturalOrderTests {
    /// Names in their order.
    private static let names = [
        "", "-", "0", "00", "01", "1", "2", "9", "010", "10", "99999999999999999999", "100000000000000000000", "A",
        "a", "a1", "a1b2", "a01b10", "a1b10", "a2", "a10", "a10b", "ab", "web", "web-1", "web-2", "web-10", "web1",
        "web2", "web02x", "web10", "web10a", "wéb", "é",
    ]

    @Test("numbers are numbers, all else is bytes; each name is before those behind it, and no other")
    func order() {
        for (place, first) in Self.names.enumerated() {
            for (otherPlace, second) in Self.names.enumerated() {
                #expect(NaturalOrder.isBefore(first, second) == (place < otherPlace), "\(first) \(second)")
            }
        }
        #expect(Self.names.shuffled().sorted(by: NaturalOrder.isBefore) == Self.names)
    }

    @Test("it is an order of any names: none is before itself, and one of two is before the other")
    func total() {
        var generator = SeededGenerator(seed: 5)
        let letters = Array("0123ab-")
        for _ in 0..<2000 {
            let names = (0..<3).map { _ in
                String(
                    (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                        letters.randomElement(using: &generator) ?? "0"
                    })
            }
            #expect(!NaturalOrder.isBefore(names[0], names[0]))
            if names[0] != names[1] {
                #expect(NaturalOrder.isBefore(names[0], names[1]) != NaturalOrder.isBefore(names[1], names[0]))
            }
            let sorted = names.sorted(by: NaturalOrder.isBefore)
            #expect(sorted.first == sorted.last || NaturalOrder.isBefore(sorted[0], sorted[2]), "\(names)")
        }
    }
}

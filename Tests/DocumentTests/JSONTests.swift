import FoundationEssentials
import Testing

@testable import Document

@Suite("JSON texts")
struct JSONTests {
    private func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return text([UInt8](try encoder.encode(value)))
    }

    @Test("values have the text that the library's encoder gives them")
    func values() throws {
        #expect(text(JSON.null.bytes) == "null")
        for value in [true, false] { #expect(text(JSON.bool(value).bytes) == (try encoded(value))) }
        for value in [0, 1, -1, 42, .min, .max] as [Int64] {
            #expect(text(JSON.integer(value).bytes) == (try encoded(value)))
        }
        #expect(text(JSON.unsigned(.max).bytes) == (try encoded(UInt64.max)))
        #expect(text(JSON(UInt16(6667)).bytes) == "6667")
        #expect(text(JSON(Int32?.none).bytes) == "null")
        #expect(text(JSON.array([]).bytes) == "[]")
        #expect(text(JSON.object([]).bytes) == "{}")
        let both = JSON.object([("a", .array([.integer(1), .null])), ("b", .object([("c", .string("x/y"))]))])
        #expect(text(both.bytes) == #"{"a":[1,null],"b":{"c":"x/y"}}"#)
    }

    @Test("every character comes back as it was, and all but some control characters as the encoder writes them")
    func characters() throws {
        for first in stride(from: UInt32(0), through: 0x10ffff, by: 0x100) {
            let scalars = (first...first + 0xff).compactMap(Unicode.Scalar.init)
            let string = String(String.UnicodeScalarView(scalars))
            let json = JSON.string(string).bytes
            #expect(try JSONDecoder().decode(String.self, from: Data(json)) == string)
            #expect(!json.contains { $0 < 0x20 || $0 == 0x7f })
            if first >= 0x100 && first != 0x2000 { #expect(text(json) == (try encoded(string))) }
        }
        let plain = String(String.UnicodeScalarView((0x20...0x7e).compactMap(Unicode.Scalar.init)))
        #expect(text(JSON.string(plain).bytes) == (try encoded(plain)))
    }

    @Test("members keep the order that they are given in")
    func order() {
        #expect(text(JSON.object([("b", .null), ("a", .null)]).bytes) == #"{"b":null,"a":null}"#)
    }
}

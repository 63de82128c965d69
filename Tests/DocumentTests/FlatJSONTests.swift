import Chance
import FoundationEssentials
import Testing

@testable import Document

@Suite("Reading an object of JSON")
struct FlatJSONTests {
    private static func read(_ text: String) -> FlatJSON? { FlatJSON(Array(text.utf8)) }

    @Test("members of each type, and the last of two of a name")
    func members() throws {
        let object = try #require(
            Self.read(
                #"""
                { "text" : "a", "number":-12 ,"yes":true,"no":false,"nothing":null,"list":[1,[],{}],"real":1.5,
                  "large":99999999999999999999,"object":{"text":"inner"},"twice":1,"twice":2,"zero":-0,"e":1e2 }
                """#))
        let expected: [(String, FlatJSON.Value?)] = [
            ("text", .text("a")), ("number", .integer(-12)), ("yes", .bool(true)), ("no", .bool(false)),
            ("nothing", .null), ("list", .other), ("real", .number(1.5)), ("large", .number(1e20)), ("object", .other),
            ("twice", .integer(2)), ("zero", .integer(0)), ("e", .number(100)), ("absent", nil),
        ]
        for (name, value) in expected { #expect(object[name] == value, "\(name)") }
    }

    @Test(
        "numbers of any form; what is larger than they can be is the largest of them",
        arguments: [
            ("1.5", 1.5), ("-0.25e-1", -0.025), ("1435694078.778886", 1_435_694_078.778886), ("1E+2", 100),
            ("9223372036854775808", 9_223_372_036_854_775_808), ("7", 7), ("0.1", 0.1),
            ("5e-324", .leastNonzeroMagnitude),
            ("1e-999", 0), ("1e999", .greatestFiniteMagnitude), ("-1e999", -.greatestFiniteMagnitude),
        ] as [(String, Double)])
    func numbers(_ written: String, _ number: Double) {
        let object = Self.read("{\"a\":\(written)}")
        #expect(object?.number("a") == number)
        #expect(object?.text("a") == nil && object?.bool("a", true) == nil)
        #expect((object?.integer("a", 0) == nil) == (written != "7"))
    }

    @Test("a number is none where something else is", arguments: ["\"1\"", "true", "null", "[1]", "{\"a\":1}"])
    func noNumber(_ written: String) {
        #expect(Self.read("{\"a\":\(written)}")?.number("a") == nil)
        #expect(Self.read("{}")?.number("a") == nil)
    }

    @Test(
        "escapes",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "A\u{e9}\u{20ac}"),
            (#"\ud83d\ude00"#, "\u{1f600}"), (#"\ud83d"#, "\u{fffd}"), (#"\ude00\ud83d"#, "\u{fffd}\u{fffd}"),
            (#"\ud83dx"#, "\u{fffd}x"), (#"\ud83d\u0041"#, "\u{fffd}A"), (#"\u0000"#, "\0"),
        ])
    func escapes(_ escaped: String, _ plain: String) {
        #expect(Self.read("{\"a\":\"\(escaped)\"}")?["a"] == .text(plain))
    }

    @Test(
        "what is no object is nil",
        arguments: [
            "", " ", "{", "}", "{}{}", "{} x", "[]", "1", "\"a\"", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#,
            #"{"a":1 "b":2}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":+1}"#,
            #"{"a":-}"#, #"{"a":tru}"#, #"{"a":truex}"#, #"{"a":"b}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#,
            #"{"a":"\u12g4"}"#, "{\"a\":\"\n\"}", #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":{}"#, "\u{feff}{}",
        ])
    func bad(_ text: String) { #expect(Self.read(text) == nil) }

    @Test("depth has a bound, so that no text overflows the stack")
    func depth() {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(Self.read(nested(31))?["a"] == .other)
        #expect(Self.read(nested(32)) == nil)
        #expect(Self.read(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    /// Any value, of which nothing is wanted but that it is one.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    @Test("of random texts it takes none that another reader of JSON does not take")
    func agreement() {
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "1", "-", "0", ".5", "e9", "true", "false", "null",
            " ",
            "\"", "\\", "{\"a\":", "\"b\":1",
        ]
        var generator = SeededGenerator(seed: 5)
        var taken = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1..<9, using: &generator)
            let inner = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
            let text = Bool.random(using: &generator) ? "{\"a\":\(inner)}" : inner
            guard Self.read(text) != nil else { continue }
            taken += 1
            let decoded = try? JSONDecoder().decode([String: Anything].self, from: Data(text.utf8))
            #expect(decoded != nil, "\(text)")
        }
        #expect(taken > 100, "\(taken)")
    }

    /// Some value of JSON, with values in it down to that depth.
    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> String {
        let plain = [
            "null", "true", "false", "0", "-1", "12.50e-3", "1E+2", "\"\"", "\"\\u00e9 \u{e9}\\\\\"",
            "9223372036854775808",
        ]
        let kind = depth == 0 ? 9 : Int.random(in: 0..<10, using: &generator)
        guard kind < 6 else { return plain[Int.random(in: 0..<plain.count, using: &generator)] }
        let space = [" ", "\n", ""][Int.random(in: 0..<3, using: &generator)]
        let values = (0..<Int.random(in: 0..<4, using: &generator)).map { index in
            let value = space + value(depth - 1, &generator) + space
            return kind < 3 ? value : "\(space)\"\(index)\"\(space):\(value)"
        }
        let inner = values.isEmpty ? space : values.joined(separator: ",")
        return kind < 3 ? "[\(inner)]" : "{\(inner)}"
    }

    @Test("every object that is one is taken, and all its members are there")
    func everyObject() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2_000 {
            let (first, second) = (Self.value(5, &generator), Self.value(5, &generator))
            let object = Self.read("{\"first\":\(first),\"second\":\(second)}")
            #expect(object?["first"] != nil && object?["second"] != nil, "\(first) \(second)")
        }
    }
}

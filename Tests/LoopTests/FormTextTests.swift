import Testing

@testable import Loop

@Suite("Fields of a form")
struct FormTextTests {
    private static func fields(_ text: String) -> [String]? {
        FormText.fields(Array(text.utf8))?.map { "\($0.name)=\($0.value)" }
    }

    @Test(
        "names and values in their order, decoded; a plus sign is a space, and what has no value has an empty one",
        arguments: [
            ("", []), ("&", []), ("a=b", ["a=b"]), ("a=b&c=d", ["a=b", "c=d"]), ("&&a=b&&", ["a=b"]), ("a", ["a="]),
            ("a=", ["a="]), ("=b", ["=b"]), ("=", ["="]), ("a=b=c", ["a=b=c"]), ("a=b&a=c", ["a=b", "a=c"]),
            ("a+b=+c+", ["a b= c "]), ("a%2Bb=%2b", ["a+b=+"]), ("a%3Db=%26", ["a=b=&"]), ("a=%C3%A9", ["a=\u{e9}"]),
            ("a=\u{e9}", ["a=\u{e9}"]), ("a=b;c=d", ["a=b;c=d"]), ("a=%0A", ["a=\n"]), ("a=b\r\n", ["a=b\r\n"]),
        ] as [(String, [String])])
    func good(_ text: String, _ fields: [String]) {
        #expect(Self.fields(text) == fields)
    }

    @Test(
        "what cannot be decoded makes all of it none",
        arguments: ["a=%", "a=%4", "a=%4g", "%zz=b", "a=b&c=%", "a=%00", "a=b\0", "a=%ff", "a=%c3+"])
    func bad(_ text: String) {
        #expect(Self.fields(text) == nil)
    }

    @Test("64 fields are the most")
    func most() {
        let text = { (count: Int) in (0..<count).map { "f\($0)=v" }.joined(separator: "&") }
        #expect(Self.fields(text(64))?.count == 64 && Self.fields(text(64))?.last == "f63=v")
        #expect(Self.fields(text(65)) == nil)
    }

    @Test("bytes that are no UTF-8 are no text")
    func notUTF8() {
        #expect(FormText.fields([0x61, 0x3d, 0xff]) == nil && FormText.fields([0xc3, 0x3d, 0x61]) == nil)
    }
}

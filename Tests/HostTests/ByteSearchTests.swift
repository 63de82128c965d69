import Testing

@testable import Host

@Suite("ByteSearch")
struct ByteSearchTests {
    @Test(
        "bytes among bytes",
        arguments: [
            ("abc", "", true), ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "c", true),
            ("abc", "bc", true), ("abc", "ac", false), ("ab", "abc", false), ("aab", "ab", true),
            ("a\u{0}b", "\u{0}b", true),
        ])
    func contains(_ text: String, _ sought: String, _ expected: Bool) {
        #expect(ByteSearch.contains(Array(text.utf8), Array(sought.utf8)) == expected)
    }
}

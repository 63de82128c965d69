import Document
import Testing

@Suite("Texts and lists as Python's repr shows them")
struct PythonTextTests {
    @Test(
        "a text, as Python 3.11 shows it",
        arguments: [
            ("", "''"), ("site:web", "'site:web'"), ("it's", "\"it's\""), ("\"", "'\"'"), ("'\"", "'\\'\"'"),
            ("a\\b", "'a\\\\b'"),
            (
                "\n\r\t\u{0}\u{7f}\u{a0}é\u{200b}\u{2028}😀\u{e0001}",
                #"'\n\r\t\x00\x7f\xa0é\u200b\u2028😀\U000e0001'"#
            ),
        ])
    func texts(_ text: String, _ shown: String) {
        #expect(PythonText.quoted(text) == shown)
    }

    @Test("a list")
    func lists() {
        #expect(PythonText.list([]) == "[]")
        #expect(PythonText.list(["a"]) == "['a']")
        #expect(PythonText.list(["a", "b:c"]) == "['a', 'b:c']")
    }
}

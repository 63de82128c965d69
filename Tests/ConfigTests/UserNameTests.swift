import Testing

@testable import Config

@Suite("User and group")
struct UserNameTests {
    @Test(
        "names and numbers, with and without a group",
        arguments: [
            ("www", "www", nil), ("0", "0", nil), ("www:adm", "www", "adm"), ("1000:0", "1000", "0"),
            ("www:33", "www", "33"), ("4294967294:4294967294", "4294967294", "4294967294"), ("007", "007", nil),
            ("a-b_c.d$", "a-b_c.d$", nil), ("jörg:wärter", "jörg", "wärter"), ("1a", "1a", nil), ("-1", "-1", nil),
        ] as [(String, String, String?)])
    func read(_ text: String, _ user: String, _ group: String?) throws {
        let name = try UserName(text: text)
        #expect(name.user == user)
        #expect(name.group == group)
    }

    @Test(
        "what is neither is refused, above all the number that means nobody's change to the kernel",
        arguments: [
            "", ":", "www:", ":adm", "www:adm:", "www::adm", "a:b:c", "4294967295", "www:4294967295", "4294967296",
            "99999999999999999999", "two words", "www adm", "www: adm", "tab\t", "line\n", "zero\0", "\u{7f}",
            "\u{fffd}", "w\u{fffd}\u{301}", " ", "www:\u{fffd}",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: UserName.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a user: a name or a number, with a group behind a colon if it is not the "
                            + "user's own: www:adm")))
    }
}

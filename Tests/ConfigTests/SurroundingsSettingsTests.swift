import Testing

@testable import Config

@Suite("Umask, nice value and path")
struct SurroundingsSettingsTests {
    @Test("every umask can be written, with and without zeros before it")
    func umasks() throws {
        for mode in 0...0o777 as ClosedRange<UInt32> {
            let digits = String(mode, radix: 8)
            #expect(try Umask(text: digits).mode == mode)
            #expect(try Umask(text: String(repeating: "0", count: 4 - digits.count) + digits).mode == mode)
        }
    }

    @Test(
        "what is no umask is refused",
        arguments: nonsense.filter { $0 != "5" } + ["8", "9", "028", "1000", "7777", "00022", "0o22", "u=rwx"])
    func noUmask(_ text: String) {
        #expect(
            reading(text, as: Umask.self)
                == .failure(SettingError("'\(text)' is not a umask: octal digits from 0 to 0777, such as 027")))
    }

    @Test("every nice value can be written")
    func nices() throws {
        for value in -20...19 as ClosedRange<Int32> { #expect(try Nice(text: "\(value)").value == value) }
        #expect(try Nice(text: "-0").value == 0)
        #expect(try Nice(text: "-05").value == -5)
    }

    @Test(
        "what is no nice value is refused",
        arguments: nonsense.filter { !["-5", "-0"].contains($0) } + ["-21", "20", "--5", "1.5", "−5", "-", "019"])
    func noNice(_ text: String) {
        #expect(
            reading(text, as: Nice.self)
                == .failure(SettingError("'\(text)' is not a nice value: a whole number from -20 to 19")))
    }

    @Test("a path is any text that names a file", arguments: ["/", ".", "a b", "-", "../ä", "/tmp/\n", "'"])
    func paths(_ text: String) throws {
        #expect(try Path(text: text).text == text)
    }

    @Test(
        "no text is no path, nor is what would name another file",
        arguments: ["", "a\0b", "\u{fffd}", "/\u{fffd}\u{301}"])
    func noPath(_ text: String) {
        #expect(
            reading(text, as: Path.self)
                == .failure(SettingError("'\(text)' is not a path: it is not empty, and it is UTF-8")))
    }
}

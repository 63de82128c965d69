import Testing

@testable import Config

@Suite("Process id")
struct ProcessIDTests {
    @Test(
        "what the kernel gives out",
        arguments: [("1", 1), ("2", 2), ("32768", 32768), ("0042", 42), ("4194303", 4_194_303), ("4194304", 4_194_304)]
            as [(String, Int32)])
    func read(_ text: String, _ number: Int32) throws {
        #expect(try ProcessID(text: text).number == number)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + ["0", "000", "4194305", "2147483647", "2147483648", "4294967297", "1.0", "1-2", "self"])
    func refused(_ text: String) {
        #expect(
            reading(text, as: ProcessID.self)
                == .failure(SettingError("'\(text)' is not a process id: a whole number from 1 to 4194304")))
    }
}

import Testing

@testable import Config

@Suite("Switch")
struct SwitchTests {
    @Test("on", arguments: ["1", "t", "T", "TRUE", "true", "True"])
    func on(_ text: String) throws {
        #expect(try Switch(text: text).isOn)
    }

    @Test("off", arguments: ["0", "f", "F", "FALSE", "false", "False"])
    func off(_ text: String) throws {
        #expect(try !Switch(text: text).isOn)
    }

    @Test(
        "nothing else",
        arguments: [
            "", " ", "2", "-1", "01", "00", "1 ", " 1", "1\0", "tRUE", "TRue", "truE", "yes", "no", "y", "n", "on",
            "off",
            "ON", "enabled", "fALSE", "FALSe", "true\n", "١", "１", "t\u{301}", "\u{fffd}",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: Switch.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a switch: 1, t, T, TRUE, true or True; 0, f, F, FALSE, false or False")))
    }

    @Test("of all words of up to five letters of true and false, only twelve are read")
    func exhaustive() {
        var words = [""]
        var count = 0
        for _ in 1...5 {
            words = words.flatMap { word in "tTrRuUeE01".map { word + String($0) } }
            count += words.count { (try? Switch(text: $0)) != nil }
        }
        #expect(count == 7, "1, 0, t, T, TRUE, true, True")
    }
}

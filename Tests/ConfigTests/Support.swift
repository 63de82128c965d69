import Testing

@testable import Config

/// What no whole number is: each of these words must be refused wherever digits are expected.
let nonsense: [String] = [
    "", " ", "  ", "\t", "\n", "\0", "a", "x", "-", "--", "+", ".", "..", ",", "%", "'", "\"", "\\",
    " 5", "5 ", "5\n", "\n5", "5\0", "\05", "5 5", "5_000", "5,000", "5'000",
    "+5", "-5", "-0", "+0", "- 5", "0x10", "0X1F", "0b1", "0o7", "#5", "1e3", "1E3", "1e", "e1", "5s", "5 s", "5ms",
    "٥", "۵", "５", "५", "𝟓", "²", "½", "五", "5\u{301}", "5\u{200d}", "\u{feff}5", "5\u{a0}", "\u{fffd}",
    "nan", "NaN", "inf", "Infinity", "-inf", "nil", "null", "true", "none", "five",
    "99999999999999999999", "18446744073709551616", "340282366920938463463374607431768211456",
    String(repeating: "9", count: 10_000), "5" + String(repeating: " ", count: 10_000),
]

/// What `Value` reads of a text, or the message of its error.
func reading<Value: Setting>(_ text: String, as type: Value.Type) -> Result<Value, SettingError> {
    Result { () throws(SettingError) in try Value(text: text) }
}

import Testing

@testable import Config

@Suite("Seconds and Interval")
struct SecondsTests {
    @Test(
        "whole numbers and fractions",
        arguments: [
            ("0", 0), ("5", 5_000_000_000), ("05", 5_000_000_000), ("0.25", 250_000_000), (".5", 500_000_000),
            ("5.", 5_000_000_000), ("0.0", 0), (".0", 0), ("0.000000001", 1), ("0.0000000019", 1),
            ("0.00000000000000000000001", 0), ("1.999999999", 1_999_999_999), ("2.000000001", 2_000_000_001),
            ("86400.5", 86_400_500_000_000), ("1000000000", 1_000_000_000_000_000_000),
            ("999999999.999999999", 999_999_999_999_999_999),
        ] as [(String, Int64)])
    func read(_ text: String, _ nanoseconds: Int64) throws {
        #expect(try Seconds(text: text).nanoseconds == nanoseconds)
    }

    @Test(
        "whole seconds from code are the same as those that are written",
        arguments: [0, 1, 5, 1_000_000_000] as [Int64])
    func whole(_ seconds: Int64) throws {
        #expect(try Seconds(text: "\(seconds)") == Seconds(seconds))
        #expect(Interval(seconds).nanoseconds == Seconds(seconds).nanoseconds)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "1.2.3", "1..2", "1.-5", "1.+5", "-1.5", "1. 5", "1 .5", "1,5", "0.5e3", "0.5s", "0x1.8p1", "1.５",
            "1.5\u{301}",
            "1000000001", "9223372037", "9223372036854775807", "10-30", ".\u{301}5",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: Seconds.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a number of seconds from 0 to 1000000000; fractions such as 0.5 are allowed"))
        )
        #expect(throws: SettingError.self) { try Interval(text: text) }
    }

    @Test("nothing is longer than the longest, not by a fraction either")
    func longest() {
        #expect(throws: SettingError.self) { try Seconds(text: "1000000000.000000001") }
        #expect(throws: SettingError.self) { try Seconds(text: "1000000000.5") }
        #expect(throws: SettingError.self) { try Interval(text: "1000000000.5") }
    }

    @Test(
        "an interval is a tenth of a second at least",
        arguments: [("0.1", 100_000_000), ("0.10", 100_000_000), ("5", 5_000_000_000), (".25", 250_000_000)]
            as [(String, Int64)])
    func interval(_ text: String, _ nanoseconds: Int64) throws {
        #expect(try Interval(text: text).nanoseconds == nanoseconds)
    }

    @Test(
        "shorter intervals would spin and are refused", arguments: ["0", "0.0", "0.09", "0.099999999", ".0999999999"])
    func tooShort(_ text: String) {
        #expect(
            reading(text, as: Interval.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a number of seconds from 0.1 to 1000000000; fractions are allowed")))
    }
}

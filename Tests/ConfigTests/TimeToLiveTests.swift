import Testing

@testable import Config

@Suite("Time to live")
struct TimeToLiveTests {
    @Test(
        "one number, or a range",
        arguments: [
            ("0", 0...0), ("30", 30...30), ("030", 30...30), ("10-30", 10...30), ("0-0", 0...0), ("0-5", 0...5),
            ("7-7", 7...7), ("1000000000", 1_000_000_000...1_000_000_000), ("0-1000000000", 0...1_000_000_000),
        ] as [(String, ClosedRange<Int64>)])
    func read(_ text: String, _ range: ClosedRange<Int64>) throws {
        #expect(try TimeToLive(text: text).range == range)
    }

    @Test("none is zero")
    func none() throws {
        #expect(TimeToLive.none.range == 0...0)
        #expect(try TimeToLive(text: "0") == .none)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "30-10", "1-0", "10-", "-30", "-10-30", "10--30", "10-30-50", "10 - 30", "10- 30", "10-x", "x-30", "10–30",
            "10..30", "10...30", "10:30", "0.5", "1.5-2", "10-2.5", "1000000001", "0-1000000001",
            "0-99999999999999999999", "10-٣٠", "-0", "0-", "10-+30", "10\u{301}-30",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: TimeToLive.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a time to live: whole seconds from 0 to 1000000000, or a range such as "
                            + "10-30 to draw one from")))
    }
}

import Chance
import FoundationEssentials
import Testing

@testable import Document

@Suite("Timestamp")
struct TimestampTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        "known moments, as date(1) tells them",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:01Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (-86_400, "1969-12-31T00:00:00Z"),
            (86_399, "1970-01-01T23:59:59Z"),
            (68_169_600, "1972-02-29T00:00:00Z"),
            (68_256_000, "1972-03-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (978_220_800, "2000-12-31T00:00:00Z"),
            (1_488_478_828, "2017-03-02T18:20:28Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_603_200, "2024-12-31T00:00:00Z"),
            (2_147_483_648, "2038-01-19T03:14:08Z"),
            (4_107_456_000, "2100-02-28T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-2_203_977_600, "1900-02-28T00:00:00Z"),
            (-2_203_891_200, "1900-03-01T00:00:00Z"),
            (9_223_372_036, "2262-04-11T23:47:16Z"),
            (-9_223_372_036, "1677-09-21T00:12:44Z"),
        ] as [(Int64, String)])
    func known(_ seconds: Int64, _ expected: String) {
        #expect(Timestamp.text(nanoseconds: seconds * Self.second) == expected)
        #expect(Timestamp.wholeSeconds(seconds * Self.second) == expected)
    }

    @Test(
        "up to nine fractional digits, trailing zeros dropped",
        arguments: [
            (1_488_478_828_762_060_588, "2017-03-02T18:20:28.762060588Z"),
            (1_488_478_828_500_000_000, "2017-03-02T18:20:28.5Z"),
            (1_488_478_828_000_000_000, "2017-03-02T18:20:28Z"),
            (1_488_478_828_000_000_001, "2017-03-02T18:20:28.000000001Z"),
            (1_488_478_828_000_000_010, "2017-03-02T18:20:28.00000001Z"),
            (1_488_478_828_010_000_000, "2017-03-02T18:20:28.01Z"),
            (1_488_478_828_120_000_000, "2017-03-02T18:20:28.12Z"),
            (1_488_478_828_999_999_999, "2017-03-02T18:20:28.999999999Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (-500_000_000, "1969-12-31T23:59:59.5Z"),
            (.max, "2262-04-11T23:47:16.854775807Z"),
            (.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func fraction(_ nanoseconds: Int64, _ expected: String) {
        #expect(Timestamp.text(nanoseconds: nanoseconds) == expected)
    }

    @Test("whole seconds are rounded down, before 1970 too")
    func wholeSeconds() {
        #expect(Timestamp.wholeSeconds(999_999_999) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.wholeSeconds(-1) == "1969-12-31T23:59:59Z")
        #expect(Timestamp.wholeSeconds(.max) == "2262-04-11T23:47:16Z")
        #expect(Timestamp.wholeSeconds(.min) == "1677-09-21T00:12:43Z")
    }

    @Test("a time that has not come is the zero value of Go's time.Time")
    func never() {
        #expect(Timestamp.never == "0001-01-01T00:00:00Z")
    }

    @Test("every day of 64 bits of nanoseconds is the day that another calendar says")
    func everyDay() throws {
        for day in stride(from: Int64(-106_751), through: 106_751, by: 1) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let expected = date.formatted(.iso8601.year().month().day())
            let text = Timestamp.wholeSeconds(day * 86_400 * Self.second)
            try #require(text == expected + "T00:00:00Z")
        }
    }

    @Test("random moments read back as themselves", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let nanoseconds = Int64.random(in: 0 ... .max, using: &random)
            let text = Timestamp.text(nanoseconds: nanoseconds)
            let parts = text.dropLast().split(separator: ".")
            let whole = try Date("\(parts[0])Z", strategy: .iso8601)
            let digits = parts.count == 2 ? parts[1] : ""
            let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count))
            #expect(fraction.map { Int64(whole.timeIntervalSince1970) * Self.second + $0 } == nanoseconds)
        }
    }
}

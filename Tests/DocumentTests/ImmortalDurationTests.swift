import Testing

@testable import Document

@Suite("Durations as immortal writes them")
struct ImmortalDurationTests {
    @Test(
        "rounded to a tenth of a second; days, hours and minutes are there if they are above 0",
        arguments: [
            (0, "0.0s"), (49, "0.0s"), (50, "0.1s"), (99, "0.1s"), (949, "0.9s"), (950, "1.0s"), (7_900, "7.9s"),
            (59_949, "59.9s"), (59_950, "1m0.0s"), (60_000, "1m0.0s"), (3_599_950, "1h0.0s"), (3_605_000, "1h5.0s"),
            (86_399_950, "1d0.0s"), (86_400_000, "1d0.0s"), (93_784_500, "1d2h3m4.5s"), (90_000_000, "1d1h0.0s"),
            (86_460_000, "1d1m0.0s"), (-1, "0.0s"), (100 * 86_400_000, "100d0.0s"),
        ] as [(Int64, String)])
    func text(_ milliseconds: Int64, _ expected: String) {
        #expect(ImmortalDuration.text(nanoseconds: milliseconds * 1_000_000) == expected)
    }

    @Test("the longest and the shortest times have a text too")
    func extremes() {
        #expect(ImmortalDuration.text(nanoseconds: .max) == "106751d23h47m16.9s")
        #expect(ImmortalDuration.text(nanoseconds: .min) == "0.0s")
        #expect(ImmortalDuration.text(nanoseconds: 49_999_999) == "0.0s")
    }
}

import Testing

@testable import Machine

@Suite("Moment")
struct MomentTests {
    @Test(
        "a deadline is counted on the monotonic clock and stops at the largest number",
        arguments: [
            (0, 0, 0), (5, 7, 12), (.max - 7, 7, .max), (.max - 6, 7, .max), (.max, 1, .max), (1, .max, .max),
            (.max, .max, .max),
        ] as [(Int64, Int64, Int64)])
    func deadline(_ monotonic: Int64, _ length: Int64, _ expected: Int64) {
        #expect(Moment(monotonic: monotonic, wall: .min).deadline(after: length) == expected)
        #expect(Moment(monotonic: monotonic, wall: .max).deadline(after: length) == expected)
    }

    @Test(
        "seconds are counted in nanoseconds, and stop there too",
        arguments: [
            (0, 0, 0), (5, 7, 7_000_000_005), (0, 9_223_372_036, 9_223_372_036_000_000_000),
            (0, 9_223_372_037, .max), (1, .max, .max), (.max, 1, .max),
        ] as [(Int64, Int64, Int64)])
    func seconds(_ monotonic: Int64, _ seconds: Int64, _ expected: Int64) {
        #expect(Moment(monotonic: monotonic, wall: 0).deadline(afterSeconds: seconds) == expected)
    }
}

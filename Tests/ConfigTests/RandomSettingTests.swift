import Testing

@testable import Config

@Suite("Any text at all")
struct RandomSettingTests {
    @Test("is read within bounds or refused with itself in the message", arguments: 0..<100 as Range<UInt64>)
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let text = Self.text(&random)
            switch reading(text, as: Seconds.self) {
            case .success(let seconds): #expect(seconds.nanoseconds >= 0)
            case .failure(let error): #expect(error.description.hasPrefix("'\(text)' is not "))
            }
            if let interval = try? Interval(text: text) {
                #expect(interval.nanoseconds >= 100_000_000)
                #expect(interval.nanoseconds == (try? Seconds(text: text))?.nanoseconds)
            }
            if let ttl = try? TimeToLive(text: text) {
                #expect(ttl.range.lowerBound >= 0 && ttl.range.upperBound <= Seconds.longest)
            }
            if let pid = try? ProcessID(text: text) { #expect(1...4_194_304 ~= pid.number) }
            if let port = try? Port(text: text) { #expect(UInt64(text) == UInt64(port.number)) }
            #expect((try? Switch(text: text)) == nil || ["0", "1", "t", "T", "f", "F"].contains(text))
        }
    }

    /// A short text, half of it from the characters that numbers are made of.
    private static func text(_ random: inout SeededGenerator) -> String {
        if Bool.random(using: &random) {
            let alphabet = Array("0123456789.-+ eExtTfF")
            return String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
        }
        let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

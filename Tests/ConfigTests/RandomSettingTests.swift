import Chance
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

    @Test(
        "is a signal, a restart setting or a kind of readiness within bounds, or refused",
        arguments: 0..<100 as Range<UInt64>)
    func child(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var count = 0
        for _ in 0..<400 {
            let text = Self.text(&random, "0123456789=/:,.-+ TERMtermSIGIN")
            let signals: ClosedRange<Int32> = 1...64
            if let signal = try? SignalName(text: text) {
                #expect(signals ~= signal.number)
                count += 1
            }
            if let rewrite = try? SignalRewrite(text: text) {
                #expect(signals ~= rewrite.from && 0...64 ~= rewrite.to)
            }
            if let mapping = try? ExitMapping(text: text) {
                #expect(0...255 ~= mapping.from && 0...255 ~= mapping.to)
            }
            if let set = try? ExitSet(text: text) {
                #expect(set.codes.allSatisfy { 0...255 ~= $0 } && set.signals.allSatisfy { signals ~= $0 })
                #expect(!set.codes.isEmpty || !set.signals.isEmpty)
            }
            if let factor = try? Factor(text: text) { #expect(1...1000 ~= factor.value) }
            if let rate = try? StartRate(text: text) { #expect(1...10_000 ~= rate.burst && rate.nanoseconds > 0) }
            switch try? ReadyCheck(text: Bool.random(using: &random) ? "fd:\(text)" : "tcp:\(text)") {
            case .descriptor(let number): #expect(3...1023 ~= number)
            case .tcp(let port): #expect(port > 0)
            case nil: break
            case .started, .notify, .exec: Issue.record("\(text)")
            }
        }
        #expect(count > 0, "some of these texts are read")
    }

    /// A short text, half of it from the characters that such values are made of.
    private static func text(_ random: inout SeededGenerator, _ characters: String = "0123456789.-+ eExtTfF") -> String
    {
        if Bool.random(using: &random) {
            let alphabet = Array(characters)
            return String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
        }
        let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Chance
import Glibc
import Testing

@testable import Config

@Suite("Times at which a downtime ends")
struct SpoolExpirationTests {
    @Test(
        "seconds since 1970, lengths, and times with their zone",
        arguments: [
            ("1565214667", .at(1_565_214_667)), ("1565214667.25", .at(1_565_214_667.25)), ("0", .at(0)),
            ("253402300799.9", .at(253_402_300_799.9)),
            ("30s", .after(30)), ("+30m", .after(1800)), ("2h", .after(7200)), ("1d12h", .after(129_600)),
            ("+1w2d3h4m5s", .after(788_645)), ("90m", .after(5400)), ("0d5s", .after(5)),
            ("1000000000s", .after(1_000_000_000)),
            ("1970-01-01T00:00:00Z", .at(0)), ("2026-11-26T21:00:00Z", .at(1_795_726_800)),
            ("2026-11-26t22:00:00.5+01:00", .at(1_795_726_800.5)), ("2026-11-26T15:30:00-05:30", .at(1_795_726_800)),
            ("2000-02-29T23:59:59z", .at(951_868_799)), ("9999-12-31T23:59:59Z", .at(253_402_300_799)),
            ("1970-01-01T01:00:00.000000+01:00", .at(0)),
        ] as [(String, SpoolExpiration)])
    func read(_ text: String, _ expiration: SpoolExpiration) throws {
        #expect(try SpoolExpiration(text: text) == expiration)
    }

    @Test("a length begins when it is said")
    func time() {
        #expect(SpoolExpiration.after(30).time(at: 100.5) == 130.5)
        #expect(SpoolExpiration.at(30).time(at: 100.5) == 30)
    }

    static let others =
        nonsense.filter { !["5s"].contains($0) } + [
            "-1", "+30", "1.", ".5", "1e9", "253402300800", "0s", "0h0m", "1h1h", "1h2d", "30m ", "m", "+", "1.5h",
            "1y",
            "1H", "1000000001s", "1654w", "99999999999999999999s", "-5m", "++5m", "5m+", "inf", "1 h",
            "2026-11-26", "2026-11-26T21:00Z", "2026-11-26T21:00:00", "2026-11-26 21:00:00Z", "2026-11-26T21:00:00.Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "0000-01-01T00:00:00Z",
            "2026-11-26T21:00:00+1:00", "2026-11-26T21:00:00+24:00", "2026-11-26T21:00:00+01:60",
            "2026-11-26T21:00:00+0100", "2026-11-26T21:00:00 Z", "2026-11-26T21:00:00ZZ", "2026-11-26T21:00:00.1e2Z",
            "+026-11-26T21:00:00Z", "2026-+1-26T21:00:00Z", "２026-11-26T21:00:00Z",
        ]

    @Test("anything else is refused, and the message says what is allowed", arguments: others)
    func refused(_ text: String) {
        guard case .failure(let error) = reading(text, as: SpoolExpiration.self) else {
            guard (UInt64(text) ?? .max) < 253_402_300_800 else { Issue.record("\(text) was read"); return }
            return
        }
        #expect(error.description.hasPrefix("'\(text)' is not a time to end at: seconds since 1970"))
        #expect(error.description.contains("1d12h") && error.description.contains("2026-11-26T21:00:00Z"))
    }

    @Test("5,000 times are those of the C library")
    func agreement() {
        var random = SeededGenerator(seed: 15)
        for _ in 0..<5_000 {
            var seconds = Int.random(in: 0...253_402_300_799, using: &random)
            // The struct has a pointer, to the name of the zone, which is static. gmtime_r fills it during the call.
            var parts = unsafe tm()
            guard unsafe gmtime_r(&seconds, &parts) != nil else { Issue.record("\(seconds)"); return }
            let numbers = unsafe [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
            ]
            let texts = numbers.enumerated().map { index, number in
                String(repeating: "0", count: (index == 0 ? 4 : 2) - "\(number)".count) + "\(number)"
            }
            let (date, time) = (texts[..<3].joined(separator: "-"), texts[3...].joined(separator: ":"))
            #expect(RFC3339.seconds("\(date)T\(time)Z") == Double(seconds), "\(date)T\(time)Z")
        }
    }

    @Test("random texts are times within bounds, or refused")
    func random() {
        var random = SeededGenerator(seed: 16)
        let alphabet = Array("0123456789.+-:TZtzwdhms ")
        var read = 0
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            guard let expiration = try? SpoolExpiration(text: text) else { continue }
            read += 1
            switch expiration {
            case .at(let time): #expect(0..<SpoolExpiration.latest ~= time)
            case .after(let seconds): #expect(1...1_000_000_000 ~= seconds)
            }
        }
        #expect(read > 100)
    }
}

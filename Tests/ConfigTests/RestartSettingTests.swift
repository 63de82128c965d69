import Testing

@testable import Config

@Suite("Factor")
struct FactorTests {
    @Test(
        "1 to 1000, fractions too",
        arguments: [
            ("1", 1), ("1.0", 1), ("1.5", 1.5), ("2", 2), ("02", 2), ("1000", 1000), ("999.999", 999.999), ("3.", 3),
        ] as [(String, Double)])
    func read(_ text: String, _ value: Double) throws {
        #expect(try Factor(text: text).value == value)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "0", "0.999", ".5", "1000.1", "1001", "-2", "1e2", "1.5.2", "2x", "x2", "1,5", "2%", "0x2", "1.٥",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: Factor.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a factor: a number from 1 to 1000; fractions such as 1.5 are allowed")))
    }
}

@Suite("Limits of starts")
struct StartRateTests {
    @Test(
        "a number, a slash, and seconds",
        arguments: [
            ("5/60", 5, 60_000_000_000), ("1/0.5", 1, 500_000_000),
            ("10000/1000000000", 10000, 1_000_000_000_000_000_000),
            ("03/.1", 3, 100_000_000), ("2/0.000000001", 2, 1),
        ] as [(String, Int, Int64)])
    func read(_ text: String, _ burst: Int, _ nanoseconds: Int64) throws {
        let rate = try StartRate(text: text)
        #expect(rate.burst == burst && rate.nanoseconds == nanoseconds)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "5", "5/", "/60", "/", "//", "5/60/", "5/60/1", "0/60", "5/0", "5/0.0", "10001/60", "-5/60", "5/-60",
            "1.5/60", "5 / 60", "5/60s", "5:60", "5/1000000001", "five/60", "5/minute", "٥/60",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: StartRate.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a limit of starts: a number from 1 to 10000, '/', and seconds above 0, "
                            + "such as 5/60")))
    }
}

@Suite("Kinds of readiness")
struct ReadyCheckTests {
    @Test(
        "each kind",
        arguments: [
            ("started", .started), ("notify", .notify), ("fd:3", .descriptor(3)), ("fd:1023", .descriptor(1023)),
            ("tcp:1", .tcp(1)), ("tcp:65535", .tcp(65535)), ("tcp:080", .tcp(80)), ("exec:true", .exec("true")),
            ("exec:curl -f http://[::1]:80/", .exec("curl -f http://[::1]:80/")), ("exec::", .exec(":")),
            ("exec: true", .exec(" true")),
        ] as [(String, ReadyCheck)])
    func read(_ text: String, _ check: ReadyCheck) {
        #expect(reading(text, as: ReadyCheck.self) == .success(check))
    }

    @Test(
        "what is none of them is refused, and the message names them all",
        arguments: nonsense + [
            "ready", "Notify", "notify:", "notify:3", "started:", "fd", "tcp", "exec", "exec:", "exec:  ", "http:80",
            " notify", "notify ", ":3", "fd=3", "udp:53",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: ReadyCheck.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a kind of readiness: started, notify, fd:N, tcp:PORT or exec:COMMAND")))
    }

    @Test("a descriptor is one that is free", arguments: ["", "0", "1", "2", "1024", "-3", "3 ", "x", "4294967299"])
    func descriptor(_ text: String) {
        #expect(
            reading("fd:\(text)", as: ReadyCheck.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a descriptor for --ready fd:N: a whole number from 3 to 1023")))
    }

    @Test(
        "a port is one that can be connected to", arguments: ["", "0", "65536", "-1", "http", "80 ", "::1:80", "1.5"])
    func port(_ text: String) {
        #expect(
            reading("tcp:\(text)", as: ReadyCheck.self)
                == .failure(
                    SettingError("'\(text)' is not a port for --ready tcp:PORT: a whole number from 1 to 65535")))
    }
}

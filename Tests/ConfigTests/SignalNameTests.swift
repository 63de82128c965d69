import Testing

@testable import Config

@Suite("Names of signals")
struct SignalNameTests {
    /// signal(7) for x86-64 and arm64.
    private static let numbers: [(String, Int32)] = [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("IOT", 6), ("BUS", 7), ("FPE", 8),
        ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14), ("TERM", 15),
        ("STKFLT", 16), ("CHLD", 17), ("CLD", 17), ("CONT", 18), ("STOP", 19), ("TSTP", 20), ("TTIN", 21),
        ("TTOU", 22), ("URG", 23), ("XCPU", 24), ("XFSZ", 25), ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29),
        ("POLL", 29), ("PWR", 30), ("SYS", 31),
    ]

    @Test("each name, with and without SIG, in upper and lower case", arguments: numbers)
    func names(_ name: String, _ number: Int32) throws {
        for text in [name, "SIG\(name)", name.lowercased(), "sig\(name.lowercased())", "Sig\(name)"] {
            #expect(try SignalName(text: text).number == number, "\(text)")
        }
    }

    @Test("each number but 32 and 33, which belong to the C library")
    func allNumbers() {
        let read = (-1...1000).filter { (try? SignalName(text: "\($0)"))?.number == Int32($0) }
        #expect(read == Array(1...31) + Array(34...64))
    }

    @Test(
        "real-time signals count from either end",
        arguments: [
            ("RTMIN", 34), ("RTMIN+0", 34), ("RTMIN+3", 37), ("SIGRTMIN+30", 64), ("RTMAX", 64), ("RTMAX-0", 64),
            ("rtmax-1", 63), ("sigrtmax-30", 34), ("RTMIN+03", 37),
        ] as [(String, Int32)])
    func realTime(_ text: String, _ number: Int32) throws {
        #expect(try SignalName(text: text).number == number)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "SIG", "SIGSIGTERM", "TERM ", " TERM", "TERM\n", "TER", "TERMS", "SIG TERM", "SIG-TERM", "RTMIN+31",
            "RTMAX-31", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTMAX-", "RTMIN3", "RTMIN++3", "RTMIN+-3", "RTMIN+x", "0",
            "32", "33", "65", "EXIT", "ERR", "TERM,INT", "TERM=INT", "ſigterm", "ınt", "\u{212A}ILL", "ＴＥＲＭ",
            "TERM\u{301}",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: SignalName.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a signal: a name such as TERM, SIGTERM or RTMIN+3, or a number from 1 to 64"))
        )
    }
}

@Suite("Rewriting of signals")
struct SignalRewriteTests {
    @Test(
        "two signals, or a signal and 0",
        arguments: [
            ("TERM=QUIT", 15, 3), ("sigterm=sigquit", 15, 3), ("15=3", 15, 3), ("HUP=0", 1, 0), ("INT=KILL", 2, 9),
            ("RTMIN+3=TERM", 37, 15), ("USR1=RTMAX-1", 10, 63), ("TERM=TERM", 15, 15), ("CONT=CHLD", 18, 17),
        ] as [(String, Int32, Int32)])
    func read(_ text: String, _ from: Int32, _ to: Int32) throws {
        let rewrite = try SignalRewrite(text: text)
        #expect(rewrite.from == from && rewrite.to == to)
    }

    @Test(
        "what is not two parts is refused with a text that says what is allowed",
        arguments: nonsense.filter { !$0.contains("=") } + [
            "TERM", "TERM=QUIT=INT", "TERM==QUIT", "=QUIT=", "TERM:QUIT",
        ])
    func parts(_ text: String) {
        #expect(
            reading(text, as: SignalRewrite.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a rewriting of signals: two of them such as TERM=QUIT, or HUP=0 to drop HUP"))
        )
    }

    @Test(
        "a part that is no signal is refused, and named",
        arguments: [
            ("=QUIT", ""), ("TERM=", ""), ("0=TERM", "0"), ("TERM=00", "00"), ("TERM= QUIT", " QUIT"),
            ("TERM =QUIT", "TERM "), ("TERM=65", "65"), ("TREM=QUIT", "TREM"), ("TERM=NONE", "NONE"),
        ])
    func noSignal(_ text: String, _ part: String) {
        let error = #expect(throws: SettingError.self) { try SignalRewrite(text: text) }
        #expect(error?.description.hasPrefix("'\(text)': '\(part)' is not a signal: ") == true)
    }

    @Test(
        "a signal that never comes to be passed on cannot be rewritten",
        arguments: ["KILL", "STOP", "CHLD", "SIGCLD", "9", "PIPE", "ILL", "TRAP", "BUS", "FPE", "SEGV", "SYS"])
    func never(_ name: String) {
        #expect(
            reading("\(name)=TERM", as: SignalRewrite.self)
                == .failure(
                    SettingError("'\(name)=TERM' rewrites \(name), which never comes to Kapo to be passed on")))
    }
}

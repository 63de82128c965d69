import Testing

@testable import Config

@Suite("The other settings of a check")
struct CheckSettingsTests {
    @Test(
        "a timeout is what Seconds reads, from a millisecond on",
        arguments: [
            ("0.001", 1_000_000), ("5", 5_000_000_000), (".25", 250_000_000), ("1000000000", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func timeout(_ text: String, _ nanoseconds: Int64) throws {
        let timeout = try CheckTimeout(text: text)
        #expect(timeout.nanoseconds == nanoseconds)
        #expect(timeout.text == text)
        #expect(CheckTimeout(5) == (try CheckTimeout(text: "5")))
    }

    @Test(
        "a shorter one, and nonsense, are refused",
        arguments: nonsense + ["0", "0.0", "0.000999999", "1000000001", "-1"])
    func noTimeout(_ text: String) {
        #expect(
            reading(text, as: CheckTimeout.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a number of seconds from 0.001 to 1000000000; fractions are allowed")))
    }

    @Test(
        "codes and ranges",
        arguments: [
            ("200", [200]), ("200,204", [200, 204]), ("200-202", [200, 201, 202]),
            ("204,200-201,300-300", [200, 201, 204, 300]), ("998-999,100", [100, 998, 999]),
            ("200,200-201", [200, 201]),
        ])
    func codes(_ text: String, _ expected: [UInt16]) throws {
        let codes = try StatusCodes(text: text)
        #expect((0...1100).filter(codes.contains) == expected)
    }

    @Test("the usual codes are those of success")
    func successful() throws {
        #expect(StatusCodes.successful == (try StatusCodes(text: "200-299")))
    }

    @Test(
        "what is no list of codes is refused",
        arguments: nonsense + [
            "99", "099", "1000", "20", "2xx", "200,", ",200", "200,,204", "200-", "-200", "300-200", "200-204-206",
            "200, 204", "200;204", "200-1000",
        ])
    func noCodes(_ text: String) {
        #expect(
            reading(text, as: StatusCodes.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a list of status codes: numbers from 100 to 999 and ranges, such as "
                            + "200,204,300-399")))
    }

    @Test("the path of a socket is as long as the kernel allows")
    func path() throws {
        #expect(try SocketPath(text: "/run/a b").text == "/run/a b")
        #expect(try SocketPath(text: String(repeating: "x", count: 107)).text.count == 107)
        for text in ["", "a\0b", String(repeating: "x", count: 108), String(repeating: "é", count: 54)] {
            #expect(
                reading(text, as: SocketPath.self)
                    == .failure(SettingError("'\(text)' is not the path of a socket: 1 to 107 bytes")))
        }
    }

    @Test("any text can be sought", arguments: ["", " ", "\n", "é", "a,b"])
    func sought(_ text: String) throws {
        #expect(try SoughtText(text: text).text == text)
    }
}

import Testing

@testable import Config

@Suite("Mappings of exit codes")
struct ExitMappingTests {
    @Test(
        "two exit codes",
        arguments: [("143=0", 143, 0), ("0=1", 0, 1), ("255=255", 255, 255), ("007=08", 7, 8)]
            as [(String, Int32, Int32)])
    func read(_ text: String, _ from: Int32, _ to: Int32) throws {
        let mapping = try ExitMapping(text: text)
        #expect(mapping.from == from && mapping.to == to)
    }

    @Test(
        "nonsense is refused, and the message says what was written and what is allowed",
        arguments: nonsense + [
            "143", "143=", "=0", "=", "==", "1=2=3", "1=x=2", "x=1=2", "=1=2", "256=0", "0=256", "-1=0", "0=-1",
            "1 = 2", "TERM=0", "1=2 ", "1,2", "1=2,3=4", "٣=1",
        ])
    func refused(_ text: String) {
        #expect(
            reading(text, as: ExitMapping.self)
                == .failure(
                    SettingError("'\(text)' is not a mapping of exit codes: two of them, 0 to 255, such as 143=0")))
    }
}

@Suite("Exits that count as a success")
struct ExitSetTests {
    @Test(
        "codes and signals, with commas or spaces between them",
        arguments: [
            ("0", [0], []), ("0,3,TERM", [0, 3], [15]), ("0 3 TERM", [0, 3], [15]), ("SIGKILL", [], [9]),
            ("hup, int", [], [1, 2]), ("15", [15], []), ("3,3,3", [3], []), (",,0,,", [0], []), ("255", [255], []),
            ("RTMIN+1", [], [35]), ("34", [34], []),
        ] as [(String, Set<Int32>, Set<Int32>)])
    func read(_ text: String, _ codes: Set<Int32>, _ signals: Set<Int32>) throws {
        let set = try ExitSet(text: text)
        #expect(set.codes == codes)
        #expect(set.signals == signals)
    }

    @Test(
        "a part that is neither is refused, and named",
        arguments: [
            ("256", "256"), ("0,256", "256"), ("0,-1", "-1"), ("0;1", "0;1"), ("0,none", "none"), ("1-3", "1-3"),
            ("99999999999", "99999999999"), ("TERM,KIL", "KIL"), ("0\n", "0\n"), ("0x3", "0x3"), ("3.5", "3.5"),
            ("٣", "٣"),
        ])
    func refused(_ text: String, _ part: String) {
        #expect(
            reading(text, as: ExitSet.self)
                == .failure(
                    SettingError("'\(part)' is not an exit code from 0 to 255 or the name of a signal, as in 0,3,TERM"))
        )
    }

    @Test("an empty set is refused: nothing could succeed", arguments: ["", " ", ",", " , ,"])
    func empty(_ text: String) {
        #expect(
            reading(text, as: ExitSet.self)
                == .failure(SettingError("'\(text)' is not a list of exit codes and signals, as in 0,3,TERM")))
    }
}

@Suite("Lists in one variable")
struct SettingListTests {
    @Test("values with spaces between them, in their order")
    func read() throws {
        let list = try SettingList<ExitMapping>(text: " 143=0  1=2 1=2 ")
        #expect(list.elements.map(\.from) == [143, 1, 1])
        #expect(try SettingList<SignalRewrite>(text: "TERM=QUIT HUP=0").elements.map(\.to) == [3, 0])
        #expect(try SettingList<ExitMapping>(text: "  ").elements == [])
    }

    @Test("one bad value refuses them all, with its own message", arguments: ["143=0 x", "x 143=0", "143=0,1=2"])
    func refused(_ text: String) {
        let error = #expect(throws: SettingError.self) { try SettingList<ExitMapping>(text: text) }
        #expect(error?.description.contains("is not a mapping of exit codes") == true)
        #expect(error?.description.contains("'\(text)'") == (text == "143=0,1=2"), "only what is wrong is named")
    }
}

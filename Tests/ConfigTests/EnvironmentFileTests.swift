import Chance
import Testing

@testable import Config

@Suite("Files of variables")
struct EnvironmentFileTests {
    /// The variables of a file of this text, as `NAME=value`.
    private static func read(_ text: String) throws -> [String] {
        try EnvironmentFile(bytes: Array(text.utf8)).variables.map {
            String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self)
        }
    }

    @Test(
        "a line is a name, an equals sign and a value",
        arguments: [
            ("A=b", "A=b"), ("A=", "A="), ("A=b=c", "A=b=c"), ("A=b c", "A=b c"), ("A= b ", "A=b"), ("\tA=b", "A=b"),
            ("A=b # c", "A=b # c"), ("A=#b", "A=#b"),
            ("A=$B ${B} `b`", "A=$B ${B} `b`"),
            ("A=\\n\\", "A=\\n\\"),
            ("A=b\r", "A=b"), ("A=b\"c\"", "A=b\"c\""), ("A=it's", "A=it's"), ("a.b-c_1=x", "a.b-c_1=x"),
            ("1=x", "1=x"), ("export A=b", "A=b"), ("  export \t A=b", "A=b"), ("export=b", "export=b"),
            ("exportA=b", "exportA=b"), ("A=ä€", "A=ä€"), ("A=:\u{301}", "A=:\u{301}"), ("A==\u{338}", "A==\u{338}"),
        ])
    func line(_ text: String, _ expected: String) throws {
        #expect(try Self.read(text) == [expected])
        #expect(try Self.read("\n# c\n\(text)\n") == [expected])
    }

    @Test(
        "quotes keep what is between them; in double ones a backslash takes the meaning of four characters",
        arguments: [
            (#"A="b""#, "A=b"), (#"A='b'"#, "A=b"), (#"A="""#, "A="), ("A=''", "A="), (#"A="  b  "  "#, "A=  b  "),
            (#"A=" # b""#, "A= # b"), (#"A="it's""#, "A=it's"), (#"A='say "b"'"#, #"A=say "b""#),
            (#"A="say \"b\"""#, #"A=say "b""#), (#"A="\\\$\`""#, #"A=\$`"#), (#"A="\n\t\a""#, #"A=\n\t\a"#),
            (#"A='\\'"#, #"A=\\"#), (#"A='$B'"#, "A=$B"), (#"A="$B""#, "A=$B"),
            (#"A="\\""#, #"A=\"#),
        ])
    func quoted(_ text: String, _ expected: String) throws {
        #expect(try Self.read(text) == [expected])
    }

    @Test("empty lines and comments are passed over, and a file may have no line at all")
    func nothing() throws {
        #expect(try Self.read("") == [])
        #expect(try Self.read("\n\n  \n\t\r\n") == [])
        #expect(try Self.read("# A=b\n   #C=d\n#") == [])
        #expect(try Self.read("A=1\n\n#\nB=2") == ["A=1", "B=2"])
        #expect(try Self.read("A=1\r\nB=2\r\n") == ["A=1", "B=2"])
        #expect(try Self.read("\u{feff}A=1\n") == ["A=1"], "a byte order mark")
        #expect(try Self.read("A=1\nA=2\n") == ["A=1", "A=2"], "in the order of the file")
    }

    @Test("a value is bytes: not all of them need be UTF-8")
    func bytes() throws {
        let odd = (1...255 as ClosedRange<UInt8>).filter { $0 != 10 }
        let variables = try EnvironmentFile(bytes: Array("A=x".utf8) + odd + Array("x".utf8)).variables
        #expect(variables.map(\.value) == [Array("x".utf8) + odd + Array("x".utf8)])
        let quoted = try EnvironmentFile(bytes: Array("A='".utf8) + [0xff, 0xc3] + Array("'".utf8)).variables
        #expect(quoted.map(\.value) == [[0xff, 0xc3]])
    }

    @Test(
        "what cannot be read is an error with its line, which does not show what may be a secret",
        arguments: [
            ("SECRET", "no '='"), ("export SECRET", "no '='"), ("export", "no '='"), ("-----BEGIN-----", "no '='"),
            ("=SECRET", "the name"), ("A =SECRET", "the name"), ("A B=SECRET", "the name"), ("A\"=SECRET", "the name"),
            (";A=SECRET", "the name"), ("ä=SECRET", "the name"), ("export =SECRET", "the name"),
            ("A=\"SECRET", "does not end on this line"), ("A='SECRET", "does not end on this line"),
            ("A=\"SECRET'", "does not end on this line"), ("A=\"SECRET\\\"", "does not end on this line"),
            ("A=\"", "does not end on this line"), ("A=\"b\"SECRET", "more behind the quote"),
            ("A='b' # SECRET", "more behind the quote"), ("A='b''SECRET'", "more behind the quote"),
            ("A=SECRET\0", "zero byte"), ("SECRET\0A=b", "zero byte"), ("A='SECRET\0'", "zero byte"),
        ])
    func mistake(_ text: String, _ reason: String) {
        for (start, line) in [("", 1), ("B=1\n", 2), ("\n# c\nB=\n", 4)] {
            let error = #expect(throws: EnvironmentFile.Mistake.self) { try Self.read("\(start)\(text)\nC=2\n") }
            #expect(error?.line == line)
            #expect(error?.description.hasPrefix("line \(line): ") == true)
            #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
            #expect(error?.description.contains("SECRET") == false)
        }
    }

    @Test("random bytes are read or refused, and what is read can stand in an environment")
    func random() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("AB=\"'\\ \n\r#x$\0".utf8) + [0xff]
        var (good, bad) = (0, 0)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            guard let file = try? EnvironmentFile(bytes: bytes) else {
                bad += 1
                continue
            }
            good += file.variables.count
            for variable in file.variables {
                #expect(!variable.name.isEmpty && !variable.name.contains { $0 == 0 || $0 == UInt8(ascii: "=") })
                #expect(!variable.value.contains { $0 == 0 || $0 == 10 })
            }
        }
        #expect(good > 100 && bad > 100, "\(good) \(bad)")
    }
}

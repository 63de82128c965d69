import Testing

@testable import Host

@Suite("Variables of an environment")
struct VariablesTests {
    private static func set(_ changes: [(String, String)], in environment: [String]) -> [String] {
        let changes = changes.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        return Variables.set(changes, in: environment.map { Word($0) }).map(\.text)
    }

    @Test("a value is what stands behind the name and the first equals sign, of the first entry")
    func value() {
        let environment = [
            Word("APATH=1"), Word("PATHS=2"), Word("PATH"), Word("PATH=a=b"), Word("PATH=c"), Word("E="),
        ]
        #expect(Variables.value(of: "PATH", in: environment) == Array("a=b".utf8))
        #expect(Variables.value(of: "E", in: environment) == [])
        #expect(Variables.value(of: "ATH", in: environment) == nil)
        #expect(Variables.value(of: "PATH", in: [Word(bytes: Array("PATH=".utf8) + [0xff])]) == [0xff])
        #expect(Variables.value(of: "PATH", in: []) == nil)
    }

    @Test("what is set takes the place of all entries of its name, and of no other")
    func set() {
        let environment = ["A=1", "AB=2", "B=3", "A=4", "A", "odd"]
        #expect(Self.set([("A", "x")], in: environment) == ["AB=2", "B=3", "odd", "A=x"])
        #expect(Self.set([], in: environment) == environment)
        #expect(Self.set([("C", ""), ("B", "=")], in: environment) == ["A=1", "AB=2", "A=4", "A", "odd", "C=", "B=="])
    }

    @Test("of two of the same name the later one counts")
    func twice() {
        #expect(Self.set([("A", "1"), ("B", "2"), ("A", "3")], in: ["A=0"]) == ["B=2", "A=3"])
    }

    @Test("many variables take no longer than they must")
    func many() {
        let changes = (0..<50_000).map { ("N\($0)", "\($0)") }
        let environment = (0..<50_000).map { "N\($0 * 2)=old" }
        #expect(Self.set(changes, in: environment).count == 75_000)
    }
}

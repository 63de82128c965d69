import Testing

@Suite("Words that have no place, or only one")
struct WordingTests {
    @Test("nothing is put off: what is to be done is an issue, not a comment")
    func putOff() {
        // In two parts, so that this line does not break the rule.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        expectNone(
            Repository.code.flatMap { file in
                file.lines.enumerated().flatMap { number, line in
                    words.filter { SwiftText.contains($0, in: line) }
                        .map { Offence(path: file.path, line: number + 1, what: $0) }
                }
            })
    }

    @Test("only Commands prints: everything else logs")
    func printing() {
        let files = Repository.swift.filter { !$0.path.hasPrefix("Sources/Kapo/Commands/") }
        expectNone(
            offences(in: files) { line in
                SwiftText.contains("print", in: line) && line.contains("print(") ? "print outside of Commands" : nil
            })
    }

    @Test(
        "unsafe code is only where C is: in Host, in Loop, where other libraries are called, and in tests"
    )
    func unsafeCode() {
        let callers = [
            "Config/YAML/YAMLParser.swift", "Checks/MySQL/MariaDBSession.swift", "Supervisord/ExpatReader.swift",
        ].map { "Sources/Kapo/\($0)" }
        let files = Repository.sources.filter {
            !$0.path.hasPrefix("Sources/Kapo/Host/") && !$0.path.hasPrefix("Sources/Kapo/Loop/")
                && !callers.contains($0.path)
        }
        expectNone(
            offences(in: files) { line in
                SwiftText.contains("unsafe", in: line) ? "unsafe where no C is" : nil
            })
    }

    @Test("no switch in Machine has a default: a new state or event must be thought of everywhere")
    func exhaustive() {
        expectNone(
            offences(in: Repository.sources.filter { $0.path.hasPrefix("Sources/Kapo/Machine/") }) { line in
                line.drop { $0 == " " }.hasPrefix("default:") || line.contains("@unknown default") ? "a default" : nil
            })
    }

    private func offences(in files: [SourceFile], _ rule: (String) -> String?) -> [Offence] {
        files.flatMap { file in
            file.code.enumerated().compactMap { number, line in
                rule(line).map { Offence(path: file.path, line: number + 1, what: $0) }
            }
        }
    }
}

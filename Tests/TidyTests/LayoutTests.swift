import Testing

@Suite("Files are short, and laid out alike")
struct LayoutTests {
    @Test("the repository is found, with all its rooms")
    func repository() {
        let paths = Repository.swift.map(\.path)
        #expect(paths.contains("Package.swift"))
        #expect(paths.contains("Sources/Kapo/Machine/ChildMachine.swift"))
        #expect(paths.contains("Tests/TidyTests/LayoutTests.swift"))
        #expect(!paths.contains { $0.contains("/.") })
        #expect(Set(paths).count == paths.count)
    }

    @Test("a file has at most 300 lines")
    func fileLength() {
        expectNone(
            Repository.code.compactMap { file in
                let count = file.lines.count - 1
                return count > 300 ? Offence(path: file.path, line: 301, what: "\(count) lines; 300 at most") : nil
            })
    }

    @Test("a function has at most 70 lines")
    func functionLength() {
        expectNone(
            Repository.swift.flatMap { file in
                SwiftText.functions(in: file.code).filter { $0.length > 70 }.map {
                    Offence(path: file.path, line: $0.line, what: "a function of \($0.length) lines; 70 at most")
                }
            })
    }

    @Test("functions are found in the program: what is not found cannot be measured")
    func functionsAreFound() {
        let all = Repository.sources.flatMap { SwiftText.functions(in: $0.code) }
        #expect(all.count > 100)
        #expect(all.contains { $0.length > 20 })
    }

    @Test("a line has at most 120 characters")
    func lineLength() {
        expectNone(offences(in: Repository.code) { $0.count > 120 ? "\($0.count) characters; 120 at most" : nil })
    }

    @Test("no line ends in white space")
    func trailingSpace() {
        expectNone(
            offences(in: Repository.code) { line in
                line.last.map { $0.isWhitespace } == true ? "white space at the end of the line" : nil
            })
    }

    @Test("every file ends in one newline")
    func finalNewline() {
        expectNone(
            Repository.code.compactMap { file in
                let isGood = file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n")
                return isGood
                    ? nil
                    : Offence(path: file.path, line: file.lines.count, what: "the file does not end in one newline")
            })
    }

    private func offences(in files: [SourceFile], _ rule: (Substring) -> String?) -> [Offence] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { number, line in
                rule(line).map { Offence(path: file.path, line: number + 1, what: $0) }
            }
        }
    }
}

import Testing

/// docs/hacheck.md has what the program has.
@Suite struct ProxyPageTests {
    private let page = Repository.text("docs/hacheck.md")

    @Test("docs/hacheck.md has each key of the configuration once, and no other")
    func keys() {
        let source = Repository.text("Sources/Kapo/Config/Proxy/ProxyFileReader.swift")
        let known = source.matches(of: /case "([a-z_]+)":/).map { String($0.1) }
        #expect(known.count > 15)
        // No other table has a second column for what is hacheck's.
        let table = page.matches(of: /(?m)^\| `([a-z_]+)` \| ?●? ?\|/).map { String($0.1) }
        #expect(table.sorted() == known.sorted())
    }

    @Test("docs/hacheck.md has each option of proxy's help and its variable; docs/options.md has them too")
    func options() throws {
        try Sandbox.run { box in
            let help = try box.finish([Programs.kapo, "proxy", "--help"]).output
            let options = help[try #require(help.firstRange(of: "\nOPTIONS:")).upperBound...]
            let names = Set(options.matches(of: /--[a-z][a-z-]+/).map { String($0.output) })
            let variables = Set(options.matches(of: /\[(KAPO_[A-Z_]+)\]/).map { String($0.1) })
            #expect(names.count > 8 && variables.count > 5)
            for page in [page, Repository.text("docs/options.md")] {
                for name in names.subtracting(["--help", "--version"]) {
                    #expect(page.contains("`\(name)`") || page.contains("`\(name) "), "\(name)")
                }
                for variable in variables { #expect(page.contains("`\(variable)`"), "\(variable)") }
            }
        }
    }

    @Test("docs/hacheck.md has each protocol that the program checks")
    func protocols() throws {
        let source = Repository.text("Sources/Kapo/Checks/CheckQuestion.swift")
        let cases = try #require(source.firstMatch(of: /enum Kind: String[^{]*\{\s+case ([a-z, ]+)\n/)).1
        let protocols = cases.split(separator: ", ")
        #expect(protocols.count == 6)
        for name in protocols { #expect(page.contains("| `/\(name)/SERVICE/PORT"), "\(name)") }
    }
}

import Testing

/// The table of docs/init.md that compares Kapo with others.
@Suite struct InitTableTests {
    private static let header = "| point | Kapo | tini | dumb-init | supervisord | systemd | test |"

    /// The cells of each row.
    static let rows = Repository.text("docs/init.md").split(separator: "\n")
        .drop { $0 != header[...] }.dropFirst(2).prefix { $0.hasPrefix("| ") }
        .map { row in row.dropFirst(2).dropLast(2).split(separator: " | ").map(String.init) }

    @Test("it is found, and each cell says yes, no, partly, or nothing")
    func cells() {
        #expect(Self.rows.count >= 20)
        for row in Self.rows {
            #expect(row.count == 7, "\(row)")
            #expect(row[1] == "yes", "\(row)")
            for cell in row.dropFirst().dropLast() {
                let word = cell.prefix { $0 != "," }
                #expect(["yes", "no", "partly", "–"].contains(word), "\(cell) in \(row)")
            }
        }
    }

    @Test("each row names tests, and each of them exists")
    func tests() {
        for row in Self.rows {
            let names = (row.last ?? "").matches(of: /`([A-Za-z]+)\.([A-Za-z]+)`/)
            #expect(!names.isEmpty, "\(row)")
            for name in names {
                let text = Repository.text("Tests/EndToEndTests/Init/\(name.1).swift")
                #expect(text.contains("@Suite struct \(name.1) {"), "\(name.0)")
                // Behind the attribute, which may take several lines.
                #expect(text.contains("    func \(name.2)("), "\(name.0)")
            }
        }
    }
}

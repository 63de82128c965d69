import Testing

@Suite("A room knows only what its line in the plan of the house says")
struct RoomsTests {
    /// What the files of each room may import; docs/architecture.md says why.
    private static let rooms: [String: Set<String>] = [
        "Machine": [],
        "Document": ["Machine"],
        "Config": ["CYaml", "Machine"],
        "Host": ["Glibc", "CLinux"],
        "Loop": ["CLibevent", "COpenSSL", "Glibc"],
        "Checks": ["CMariaDB", "Glibc", "Host", "Loop", "Machine"],
        "Supervisord": ["CExpat"],
        "Program": ["Machine", "Document", "Config", "Host", "Loop", "Checks", "Supervisord", "Glibc", "Logging"],
        "Commands": ["ArgumentParser", "Config", "Document", "Host", "Machine", "Program", "Glibc"],
    ]

    /// The imports of a file, each with its line.
    private static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.code.enumerated().compactMap { number, line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
            let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
            return (number + 1, String(name.prefix { $0 != "." }))
        }
    }

    private static func room(of file: SourceFile) -> String? {
        let parts = file.path.split(separator: "/")
        return parts.count > 3 && parts[0] == "Sources" && parts[1] == "Kapo" ? String(parts[2]) : nil
    }

    @Test("every Swift file of the program is in a room, and every room has files")
    func rooms() {
        expectNone(
            Repository.sources.compactMap { file in
                let isKnown = Self.room(of: file).map { Self.rooms[$0] != nil } ?? false
                return isKnown ? nil : Offence(path: file.path, line: 1, what: "in no room that this test knows")
            })
        #expect(Set(Repository.sources.compactMap(Self.room)) == Set(Self.rooms.keys))
    }

    @Test("a room imports nothing else")
    func imports() {
        expectNone(
            Repository.sources.flatMap { file -> [Offence] in
                guard let room = Self.room(of: file), let allowed = Self.rooms[room] else { return [] }
                return Self.imports(of: file).filter { !allowed.contains($0.module) }.map {
                    Offence(path: file.path, line: $0.line, what: "\(room) must not know \($0.module)")
                }
            })
        #expect(Repository.sources.contains { !Self.imports(of: $0).isEmpty })
    }

    @Test("nobody imports Foundation, which would bring ICU and a binary four times as large")
    func foundation() {
        expectNone(
            Repository.swift.flatMap { file in
                Self.imports(of: file).filter { $0.module == "Foundation" || $0.module.hasPrefix("FoundationN") }.map {
                    Offence(path: file.path, line: $0.line, what: "import \($0.module)")
                }
            })
    }
}

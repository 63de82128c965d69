import Host

/// The names by which Kapo may be called: as `immortalctl` it is `kapo ctl`.
enum CalledName {
    /// The words in place of each name.
    static let subcommands = [
        "immortal": ["immortal"], "immortalctl": ["ctl"], "immortaldir": ["dir"], "hacheck": ["proxy"],
        "httpok": ["httpok"],
        "haup": ["spool", "--action", "up"], "hadown": ["spool", "--action", "down"],
        "hastatus": ["spool", "--action", "status"], "halist": ["spool", "--action", "list"],
    ]

    /// The words behind `kapo`, of all words, the program's own name first.
    static func words(_ arguments: [Word]) -> [Word] {
        (name(arguments).flatMap { subcommands[$0] } ?? []).map { Word($0) } + arguments.dropFirst()
    }

    /// The exit code of hacheck's commands for bad usage; nil when Kapo is called by no name of theirs.
    static func usageCode(_ arguments: [Word]) -> Int32? {
        let name = name(arguments)
        return name.flatMap { subcommands[$0] }?.first == "spool" ? 2 : nil
    }

    private static func name(_ arguments: [Word]) -> String? {
        arguments.first?.bytes.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
    }
}

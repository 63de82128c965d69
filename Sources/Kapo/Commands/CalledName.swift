import Host

/// The names by which Kapo may be called: as `immortalctl` it is `kapo ctl`.
enum CalledName {
    /// The subcommand for each name.
    static let subcommands = ["immortal": "immortal", "immortalctl": "ctl", "immortaldir": "dir"]

    /// The words behind `kapo`, of all words, the program's own name first.
    static func words(_ arguments: [Word]) -> [Word] {
        guard let path = arguments.first else { return [] }
        let name = path.bytes.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
        let words = Array(arguments.dropFirst())
        guard let name, let subcommand = subcommands[name] else { return words }
        return [Word(subcommand)] + words
    }
}

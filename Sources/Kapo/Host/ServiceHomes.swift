/// Where services have their directories: the places of immortal. A relative path begins at the directory in which Kapo
/// was started; to be asked for before Kapo leaves that.
package enum ServiceHomes {
    /// That of `kapo dir`: $IMMORTAL_SDIR, or else /var/run/immortal.
    package static var system: Word {
        let named = Invocation.bytes(ofVariable: "IMMORTAL_SDIR") ?? []
        return named.isEmpty ? Word("/var/run/immortal") : absolute(Word(bytes: named))
    }

    /// That of `kapo immortal`: .immortal in the user's home directory; nil where there is none.
    package static var own: Word? { Home.directory.map { absolute($0 + "/.immortal") } }

    /// Where services are looked for.
    package static var all: [Word] { [system] + [own].compactMap(\.self) }

    private static func absolute(_ path: Word) -> Word {
        if path.bytes.first == 0x2f { return path }
        guard let directory = WorkingDirectory.path else { return path }
        return Word(bytes: Word("\(directory)/").bytes + path.bytes)
    }
}

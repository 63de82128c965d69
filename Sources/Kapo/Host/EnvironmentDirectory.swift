/// A directory of variables, as envdir(8) and immortal have it: each file's name is that of a variable.
package enum EnvironmentDirectory {
    /// Bytes of a file that are read: more than a variable is.
    private static let mostBytes = 131_072

    /// The variables: the first line of each regular file, without white space at its end. Names that begin with a dot
    /// or have an `=` in them are left out. Throws when the directory cannot be read.
    package static func read(_ path: Word) throws(SystemError) -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        for name in try DirectoryMarks.read(path, suffix: "").keys where !name.bytes.contains(UInt8(ascii: "=")) {
            let bytes = try File.read(Word(bytes: path.bytes + [UInt8(ascii: "/")] + name.bytes), limit: mostBytes)
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
            let value = line.reversed().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.reversed()
            variables.append((name.text, String(decoding: Array(value), as: UTF8.self)))
        }
        return variables.sorted { $0.name < $1.name }
    }
}

/// Environments as the kernel passes them: lists of entries `NAME=value`, of any bytes but zero.
package enum Variables {
    /// The value of the variable, of the first entry if there are several; nil when it is not set.
    package static func value(of name: String, in environment: [Word]) -> [UInt8]? {
        let start = Array("\(name)=".utf8)
        return environment.first { $0.bytes.starts(with: start) }.map { Array($0.bytes.dropFirst(start.count)) }
    }

    /// The environment with these variables set; of two of the same name the later one counts. Neither names nor values
    /// contain a zero byte, and names no `=`.
    package static func set(_ changes: [(name: [UInt8], value: [UInt8])], in environment: [Word]) -> [Word] {
        var seen: Set<[UInt8]> = []
        let entries = changes.reversed().filter { seen.insert($0.name).inserted }.reversed()
        let equals = UInt8(ascii: "=")
        return environment.filter { !seen.contains(Array($0.bytes.prefix { $0 != equals })) }
            + entries.map { Word(bytes: $0.name + [equals] + $0.value) }
    }

    /// The same for texts.
    package static func set(_ changes: [(name: String, value: String)], in environment: [Word]) -> [Word] {
        set(changes.map { (Array($0.name.utf8), Array($0.value.utf8)) }, in: environment)
    }
}

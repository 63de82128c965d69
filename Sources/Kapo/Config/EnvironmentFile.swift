/// A file of variables, in what Docker's `--env-file` and systemd's `EnvironmentFile=` have in common: `NAME=VALUE`
/// lines, empty lines, and comment lines that begin with `#`. Values are bytes, and nothing in them is expanded.
package struct EnvironmentFile: Equatable, Sendable {
    /// One line's worth. Neither part contains a zero byte.
    package struct Variable: Equatable, Sendable {
        package var name: [UInt8]
        package var value: [UInt8]
    }

    /// What is wrong with a line. The line itself may hold a secret, and is not shown.
    package struct Mistake: Error, Equatable, CustomStringConvertible, Sendable {
        /// The first line is 1.
        package var line: Int
        package var reason: String

        /// `line 3: …`.
        package var description: String { "line \(line): \(reason)" }
    }

    /// Bytes that a file has at most.
    package static let mostBytes = 1_048_576

    /// In the order of the file; a name may come again, and the later one counts.
    package var variables: [Variable]

    /// Reads the whole of a file.
    package init(bytes: [UInt8]) throws(Mistake) {
        variables = []
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        var line = 0
        for content in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            do throws(Wrong) {
                if let variable = try Self.variable(content) { variables.append(variable) }
            } catch {
                throw Mistake(line: line, reason: error.rawValue)
            }
        }
    }

    private enum Wrong: String, Error {
        case noEquals = "no '=': what is expected is NAME=VALUE"
        case name = "the name is not one or more letters, digits, '_', '.' or '-'"
        case zero = "there is a zero byte in it"
        case open = "the quote that begins the value does not end on this line"
        case behind = "there is more behind the quote that ends the value"
    }

    /// The variable of a line; nil when there is none.
    private static func variable(_ line: ArraySlice<UInt8>) throws(Wrong) -> Variable? {
        var line = trimmed(line)
        if line.isEmpty || line.first == UInt8(ascii: "#") { return nil }
        if line.contains(0) { throw .zero }
        let export = Array("export".utf8)
        if line.starts(with: export), let next = line.dropFirst(export.count).first, isBlank(next) {
            line = trimmed(line.dropFirst(export.count))
        }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { throw .noEquals }
        let name = line[..<equals]
        guard !name.isEmpty, name.allSatisfy(isOfName) else { throw .name }
        return Variable(name: Array(name), value: try value(trimmed(line[(equals + 1)...])))
    }

    private static func value(_ text: ArraySlice<UInt8>) throws(Wrong) -> [UInt8] {
        guard let quote = text.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return Array(text)
        }
        let backslash = UInt8(ascii: "\\")
        var value: [UInt8] = []
        var rest = text.dropFirst()
        // Ends: each turn takes a byte at least.
        while let byte = rest.popFirst() {
            if byte == quote {
                guard rest.isEmpty else { throw .behind }
                return value
            }
            if byte == backslash, quote == UInt8(ascii: "\""), let next = rest.first, escapable.contains(next) {
                value.append(next)
                rest.removeFirst()
            } else {
                value.append(byte)
            }
        }
        throw .open
    }

    /// What a backslash in double quotes makes an ordinary byte, as in sh(1); before all others it is one itself.
    private static let escapable = Array("\"\\$`".utf8)

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
    }

    /// A carriage return is one, so that files with such line ends are read alike.
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}

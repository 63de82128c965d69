/// Texts as they are written in YAML, so that every reader takes them for the same texts, and not for numbers.
enum YAMLText {
    /// The text, bare if that is safe, and between double quotes if not.
    static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// A key and what follows on its line. Readers want a long key announced by a question mark.
    static func key(_ name: String) -> (head: String, colon: String) {
        let text = scalar(name)
        return text.utf8.count <= 128 ? (text, ":") : ("? \(text)\n", ":")
    }

    /// True for what no reader takes for anything but this text: it begins as words and paths do, has nothing in it
    /// that YAML gives a meaning to, and is none of the words for true, false and nothing.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 128, isLetter(first) || first == UInt8(ascii: "/"),
            bytes.last != UInt8(ascii: " ")
        else { return false }
        let lower = text.lowercased()
        let isWord = [YAMLWords.null, YAMLWords.yes, YAMLWords.no].contains { $0.contains(lower) }
        return !isWord && bytes.allSatisfy { isLetter($0) || harmless.contains($0) }
    }

    private static let harmless = Set("0123456789/._-+=@% ".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }

    /// In double quotes, on one line; what does not print, and what YAML takes for the end of a line, has an escape.
    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case "\r": output += "\\r"
            default:
                if mustBeEscaped(scalar) {
                    output += escape(scalar)
                } else {
                    output.unicodeScalars.append(scalar)
                }
            }
        }
        return output + "\""
    }

    private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
        case .spaceSeparator: scalar != " "
        default: false
        }
    }

    /// `\uXXXX`, and `\UXXXXXXXX` where four digits are not enough.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = scalar.value <= 0xffff ? 4 : 8
        return (width == 4 ? "\\u" : "\\U") + String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

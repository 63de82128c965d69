/// Strings of JSON as Go's encoding/json writes them, byte for byte: what immortal's clients have always been given.
enum GoText {
    /// Appends the text as a string. `<`, `>` and `&` are escaped, and what is outside ASCII is not, but for the two
    /// line ends of Unicode.
    static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar {
        case "\"": output += "\\\"".utf8
        case "\\": output += "\\\\".utf8
        case "\u{08}": output += "\\b".utf8
        case "\u{0c}": output += "\\f".utf8
        case "\n": output += "\\n".utf8
        case "\r": output += "\\r".utf8
        case "\t": output += "\\t".utf8
        case "\u{00}"..."\u{1f}", "<", ">", "&", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        default: output += String(scalar).utf8
        }
    }
}

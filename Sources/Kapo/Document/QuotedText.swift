/// Strings of JSON, which readers of logfmt understand as well: control characters are escaped, so that a string is
/// always one line.
enum QuotedText {
    /// Appends the bytes as a string. Those that are not UTF-8 become U+FFFD.
    static func append(_ text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if isPlain(text) {
            for index in text.indices { output.append(text[index]) }
        } else {
            let bytes = text.indices.map { text[$0] }
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
                append(scalar, to: &output, escaping: "\u{7f}"..."\u{9f}" ~= scalar)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            let byte = text[index]
            if byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c { return false }
        }
        return true
    }

    /// Appends one character of a string, escaped where JSON wants it, or JavaScript, or whoever calls.
    static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8], escaping isEscaped: Bool) {
        switch scalar {
        case "\"": output += "\\\"".utf8
        case "\\": output += "\\\\".utf8
        case "\u{08}": output += "\\b".utf8
        case "\u{0c}": output += "\\f".utf8
        case "\n": output += "\\n".utf8
        case "\r": output += "\\r".utf8
        case "\t": output += "\\t".utf8
        case "\u{00}"..."\u{1f}", "\u{2028}", "\u{2029}",
            _ where isEscaped:
            let digits = String(scalar.value, radix: 16)
            output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        default: output += String(scalar).utf8
        }
    }
}

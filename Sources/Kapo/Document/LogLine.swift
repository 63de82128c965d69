/// One line of Kapo's log, in one of two formats.
///
/// `time="2026-11-20T20:21:55Z" level=info msg="…"` and `{"time":"2026-11-20T20:21:55Z","level":"info","msg":"…"}`,
/// further fields behind them in the order given. Control characters are escaped in both, so a line is always one line.
package enum LogLine {
    /// `--log-format`.
    package enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    /// Appends one line with its newline to `output`. Keys are names of ours; values and the message are anybody's.
    package static func append(
        to output: inout [UInt8], format: Format, time: String, level: String, message: Span<UInt8>,
        fields: [(key: String, value: String)] = []
    ) {
        switch format {
        case .text:
            output += "time=\"\(time)\" level=\(level) msg=".utf8
            append(quoted: message, to: &output)
            for (key, value) in fields {
                output += " \(key)=".utf8
                append(field: value, to: &output)
            }
        case .json:
            output += "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"msg\":".utf8
            append(quoted: message, to: &output)
            for (key, value) in fields {
                output += ",\"\(key)\":".utf8
                append(quoted: Array(value.utf8).span, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// A bare word stays as it is; anything else is quoted.
    private static func append(field value: String, to output: inout [UInt8]) {
        let isWord = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d }
        if isWord {
            output += value.utf8
        } else {
            append(quoted: Array(value.utf8).span, to: &output)
        }
    }

    /// A JSON string, which logfmt readers understand as well. Bytes that are not UTF-8 become U+FFFD.
    private static func append(quoted text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if isPlain(text) {
            for index in text.indices { output.append(text[index]) }
        } else {
            let bytes = text.indices.map { text[$0] }
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { append(scalar, to: &output) }
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

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar {
        case "\"": output += "\\\"".utf8
        case "\\": output += "\\\\".utf8
        case "\n": output += "\\n".utf8
        case "\r": output += "\\r".utf8
        case "\t": output += "\\t".utf8
        case "\u{00}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        default: output += String(scalar).utf8
        }
    }
}

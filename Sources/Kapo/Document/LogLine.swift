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
            QuotedText.append(message, to: &output)
            for (key, value) in fields {
                output += " \(key)=".utf8
                append(field: value, to: &output)
            }
        case .json:
            output += "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"msg\":".utf8
            QuotedText.append(message, to: &output)
            for (key, value) in fields {
                output += ",\"\(key)\":".utf8
                QuotedText.append(Array(value.utf8).span, to: &output)
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
            QuotedText.append(Array(value.utf8).span, to: &output)
        }
    }
}

/// Values of JSON as Python's `json.dumps` writes them: spaces behind commas and colons, and ASCII alone.
enum PythonJSON {
    /// `{"reason": "x", "creation": 1.5}`.
    static func bytes(_ value: JSON) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    private static func append(_ value: JSON, to output: inout [UInt8]) {
        switch value {
        case .null, .bool, .integer, .unsigned, .number: output += value.bytes
        case .string(let text): append(text, to: &output)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output += ", ".utf8 }
                append(value, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output += ", ".utf8 }
                append(member.name, to: &output)
                output += ": ".utf8
                append(member.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// A string. What is outside visible ASCII is escaped, beyond the first 65,536 characters of Unicode as a pair of
    /// surrogates.
    private static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if scalar.value > 0xffff {
                for unit in String(scalar).utf16 { output += "\\u\(String(unit, radix: 16))".utf8 }
            } else {
                QuotedText.append(scalar, to: &output, escaping: !(" "..."~" ~= scalar))
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

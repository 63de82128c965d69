/// Strings of JSON in ASCII alone, as Python's `json.dumps` writes them, byte for byte.
enum ASCIIText {
    /// Appends the text as a string. What is outside visible ASCII is escaped, beyond the first 65,536 characters of
    /// Unicode as a pair of surrogates.
    static func append(_ text: String, to output: inout [UInt8]) {
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

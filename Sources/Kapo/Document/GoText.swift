/// Strings of JSON as Go's encoding/json writes them, byte for byte: what immortal's clients have always been given.
enum GoText {
    /// Appends the text as a string. `<`, `>` and `&` are escaped, and what is outside ASCII is not, but for the two
    /// line ends of Unicode.
    static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            QuotedText.append(scalar, to: &output, escaping: scalar == "<" || scalar == ">" || scalar == "&")
        }
        output.append(UInt8(ascii: "\""))
    }
}

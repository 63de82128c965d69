/// A value, and its JSON text as Kapo writes it: no white space, slashes as they are, UTF-8.
///
/// The library's `JSONEncoder` gives the same text, and touches 2.6 MB of the program for it: more than all the rest of
/// a Kapo that serves. `Tests/DocumentTests` compares the two.
indirect enum JSON {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// A number that is finite.
    case number(Double)
    case string(String)
    case array([JSON])
    /// Members in the order given.
    case object([(name: String, value: JSON)])

    /// A whole number, or null.
    init(_ number: (some BinaryInteger)?) {
        self = number.map { .integer(Int64($0)) } ?? .null
    }

    /// A number, or null.
    init(_ number: Double?) {
        self = number.map { .number($0) } ?? .null
    }

    /// The text.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    private func append(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .unsigned(let value): output += String(value).utf8
        case .number(let value):
            precondition(value.isFinite, "\(value) is no number of JSON")
            output += "\(value)".utf8
        case .string(let value): QuotedText.append(Array(value.utf8).span, to: &output)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                value.append(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                QuotedText.append(Array(member.name.utf8).span, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.append(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}

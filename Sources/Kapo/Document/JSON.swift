import FoundationEssentials

/// JSON as Kapo writes it: members in alphabetical order, no white space, slashes as they are, UTF-8.
enum JSON {
    /// The bytes of `value`.
    static func bytes(of value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try [UInt8](encoder.encode(value))
        } catch {
            preconditionFailure("\(type(of: value)) is made of strings and whole numbers, and yet: \(error)")
        }
    }
}

/// The status document: an array of entries, whatever the mode.
package enum StatusDocument {
    /// What `GET /` answers, ended by a newline for people with a terminal.
    package static func bytes(_ entries: [StatusEntry]) -> [UInt8] {
        JSON.bytes(of: entries) + [UInt8(ascii: "\n")]
    }
}

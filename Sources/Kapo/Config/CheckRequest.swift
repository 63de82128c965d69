/// How an HTTP check asks.
package enum CheckMethod: String, Setting, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case post = "POST"

    /// Reads one of these words.
    package init(text: String) throws(SettingError) {
        guard let method = CheckMethod(rawValue: text) else {
            throw .notAllowed(text, "a method to check with: GET, HEAD, OPTIONS or POST")
        }
        self = method
    }
}

/// A header that an HTTP check sends: `Name: value`.
package struct CheckHeader: Setting, Equatable {
    /// A token of RFC 9110.
    package let name: String
    /// Without white space around it, and without control characters.
    package let value: String

    private static let framing: Set = ["connection", "content-length", "transfer-encoding"]

    /// Reads `Name: value`. The headers that say how long a request is are Kapo's.
    package init(text: String) throws(SettingError) {
        guard let colon = text.firstIndex(of: ":"), Self.isToken(text[..<colon]) else {
            throw .notAllowed(text, "a header: 'Name: value'")
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
        guard isClean else { throw .notAllowed(text, "a header on one line: 'Name: value'") }
        guard !Self.framing.contains(text[..<colon].lowercased()) else {
            throw SettingError("The header \(text[..<colon]) is Kapo's own: a check cannot have another one")
        }
        let isHost = text[..<colon].lowercased() == "host"
        guard !isHost || !value.isEmpty && value.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw .notAllowed(text, "a header Host: one word of visible ASCII")
        }
        name = String(text[..<colon])
        self.value = String(value)
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x41...0x5a ~= byte || 0x61...0x7a ~= byte
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

/// An address for mails: on one line, without a space, with one `@` at most.
package struct MailAddress: Setting, Equatable {
    package let text: String

    /// Reads `root` or `ops@example.org`.
    package init(text: String) throws(SettingError) {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != 0x2c }
        guard isPlain, !text.isEmpty, text.count(where: { $0 == "@" }) <= 1, !text.hasPrefix("-") else {
            throw .notAllowed(text, "an address for mails, such as ops@example.org; one, without a comma")
        }
        self.text = text
    }
}

/// Fields of a form, or of a query (WHATWG URL, section 5.1).
package enum FormText {
    /// Fields at most; a text with more of them is none.
    private static let most = 64

    /// The names and values, in their order: a plus sign is a space, and percent signs are decoded. Nil when one cannot
    /// be.
    package static func fields(_ bytes: [UInt8]) -> [(name: String, value: String)]? {
        let parts = bytes.split(separator: UInt8(ascii: "&"))
        guard parts.count <= most else { return nil }
        var fields: [(name: String, value: String)] = []
        for part in parts {
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = decoded(part[..<end]), let value = decoded(part[end...].dropFirst()) else { return nil }
            fields.append((name, value))
        }
        return fields
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        PercentText.decoded(ArraySlice(bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }))
    }
}

/// Who a command runs as: a user, and a group if it is not to be the user's own.
package struct UserName: Setting, Equatable {
    /// A name, or a number from 0 to 4294967294 in decimal digits. The number above means "none" to the kernel.
    package var user: String
    /// The same, of a group.
    package var group: String?

    /// Reads `NAME` or `NAME:GROUP`, names or numbers.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy(Self.isNameOrNumber) else {
            throw .notAllowed(
                text, "a user: a name or a number, with a group behind a colon if it is not the user's own: www:adm")
        }
        user = parts[0]
        group = parts.count == 2 ? parts[1] : nil
    }

    private static func isNameOrNumber(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
            return UInt32(digits: text).map { $0 != .max } ?? false
        }
        // What came as bytes that are not UTF-8 has U+FFFD in it, and would name somebody else.
        return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f } && !text.unicodeScalars.contains("\u{fffd}")
    }
}

/// The permissions of a control socket.
package struct ControlMode: Setting, Equatable {
    /// 0o600 to 0o777; its owner can always read and write.
    package var mode: UInt32

    static let allowed = "octal digits from 0600 to 0777 that let the owner read and write, such as 0660"

    /// Reads three or four octal digits.
    package init(text: String) throws(SettingError) {
        guard 3...4 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x37 ~= $0 }),
            let mode = UInt32(text, radix: 8), mode <= 0o777, mode & 0o600 == 0o600
        else { throw .notAllowed(text, "a mode: \(Self.allowed)") }
        self.mode = mode
    }
}

/// The group that may use a control socket.
package struct ControlGroup: Setting, Equatable {
    /// A name, or a number from 0 to 4294967294 in decimal digits.
    package var name: String

    static let allowed = "the name or the number of a group"

    /// Reads what `UserName` reads behind its colon.
    package init(text: String) throws(SettingError) {
        guard !text.utf8.contains(0x3a), let group = try? UserName(text: text).user else {
            throw .notAllowed(text, Self.allowed)
        }
        name = group
    }
}

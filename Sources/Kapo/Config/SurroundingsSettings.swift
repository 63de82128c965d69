/// The path of a file or of a directory.
package struct Path: Setting, Equatable {
    package var text: String

    /// Takes any text but none. What came as bytes that are not UTF-8 has U+FFFD in it, and would name another file.
    package init(text: String) throws(SettingError) {
        guard !text.isEmpty, !text.utf8.contains(0), !text.unicodeScalars.contains("\u{fffd}") else {
            throw .notAllowed(text, "a path: it is not empty, and it is UTF-8")
        }
        self.text = text
    }
}

/// The permissions that new files do not get, as umask(2) takes them.
package struct Umask: Setting, Equatable {
    /// 0 to 0o777.
    package var mode: UInt32

    /// Reads one to four octal digits.
    package init(text: String) throws(SettingError) {
        guard 1...4 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x37 ~= $0 }),
            let mode = UInt32(text, radix: 8), mode <= 0o777
        else { throw .notAllowed(text, "a umask: octal digits from 0 to 0777, such as 027") }
        self.mode = mode
    }
}

/// A nice value, -20 (most of the processor) to 19 (least).
package struct Nice: Setting, Equatable {
    package var value: Int32

    /// Reads digits, and a minus sign before them.
    package init(text: String) throws(SettingError) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.utf8.count <= 2, let size = Int32(digits: digits), case let value = digits == text ? size : -size,
            -20...19 ~= value
        else { throw .notAllowed(text, "a nice value: a whole number from -20 to 19") }
        self.value = value
    }
}

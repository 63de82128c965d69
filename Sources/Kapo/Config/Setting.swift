/// A value that somebody wrote and that Kapo cannot use: what was written, and what is allowed.
package struct SettingError: Error, Equatable, CustomStringConvertible, Sendable {
    package var description: String

    /// The message for people.
    package init(_ description: String) {
        self.description = description
    }

    static func notAllowed(_ text: String, _ allowed: String) -> SettingError {
        SettingError("'\(text)' is not \(allowed)")
    }
}

/// How one kind of value is read from the text of an option, a variable or a file.
package protocol Setting: Sendable {
    /// Reads it, or throws an error that says what is allowed.
    init(text: String) throws(SettingError)
}

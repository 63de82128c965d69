/// Text from elsewhere, as it is shown to people.
package enum VisibleText {
    /// The scalar; or how Swift writes it (`\u{1b}`) if it is a control character or else would change how a terminal
    /// shows a line.
    package static func of(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }

    /// The text on one line.
    package static func of(_ text: String) -> String {
        text.unicodeScalars.map(of).joined()
    }
}

/// Values as Python's `repr` shows them: what superlance writes of lists of programs, and of faults.
package enum PythonText {
    /// `['a', 'b']`.
    package static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ", "))]" }

    /// `'a'`; in double quotation marks where the text has single ones alone.
    package static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let mark: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var quoted = String(mark)
        for scalar in scalars {
            switch scalar {
            case "\\", mark: quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted += isPrintable(scalar) ? String(scalar) : escaped(scalar)
            }
        }
        return quoted + String(mark)
    }

    /// `str.isprintable` of Python: no space but the plain one.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(scalar.value, radix: 16)
        return "\\\(letter)\(String(repeating: "0", count: width - digits.count))\(digits)"
    }
}

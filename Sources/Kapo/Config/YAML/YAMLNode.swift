/// A value of a YAML file and its place.
package struct YAMLNode: Equatable, Sendable {
    /// What it is.
    package indirect enum Content: Equatable, Sendable {
        /// Text as it was written, without quotes and escapes.
        case scalar(String, YAMLStyle)
        case sequence([YAMLNode])
        /// In the order of the file; no name comes twice.
        case mapping([YAMLPair])
    }

    package var place: YAMLPlace
    package var content: Content

    /// The text of a scalar.
    package var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// True for a list.
    package var isList: Bool {
        guard case .sequence = content else { return false }
        return true
    }

    /// True for a plain `~` or `null`, and where nothing is written at all.
    package var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return YAMLWords.null.contains(text)
    }

    /// True for a plain `true` or `false`.
    package var isBool: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["true", "True", "TRUE", "false", "False", "FALSE"].contains(text)
    }

    /// What it is, for a message: 'text', a list, a mapping, nothing.
    package var kind: String {
        switch content {
        case .scalar(let text, _): isNull ? "nothing" : text.shown
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// An entry of a mapping.
package struct YAMLPair: Equatable, Sendable {
    package var name: String
    /// Where the name stands.
    package var place: YAMLPlace
    package var value: YAMLNode
}

/// How a scalar was written: bare, or between quotes or as a block, which makes it text whatever it looks like.
package enum YAMLStyle: Equatable, Sendable {
    case plain
    case quoted
}

/// Plain words that are more than text, as YAML 1.1 has them and as Go's yaml package reads them.
enum YAMLWords {
    static let null: Set<String> = ["", "~", "null", "Null", "NULL"]
    static let yes: Set<String> = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"]
    static let no: Set<String> = ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"]
}

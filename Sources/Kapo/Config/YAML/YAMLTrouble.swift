/// Why a file cannot be read as YAML at all.
struct YAMLTrouble: Error, Equatable {
    var place: YAMLPlace
    var message: String

    static let outOfMemory = YAMLTrouble(place: .start, message: "there is no memory left to read it")

    init(place: YAMLPlace, message: String) {
        self.place = place
        self.message = message
    }

    /// Bytes that are no text: libyaml's words for it, the byte or the character it means, and its offset in bytes.
    init(unreadable problem: String, value: Int32, at offset: Int, in text: [UInt8]) {
        let isControl = problem.hasPrefix("control")
        let code = String(value, radix: 16)
        let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
        self.init(
            place: Self.place(ofByte: offset, in: text),
            message: isControl
                ? "the character U+\(digits.uppercased()) cannot stand in YAML; between double quotes it has an escape"
                : "this is no UTF-8")
    }

    /// A problem of the scanner or of the parser in libyaml's words, and what it was in the middle of, likewise.
    init(problem: String, at place: YAMLPlace, context: String, from: YAMLPlace, in text: [UInt8]) {
        if let (place, message) = Self.unfinished(problem, at: place, context, from) {
            self.init(place: place, message: message)
        } else {
            self.init(place: place, message: Self.unexpected(problem, from, Self.scalar(at: place, in: text)))
        }
    }

    /// What was begun and does not end as it must is shown where it begins.
    private static func unfinished(
        _ problem: String, at place: YAMLPlace, _ context: String, _ from: YAMLPlace
    ) -> (YAMLPlace, String)? {
        switch (context, problem) {
        case ("while scanning a quoted scalar", "found unexpected end of stream"),
            ("while scanning a quoted scalar", "found unexpected document indicator"):
            (from, "the quote that begins here is not closed")
        case ("while scanning a simple key", _):
            (from, "there is no ':' with a space behind this key, or the lines above are not as they should be")
        case (_, "did not find expected ',' or '}'"):
            (from, "the '{' here is not closed: in \(place.words) a ',' or a '}' is missing")
        case (_, "did not find expected ',' or ']'"):
            (from, "the '[' here is not closed: in \(place.words) a ',' or a ']' is missing")
        default: nil
        }
    }

    private static func unexpected(_ problem: String, _ from: YAMLPlace, _ scalar: Unicode.Scalar?) -> String {
        switch problem {
        case "found character that cannot start any token",
            "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected",
            "found a tab character that violate intendation":
            switch scalar {
            case "\t", nil: "a tab cannot stand here: indent with spaces"
            case let scalar?: "a value cannot begin with '\(scalar)': quote it"
            }
        case "mapping values are not allowed in this context":
            "a ':' with a space behind it cannot stand here: quote the text, or look at the indentation"
        case "block sequence entries are not allowed in this context":
            "a '-' cannot stand here: begin the list on a line of its own"
        case "did not find expected key":
            "a key must stand here, indented as the one in \(from.words) that its mapping begins with"
        case "did not find expected '-' indicator":
            "a '-' must stand here, indented as the one in \(from.words) that its list begins with"
        case "found unknown escape character":
            "no such escape: between double quotes write '\\\\' for a backslash, or use single quotes"
        case "did not find expected <document start>":
            "this is behind the end of the document: look at the indentation"
        default: "this is no YAML: \(problem)"
        }
    }

    /// The character at a place; nil behind the end of its line.
    private static func scalar(at place: YAMLPlace, in text: [UInt8]) -> Unicode.Scalar? {
        let lines = text.split(separator: 0x0a, maxSplits: place.line, omittingEmptySubsequences: false)
        guard place.line <= lines.count else { return nil }
        return String(decoding: lines[place.line - 1], as: UTF8.self).unicodeScalars.dropFirst(place.column - 1).first
    }

    /// The place of a byte; the text before it is UTF-8. Lines end as they do in YAML 1.1.
    private static func place(ofByte offset: Int, in text: [UInt8]) -> YAMLPlace {
        var place = YAMLPlace.start
        var before: Unicode.Scalar?
        var bytes = text.prefix(offset)
        // The offset may be that of a later byte of a character, which is then not whole: libyaml counts on.
        if let lead = bytes.suffix(3).lastIndex(where: { $0 & 0xc0 != 0x80 }), bytes[lead] >= 0xc0,
            bytes.count - lead < (~bytes[lead]).leadingZeroBitCount
        {
            bytes = bytes[..<lead]
        }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n" where before == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": place = YAMLPlace(line: place.line + 1, column: 1)
            default: place.column += 1
            }
            before = scalar
        }
        return place
    }
}

/// Where something stands in a file: both numbers begin with 1, and a column is a Unicode character.
package struct YAMLPlace: Equatable, Comparable, CustomStringConvertible, Sendable {
    package var line: Int
    package var column: Int

    /// That place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Where every file begins.
    package static let start = YAMLPlace(line: 1, column: 1)

    /// `3:7`, as it stands behind the name of a file.
    package var description: String { "\(line):\(column)" }

    /// For a message about another place: `line 3, column 7`.
    var words: String { "line \(line), column \(column)" }

    package static func < (one: YAMLPlace, other: YAMLPlace) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}

/// What is wrong at one place of a file.
package struct YAMLMistake: Error, Equatable, CustomStringConvertible, Sendable {
    /// As the user named it.
    package var file: String
    package var line: Int
    package var column: Int
    /// One line of text.
    package var message: String

    /// `run.yml:3:7: …`, as compilers write it and editors read it.
    package var description: String { "\(file):\(YAMLPlace(line: line, column: column)): \(message)" }
}

/// All that is wrong with a file, in the order of the file.
package struct YAMLMistakes: Error, Equatable, CustomStringConvertible, Sendable {
    /// Mistakes that are kept; a file of 1 MiB has room for very many.
    package static let most = 100

    package private(set) var all: [YAMLMistake] = []
    /// Those that were found beyond `most`.
    package private(set) var omitted = 0
    private let file: String

    init(file: String) {
        self.file = file
    }

    /// The message is made only if it is kept.
    mutating func add(_ place: YAMLPlace, _ message: @autoclosure () -> String) {
        guard all.count < Self.most else {
            omitted += 1
            return
        }
        let mistake = YAMLMistake(file: file, line: place.line, column: place.column, message: message())
        // Behind those of the same place, so that what was found first is said first.
        let index = all.firstIndex { place < YAMLPlace(line: $0.line, column: $0.column) }
        all.insert(mistake, at: index ?? all.endIndex)
    }

    /// A line for each, without a newline at the end.
    package var description: String {
        let lines = all.map(\.description) + (omitted == 0 ? [] : ["\(file): and \(omitted) more mistakes"])
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// The text between quotes as a message shows it: on one line, and not longer than 60 characters.
    var shown: String {
        let head = unicodeScalars.prefix(60)
        let isCut = head.endIndex != unicodeScalars.endIndex
        let clean = head.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
            default: String(scalar)
            }
        }
        return "'\(clean.joined())\(isCut ? "…" : "")'"
    }
}

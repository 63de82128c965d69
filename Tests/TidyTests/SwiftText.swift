/// Just enough of Swift's grammar to tell code from comments and strings.
enum SwiftText {
    private enum Place: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        /// Between quotes, one or three, behind so many `#`.
        case string(quotes: Int, hashes: Int)
    }

    /// The lines with comments and the contents of strings taken out; the quotes stay.
    static func code(of text: String) -> [String] {
        var place = Place.code
        var output: [Character] = []
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "\n" {
                if place == .lineComment { place = .code }
                output.append("\n")
                index += 1
                continue
            }
            let (next, length, isCode) = step(place, characters, index)
            if isCode { output += characters[index..<(index + length)] }
            place = next
            index += length
        }
        return String(output).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Where the text goes on, how many characters this takes, and whether they are code.
    private static func step(
        _ place: Place, _ text: [Character], _ index: Int
    ) -> (next: Place, length: Int, isCode: Bool) {
        switch place {
        case .code: return code(text, index)
        case .lineComment: return (place, 1, false)
        case .blockComment(let depth):
            if starts(text, index, "*/") { return (depth == 1 ? .code : .blockComment(depth: depth - 1), 2, false) }
            if starts(text, index, "/*") { return (.blockComment(depth: depth + 1), 2, false) }
            return (place, 1, false)
        case .string(let quotes, let hashes):
            let fence = String(repeating: "#", count: hashes)
            let end = String(repeating: "\"", count: quotes) + fence
            if starts(text, index, end) { return (.code, end.count, true) }
            // An escape is the backslash, as many `#` as the string has, and one character.
            let escape = "\\" + fence
            if starts(text, index, escape) && index + escape.count < text.count && text[index + escape.count] != "\n" {
                return (place, escape.count + 1, false)
            }
            return (place, 1, false)
        }
    }

    private static func code(_ text: [Character], _ index: Int) -> (next: Place, length: Int, isCode: Bool) {
        if starts(text, index, "//") { return (.lineComment, 2, false) }
        if starts(text, index, "/*") { return (.blockComment(depth: 1), 2, false) }
        let hashes = text[index...].prefix { $0 == "#" }.count
        if index + hashes < text.count && text[index + hashes] == "\"" {
            let quotes = starts(text, index + hashes, "\"\"\"") ? 3 : 1
            return (.string(quotes: quotes, hashes: hashes), hashes + quotes, true)
        }
        return (.code, max(1, hashes), true)
    }

    private static func starts(_ text: [Character], _ index: Int, _ word: String) -> Bool {
        text[index...].starts(with: word)
    }

    /// True when `word` stands in the line, not as a part of a longer word.
    static func contains(_ word: String, in line: some StringProtocol) -> Bool {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.contains { $0 == word }
    }

    /// The first line, from 1, and the length in lines of each function, initializer and deinitializer with a body.
    static func functions(in code: [String]) -> [(line: Int, length: Int)] {
        var functions: [(line: Int, length: Int)] = []
        for (number, line) in code.enumerated() {
            let isFunction = contains("func", in: line) || contains("deinit", in: line) || isInitializer(line)
            if isFunction, let end = end(ofBodyFrom: number, in: code) {
                functions.append((number + 1, end - number + 1))
            }
        }
        return functions
    }

    private static func isInitializer(_ line: String) -> Bool {
        let modifiers: Set = [
            "package", "public", "private", "fileprivate", "internal", "convenience", "required", "override",
        ]
        let words = line.split(separator: " ").drop { modifiers.contains(String($0)) || $0.hasPrefix("@") }
        guard let first = words.first else { return false }
        return ["init(", "init?(", "init<"].contains { first.hasPrefix($0) }
    }

    /// The line on which the braces that open at or behind `start` are closed again; nil for what has no body.
    private static func end(ofBodyFrom start: Int, in code: [String]) -> Int? {
        var depth = 0
        var parentheses = 0
        var hasBody = false
        for number in start..<code.count {
            for character in code[number] {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{":
                    depth += 1
                    hasBody = true
                case "}": depth -= 1
                default: break
                }
                if depth < 0 { return nil }
                if hasBody && depth == 0 && parentheses == 0 { return number }
            }
            // A requirement of a protocol ends with its line.
            let next = number + 1 < code.count ? code[number + 1].drop { $0 == " " } : ""
            let goesOn = ["{", "where", ")", "->"].contains { next.hasPrefix($0) }
            if !hasBody && parentheses == 0 && !goesOn { return nil }
        }
        return nil
    }
}

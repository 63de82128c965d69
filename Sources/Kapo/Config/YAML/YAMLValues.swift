/// Whoever goes through a file in YAML, and keeps all that is wrong with it.
protocol YAMLReader {
    var mistakes: YAMLMistakes { get set }
}

/// How single values are read. Each function takes nothing for a key that has no value.
extension YAMLReader {
    /// The entries of a mapping.
    mutating func entries(_ pair: YAMLPair, _ what: String) -> [YAMLPair]? {
        if case .mapping(let pairs) = pair.value.content { return pairs }
        if !pair.value.isNull { wrong(pair, what) }
        return nil
    }

    /// The items of a list, or the one scalar that stands for a list.
    mutating func items(_ pair: YAMLPair, _ what: String) -> [YAMLNode]? {
        switch pair.value.content {
        case .sequence(let items): return items
        case .scalar: return pair.value.isNull ? nil : [pair.value]
        case .mapping:
            wrong(pair, what)
            return nil
        }
    }

    /// Any text but an empty one or one with a zero byte.
    mutating func text(_ pair: YAMLPair, _ what: String) -> String? {
        guard !pair.value.isNull else { return nil }
        guard let text = pair.value.text, !text.isEmpty, !text.utf8.contains(0) else {
            wrong(pair, what)
            return nil
        }
        return text
    }

    /// What a setting reads; its own message would not be about a key.
    mutating func setting<Value: Setting>(_ pair: YAMLPair, _ what: String) -> Value? {
        guard !pair.value.isNull else { return nil }
        guard let text = pair.value.text, let value = try? Value(text: text) else {
            wrong(pair, what)
            return nil
        }
        return value
    }

    /// Decimal digits, 0 to `most`.
    mutating func number(_ pair: YAMLPair, _ what: String, most: Int64) -> Int64? {
        guard !pair.value.isNull else { return nil }
        guard let text = pair.value.text, let number = Int64(digits: text) else {
            wrong(pair, what)
            return nil
        }
        if number > most { mistakes.add(pair.value.place, "\(pair.name.shown) is \(most) at most, not \(number)") }
        return number
    }

    /// True or false, and in the other words of YAML 1.1.
    mutating func flag(_ pair: YAMLPair) -> Bool {
        guard !pair.value.isNull else { return false }
        let text = pair.value.text ?? ""
        if YAMLWords.yes.contains(text) { return true }
        if !YAMLWords.no.contains(text) { wrong(pair, "true or false") }
        return false
    }

    /// A command: a text that is split at white space, as Go's strings.Fields does it, or a list of words.
    mutating func command(_ pair: YAMLPair) -> [String]? {
        guard let items = items(pair, "a command, or a list of its words"), !pair.value.isNull else { return nil }
        var words: [String] = []
        for item in items {
            guard let text = item.text, !text.utf8.contains(0) else {
                let kind = item.text == nil ? item.kind : "one with a zero byte"
                mistakes.add(item.place, "a word of \(pair.name.shown) is a text, not \(kind)")
                return nil
            }
            if text.isEmpty && item.isNull {
                mistakes.add(item.place, "a word of \(pair.name.shown) is missing; write '' for an empty one")
                return nil
            }
            words.append(text)
        }
        if !pair.value.isList {
            words = words.flatMap {
                $0.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map(String.init)
            }
        }
        guard let program = words.first, !program.isEmpty else {
            mistakes.add(pair.value.place, "\(pair.name.shown) names no program to run")
            return nil
        }
        return words
    }

    /// A key that nothing knows.
    mutating func unknown(_ pair: YAMLPair, among keys: [String]) {
        mistakes.add(pair.place, Self.unknown(pair.name, among: keys))
    }

    static func unknown(_ name: String, among keys: [String]) -> String {
        // More than half of it to be changed is another word, and no misspelt one.
        let nearest = nearestName(to: name, among: keys).map { near in
            let distance = editDistance(Array(name.lowercased().utf8.prefix(64)), Array(near.utf8))
            return distance * 2 > max(name.utf8.count, near.utf8.count) ? "" : "; the nearest one is '\(near)'"
        }
        return "\(name.shown) is no key that can stand here\(nearest ?? "")"
    }

    /// A value that is not what it should be.
    mutating func wrong(_ pair: YAMLPair, _ what: String) {
        let kind =
            switch pair.value.text {
            case "": "an empty text"
            case let text? where text.utf8.contains(0): "a text with a zero byte"
            default: pair.value.kind
            }
        mistakes.add(pair.value.place, "\(pair.name.shown) is \(what), not \(kind)")
    }
}

/// The command line of superlance's httpok, which getopt reads: its letters mean other things to Kapo's own modes.
enum HttpokWords {
    /// The long options, and the letters that stand for them.
    static let valueOptions: [String: Character?] = [
        "program": "p", "timeout": "t", "code": "c", "body": "b", "sendmail_program": "s", "email": "m", "gcore": "g",
        "coredir": "d", "name": "n", "fall": nil, "grace": nil, "restart-limit": nil,
    ]
    static let flags: [String: Character?] = ["help": "h", "any": "a", "eager": "e", "not-eager": "E", "fatal": nil]

    /// The words with each option in its long form, and its value, if it has one, joined to it: `-ap web` becomes
    /// `--any --program=web`. What nobody knows stays as it is, for the parser to complain of.
    static func translated(_ words: [String]) -> [String] {
        var result: [String] = []
        var rest = words[...]
        // Ends: each turn takes a word away.
        while let word = rest.popFirst() {
            if word == "--" { return result + [word] + rest }
            if word.hasPrefix("--") {
                result += long(word, &rest)
            } else if word.hasPrefix("-") && word != "-" {
                result += letters(word.dropFirst(), &rest)
            } else {
                result.append(word)
            }
        }
        return result
    }

    /// `--prog web` becomes `--program=web`, as getopt has it.
    private static func long(_ word: String, _ rest: inout ArraySlice<String>) -> [String] {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = fullName(String(parts[0]))
        guard valueOptions[name] != nil || flags[name] != nil else { return [word] }
        if parts.count == 2 { return pair(name, String(parts[1])) }
        guard valueOptions[name] != nil, let value = rest.popFirst() else { return ["--\(name)"] }
        return pair(name, value)
    }

    /// An option and its value. An empty one stands alone: joined, the parser would pass it over for the next word.
    private static func pair(_ name: String, _ value: String) -> [String] {
        value.isEmpty ? ["--\(name)", ""] : ["--\(name)=\(value)"]
    }

    /// `-eaweb`: flags, and then perhaps an option whose value is what follows, or else the next word.
    private static func letters(_ letters: Substring, _ rest: inout ArraySlice<String>) -> [String] {
        var result: [String] = []
        var letters = letters
        // Ends: each turn takes a letter away.
        while let letter = letters.popFirst() {
            if let flag = flags.first(where: { $0.value == letter })?.key {
                result.append("--\(flag)")
            } else if let option = valueOptions.first(where: { $0.value == letter })?.key {
                guard !letters.isEmpty || !rest.isEmpty else { return result + ["--\(option)"] }
                let value = letters.isEmpty ? rest.removeFirst() : String(letters)
                return result + pair(option, value)
            } else {
                result.append("-\(letter)")
            }
        }
        return result
    }

    /// The only name that begins so, or else what was written.
    private static func fullName(_ prefix: String) -> String {
        let names = Array(valueOptions.keys) + flags.keys
        if names.contains(prefix) { return prefix }
        let found = names.filter { $0.hasPrefix(prefix) }
        return found.count == 1 && !prefix.isEmpty ? found[0] : prefix
    }
}

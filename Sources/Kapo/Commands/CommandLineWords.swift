import Host

/// The words behind `kapo`, cut where the command begins: everything from the command's own first word on belongs to
/// the command, with or without `--`, whatever it looks like.
///
/// ArgumentParser looks for `--help`, `--version` and `--generate-completion-script` in all words that no `--`
/// protects, so it gets one, in front of the command.
struct CommandLineWords {
    /// Options that take the next word as their value, in every place; a test compares them with what is declared.
    static let valueOptions: Set<String> = [
        "-p", "--port", "-i", "--interface", "--log-format", "--log-level", "--agent-port",
        "-t", "--ttl", "-w", "--wait", "--kill-after", "--pid",
        "--signal-to", "--rewrite-signal", "--stop-signal", "--map-exit", "--parent-death-signal",
        "--check", "--check-interval", "--check-timeout", "--check-status", "--check-contains", "--check-header",
        "--check-method", "--check-grace", "--check-fall", "--check-rise", "--check-action", "--check-restart-limit",
        "--core-dir", "--gcore", "--notify-mail", "--sendmail", "--notify-exec",
        "--ready", "--ready-timeout", "--watchdog", "--drain", "--pre-start", "--post-exit",
        "--restart", "--success-exit", "--backoff", "--max-wait", "--stable-after", "--start-limit", "--on-failed",
        "--env-file", "--chdir", "--user", "--umask", "--nice", "--limit",
        "--timeout", "--status", "--contains", "--unix", "--signal", "--config", "--config-dir",
        "--spool-root", "-r", "--reason", "-e", "--expiration", "-P", "--service-port", "-H", "--service-host",
        "-a", "--action", "-c", "--config-file", "-B", "--bind-address", "-n", "--workers",
    ]
    /// Those of `immortal`, which have one dash, or two as Go's flags have.
    static let immortalValueOptions: Set<String> = [
        "c", "ctl", "d", "e", "f", "l", "logger", "name", "P", "p", "r", "u", "w",
    ]
    /// The modes that take a command, or a name, by all their names; all others take neither.
    static let modes: Set<String> = ["run", "r", "supervise", "s", "watch", "w", "immortal"]

    /// What ArgumentParser is to parse.
    let forParser: [String]
    /// The command and its arguments, byte for byte; empty when there is none.
    let command: [Word]

    init(_ words: [Word]) {
        let texts = words.map(\.text)
        guard let mode = Self.firstPlainWord(in: texts, from: 0), Self.modes.contains(texts[mode]) else {
            forParser = Self.withoutCommand(texts)
            command = []
            return
        }
        let isImmortal = texts[mode] == "immortal"
        let start = Self.firstPlainWord(in: texts, from: mode + 1, isImmortal: isImmortal) ?? texts.count
        // A `--` in front of the command is ours; a later one is the command's.
        let first = start < texts.count && texts[start] == "--" ? start + 1 : start
        command = Array(words[first...])
        forParser = Array(texts[..<start]) + (command.isEmpty ? [] : ["--"] + texts[first...])
    }

    /// The words of what takes no command, as the parser is to see them.
    private static func withoutCommand(_ texts: [String]) -> [String] {
        guard let word = firstPlainWord(in: texts, from: 0) else { return texts }
        let rest = Array(texts[(word + 1)...])
        return switch texts[word] {
        case "ctl": texts[...word] + CtlWords.translated(rest)
        case "httpok": texts[...word] + HttpokWords.translated(rest)
        case "proxy", "spool": texts[...word] + apart(rest)
        default: texts
        }
    }

    /// The words with an option and its value apart: `-rdeploy` becomes `-r deploy`. ArgumentParser has `kapo` itself
    /// take what it knows of all words first, and of `-rdeploy` it would take a `-p`, with the next word.
    private static func apart(_ words: [String]) -> [String] {
        var result: [String] = []
        var rest = words[...]
        // Ends: each turn takes a word away.
        while let word = rest.popFirst() {
            if word == "--" { return result + [word] + rest }
            let (option, value) = (String(word.prefix(2)), String(word.dropFirst(2)))
            if !value.isEmpty, value.first != "=", !word.hasPrefix("--"), valueOptions.contains(option) {
                result += pair(option, value)
            } else if valueOptions.contains(word), let next = rest.popFirst() {
                result += pair(word, next)
            } else {
                result.append(word)
            }
        }
        return result
    }

    /// An option and its value. One that begins with a dash is joined to the option's long name, which is read whole.
    private static func pair(_ option: String, _ value: String) -> [String] {
        guard value.hasPrefix("-"), let long = option.hasPrefix("--") ? option : longNames[option] else {
            return [option, value]
        }
        return ["\(long)=\(value)"]
    }

    /// Of the options of `proxy` and `spool`.
    private static let longNames = [
        "-a": "--action", "-B": "--bind-address", "-c": "--config-file", "-e": "--expiration", "-H": "--service-host",
        "-n": "--workers", "-P": "--service-port", "-p": "--port", "-r": "--reason",
    ]

    /// The index of the first word that is neither an option nor the value of one; `--` is such a word.
    private static func firstPlainWord(in words: [String], from start: Int, isImmortal: Bool = false) -> Int? {
        var index = start
        while index < words.count {
            let word = words[index]
            if word == "--" || word == "-" || !word.hasPrefix("-") { return index }
            index += (isImmortal ? immortalTakesNextWord(word) : takesNextWord(word)) ? 2 : 1
        }
        return nil
    }

    /// True for `-ctl` and `--ctl`, false for `-ctl=foo`.
    private static func immortalTakesNextWord(_ word: String) -> Bool {
        immortalValueOptions.contains(String(word.dropFirst(word.hasPrefix("--") ? 2 : 1)))
    }

    /// True for `--port` and `-p`, and for a cluster that ends in such a letter (`-bp`); false for `--port=80` and
    /// `-p80`.
    private static func takesNextWord(_ word: String) -> Bool {
        if word.hasPrefix("--") { return valueOptions.contains(word) }
        for (offset, letter) in word.dropFirst().enumerated() where valueOptions.contains("-\(letter)") {
            return offset == word.count - 2
        }
        return false
    }
}

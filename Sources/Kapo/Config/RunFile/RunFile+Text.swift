extension RunFile {
    /// The service as a run.yml: what was said and what is so without saying. Reading it gives an equal value.
    package var text: String {
        var text = RunFileText()
        text.list("cmd", command)
        text.scalar("cwd", directory)
        text.mapping("env", environment.map { ($0.name, YAMLText.scalar($0.value)) })
        let pids = [("follow", pidFollow), ("parent", pidParent), ("child", pidChild)]
        text.mapping("pid", pids.compactMap { name, path in path.map { (name, YAMLText.scalar($0)) } })
        text.logFile("log", log)
        text.logFile("stderr", errorLog)
        text.list("logger", logger ?? [])
        text.list("require", requires)
        text.scalar("require_cmd", requireCommand)
        text.scalar("post_exit", postExit)
        text.scalar("user", user?.text)
        text.line("wait", wait.text)
        text.line("retries", retries.map { "\($0)" } ?? "-1")
        text.kapo(self)
        return text.lines
    }
}

/// Writes a run.yml, line by line.
private struct RunFileText {
    private(set) var lines = ""

    mutating func line(_ name: String, _ value: String, indent: String = "") {
        let (head, colon) = YAMLText.key(name)
        lines += "\(indent)\(head)\(head.hasSuffix("\n") ? indent : "")\(colon) \(value)\n"
    }

    mutating func scalar(_ name: String, _ value: String?) {
        if let value { line(name, YAMLText.scalar(value)) }
    }

    mutating func list(_ name: String, _ words: [String], indent: String = "") {
        guard !words.isEmpty else { return }
        lines += "\(indent)\(name):\n"
        for word in words { lines += "\(indent)  - \(YAMLText.scalar(word))\n" }
    }

    mutating func mapping(_ name: String, _ entries: [(name: String, value: String)]) {
        guard !entries.isEmpty else { return }
        lines += "\(name):\n"
        for entry in entries { line(entry.name, entry.value, indent: "  ") }
    }

    mutating func logFile(_ name: String, _ settings: LogFileSettings?) {
        guard let settings else { return }
        let num = settings.files == 0 ? [] : [("num", "\(settings.files)")]
        mapping(
            name,
            [("file", YAMLText.scalar(settings.file)), ("age", "\(settings.ageSeconds)")] + num + [
                ("size", "\(settings.sizeBytes / LogFileSettings.megabyte)"), ("timestamp", "\(settings.timestamps)"),
            ])
    }

    mutating func kapo(_ file: RunFile) {
        guard !file.options.isEmpty || file.controlMode != nil || file.controlGroup != nil else { return }
        lines += "kapo:\n"
        for option in file.options {
            if let value = option.values.first, option.values.count == 1 {
                let isBare = option.isBool || Self.isNumber(value)
                line(option.name, isBare ? value : YAMLText.scalar(value), indent: "  ")
            } else {
                list(option.name, option.values, indent: "  ")
            }
        }
        if let mode = file.controlMode { line("control-mode", "\"0\(String(mode.mode, radix: 8))\"", indent: "  ") }
        if let group = file.controlGroup { line("control-group", YAMLText.scalar(group.name), indent: "  ") }
    }

    /// True for digits that every reader takes for the number that they are: an option's number may stand as one.
    private static func isNumber(_ text: String) -> Bool {
        1...15 ~= text.utf8.count && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } && (text == "0" || !text.hasPrefix("0"))
    }
}

extension UserName {
    /// As it is written: `www`, `www:adm`.
    fileprivate var text: String { group.map { "\(user):\($0)" } ?? user }
}

extension Seconds {
    /// As it is written: `5`, `0.25`.
    fileprivate var text: String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest > 0 else { return "\(whole)" }
        let nine = "\(rest)"
        var digits = String(repeating: "0", count: 9 - nine.utf8.count) + nine
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}

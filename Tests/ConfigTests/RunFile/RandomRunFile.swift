import Chance
@testable import Config

/// Services with odd texts in them, which are nevertheless allowed.
enum RandomRunFile {
    private static let words = [
        "a", "true", "No", "~", "null", "1", "-1", "0x1f", "010", "1.5", "1e3", ".inf", "2001-01-01", "12:30:45", "",
        " ",
        " a ", "a: b", "a #b", "#a", "- a", "---", "...", "? a", "{a: b}", "[a]", "'", "\"", "\\", "\\n", "a\nb", "\n",
        "\t",
        "\r\n", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{7f}", "\u{1}", "\u{1b}[1m", "ä", "e\u{301}",
        "日本", "😀", "👨‍👩‍👧", "\u{fffe}", "\u{ffff}", "\u{e000}", "\u{10ffff}", "\u{d7ff}", "=", "<<", "!!str a", "%a", "@a",
        "`a`", "&a", "*a", "|", ">", "key:", ":", "a,b", "http://a/b?c#d", "$HOME", "sh -c 'a b'", "/usr/bin/env",
    ]

    static func make(_ random: inout SeededGenerator) -> RunFile {
        var file = RunFile(command: [text(&random)] + texts(&random))
        file.directory = maybe(&random) { text(&$0) }
        var names: Set<[UInt8]> = []
        for name in texts(&random) where !name.isEmpty && !name.utf8.contains(0x3d) {
            guard names.insert(Array(name.utf8)).inserted else { continue }
            file.environment.append(.init(name: name, value: word(&random)))
        }
        file.pidFollow = maybe(&random) { text(&$0) }
        file.pidParent = maybe(&random) { text(&$0) }
        file.pidChild = maybe(&random) { text(&$0) }
        file.log = maybe(&random) { logFile(&$0) }
        file.errorLog = maybe(&random) { logFile(&$0) }
        file.logger = maybe(&random) { [text(&$0)] + texts(&$0) }
        file.requires = texts(&random).filter { !$0.isEmpty && !$0.utf8.contains(0x2f) }
        file.requireCommand = maybe(&random) { text(&$0) }
        file.postExit = maybe(&random) { text(&$0) }
        file.user = maybe(&random) { _ in try? UserName(text: "www:adm") }.flatMap(\.self)
        file.wait.nanoseconds = Int64.random(in: 0...3_000_000_000, using: &random)
        file.retries = maybe(&random) { Int.random(in: 0...9, using: &$0) }
        for name in runOptions where Int.random(in: 0..<4, using: &random) == 0 {
            let isBool = Bool.random(using: &random)
            let values = isBool ? ["true"] : [word(&random)] + texts(&random)
            file.options.append(
                RunOption(name: name, values: values, isBool: isBool, place: .start, valuePlace: .start))
        }
        file.controlMode = maybe(&random) { _ in try? ControlMode(text: "0640") }.flatMap(\.self)
        file.controlGroup = maybe(&random) { _ in try? ControlGroup(text: "1000") }.flatMap(\.self)
        return file
    }

    private static func maybe<Value>(
        _ random: inout SeededGenerator, _ value: (inout SeededGenerator) -> Value
    ) -> Value? {
        Bool.random(using: &random) ? value(&random) : nil
    }

    /// One of the words, two of them in one, or scalars from everywhere; without zero bytes.
    private static func word(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: known(&random) + known(&random)
        case 1:
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 1...0x10ffff, using: &random))
                    }))
        default: known(&random)
        }
    }

    private static func known(_ random: inout SeededGenerator) -> String {
        words[Int.random(in: 0..<words.count, using: &random)]
    }

    /// One that is not empty.
    private static func text(_ random: inout SeededGenerator) -> String {
        let word = word(&random)
        return word.isEmpty ? "x" : word
    }

    private static func texts(_ random: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in word(&random) }
    }

    private static func logFile(_ random: inout SeededGenerator) -> LogFileSettings {
        var log = LogFileSettings(file: text(&random))
        log.ageSeconds = Int64.random(in: 0...100_000, using: &random)
        log.files = Int.random(in: 0...9, using: &random)
        log.sizeBytes = Int64.random(in: 0...9, using: &random) * LogFileSettings.megabyte
        log.timestamps = Bool.random(using: &random)
        return log
    }
}

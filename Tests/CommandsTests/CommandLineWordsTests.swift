import ArgumentParser
import Host
import Testing

@testable import Commands

/// Words, what the parser gets of them, and the command.
struct Cut: Sendable, CustomTestStringConvertible {
    let words: String
    let forParser: String
    let command: String

    var testDescription: String { words }

    init(_ words: String, _ forParser: String, _ command: String) {
        self.words = words
        self.forParser = forParser
        self.command = command
    }
}

@Suite("Where the command begins")
struct CommandLineWordsTests {
    private static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    @Test(
        "the command begins with its own first word, and what is behind it is its own",
        arguments: [
            Cut("run ls", "run -- ls", "ls"),
            Cut("run -- ls", "run -- ls", "ls"),
            Cut("run ls -l --color=never", "run -- ls -l --color=never", "ls -l --color=never"),
            Cut("run -- ls -l", "run -- ls -l", "ls -l"),
            Cut("r ls --help", "r -- ls --help", "ls --help"),
            Cut("s ls --version", "s -- ls --version", "ls --version"),
            Cut("supervise ls -p 80 -w 5", "supervise -- ls -p 80 -w 5", "ls -p 80 -w 5"),
            Cut("run git -- file", "run -- git -- file", "git -- file"),
            Cut("run -- git -- file", "run -- git -- file", "git -- file"),
            Cut("run -- -- x", "run -- -- x", "-- x"),
            Cut("run -- --help", "run -- --help", "--help"),
            Cut("run -- -p 80", "run -- -p 80", "-p 80"),
            Cut("run -", "run -- -", "-"),
            Cut("run run run", "run -- run run", "run run"),
            Cut("watch watch", "watch -- watch", "watch"),
            Cut("w 12 name", "w -- 12 name", "12 name"),
        ])
    func plain(_ cut: Cut) {
        check(cut)
    }

    @Test(
        "the value of an option is not the command, however it is written",
        arguments: [
            Cut("-p 0 run ls", "-p 0 run -- ls", "ls"),
            Cut("-p0 run ls", "-p0 run -- ls", "ls"),
            Cut("--port 0 run ls", "--port 0 run -- ls", "ls"),
            Cut("--port=0 run ls", "--port=0 run -- ls", "ls"),
            Cut("-bp 0 run ls", "-bp 0 run -- ls", "ls"),
            Cut("-bp0 run ls", "-bp0 run -- ls", "ls"),
            Cut("-bSEp 0 -i :: run ls", "-bSEp 0 -i :: run -- ls", "ls"),
            Cut("-b run ls", "-b run -- ls", "ls"),
            Cut("-bs run ls", "-bs run -- ls", "ls"),
            Cut("--sidebind run ls", "--sidebind run -- ls", "ls"),
            Cut("-p run run ls", "-p run run -- ls", "ls"),
            Cut("run -t 10-30 -w 0.5 ls", "run -t 10-30 -w 0.5 -- ls", "ls"),
            Cut("run -t10-30 -w.5 ls", "run -t10-30 -w.5 -- ls", "ls"),
            Cut("run --ttl 5 --kill-after 3 --wait 1 ls", "run --ttl 5 --kill-after 3 --wait 1 -- ls", "ls"),
            Cut("run -bw 3 ls", "run -bw 3 -- ls", "ls"),
            Cut("run --log-level debug --log-format=json ls", "run --log-level debug --log-format=json -- ls", "ls"),
            Cut("run -p 80 -- ls", "run -p 80 -- ls", "ls"),
            Cut("run --ready tcp:80 --watchdog 2 ls", "run --ready tcp:80 --watchdog 2 -- ls", "ls"),
            Cut("run --no-sweep --setsid ls -a", "run --no-sweep --setsid -- ls -a", "ls -a"),
            Cut("s --backoff 2 --start-limit 5/60 ls", "s --backoff 2 --start-limit 5/60 -- ls", "ls"),
            Cut("s --rewrite-signal TERM=QUIT ls", "s --rewrite-signal TERM=QUIT -- ls", "ls"),
            Cut("run -p -- ls", "run -p -- -- ls", "ls"),
            Cut("watch -p 12 name", "watch -p 12 -- name", "name"),
            Cut("-p 80 watch -p 12 name", "-p 80 watch -p 12 -- name", "name"),
            Cut("watch --pid=12 -w 1 name", "watch --pid=12 -w 1 -- name", "name"),
        ])
    func values(_ cut: Cut) {
        check(cut)
    }

    @Test(
        "without a mode or without a command the parser gets everything, to say what is wrong",
        arguments: [
            "", "run", "run -p", "run -p 80", "run --", "-p", "-p 80", "--", "-- run ls", "--help", "--version",
            "nomode ls",
            "ls -l", "help run", "check", "c --unix run http://a/", "-p 80 check --timeout run run ls",
            "--generate-completion-script bash", "run --help", "run --unknown", "- run",
            "run -p 80 --",
        ])
    func noCommand(_ words: String) {
        let cut = CommandLineWords(Self.split(words).map { Word($0) })
        #expect(cut.forParser == Self.split(words).filter { $0 != "--" || !words.hasPrefix("run") })
        #expect(cut.command == [])
    }

    @Test("an option that nobody knows takes no value: the next word is the command")
    func unknown() {
        check(Cut("run --unknown ls", "run --unknown -- ls", "ls"))
        check(Cut("run -x ls", "run -x -- ls", "ls"))
    }

    @Test("an empty word is a command")
    func empty() {
        let cut = CommandLineWords([Word("run"), Word(""), Word("-p")])
        #expect(cut.command == [Word(""), Word("-p")])
        #expect(cut.forParser == ["run", "--", "", "-p"])
    }

    @Test("words that are not UTF-8 are kept byte for byte")
    func notUTF8() {
        let odd = [Word(bytes: [0xff]), Word(bytes: [0x2d, 0xfe]), Word(bytes: [0x61, 0xc3])]
        #expect(CommandLineWords([Word("run")] + odd).command == odd)
        #expect(CommandLineWords([Word("-p"), Word("80"), Word("run"), Word("--")] + odd).command == odd)
    }

    private func check(_ cut: Cut) {
        let line = CommandLineWords(Self.split(cut.words).map { Word($0) })
        #expect(line.forParser == Self.split(cut.forParser))
        #expect(line.command == Self.split(cut.command).map { Word($0) })
    }
}

@Suite("The table of options is that of the parser")
struct DeclaredOptionsTests {
    /// The names of the options in a help text: those with a value, and those without.
    private static func declared(in help: String) -> (withValue: Set<String>, flags: Set<String>) {
        var withValue: Set<String> = []
        var flags: Set<String> = []
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            // "  -p, --port <port>       Port to listen on": two spaces end the names.
            let text = line.dropFirst(2)
            let end = text.indices.first { text[$0...].hasPrefix("  ") } ?? text.endIndex
            let head = text[..<end]
            let names = head.split { $0 == "," || $0 == " " || $0 == "/" }.map(String.init).filter { $0.hasPrefix("-") }
            if head.contains("<") { withValue.formUnion(names) } else { flags.formUnion(names) }
        }
        return (withValue, flags)
    }

    private static let helps = [
        Kapo.helpMessage(columns: 300), Kapo.helpMessage(for: Run.self, columns: 300),
        Kapo.helpMessage(for: Supervise.self, columns: 300), Kapo.helpMessage(for: Watch.self, columns: 300),
    ]
    private static let otherHelps = [
        Kapo.helpMessage(for: Check.self, columns: 300), Kapo.helpMessage(for: Ctl.self, columns: 300),
        Kapo.helpMessage(for: SpoolCommand.self, columns: 300),
        Kapo.helpMessage(for: ProxyCommand.self, columns: 300),
    ]

    @Test("every option that takes a value is in it, and nothing else is")
    func valueOptions() {
        let modes = Self.helps.map(Self.declared)
        let all = modes + Self.otherHelps.map(Self.declared)
        #expect(all.reduce(into: Set()) { $0.formUnion($1.withValue) } == CommandLineWords.valueOptions)
        #expect(all.allSatisfy { $0.flags.isDisjoint(with: CommandLineWords.valueOptions) })
        #expect(modes.allSatisfy { $0.flags.isSuperset(of: ["-h", "--help", "-b", "--sidebind", "--no-sidebind"]) })
    }

    @Test("every mode is in it by all its names, and nothing else is; all others take no command")
    func modes() {
        let lines = Kapo.helpMessage(columns: 300).split(separator: "\n", omittingEmptySubsequences: false)
        let section = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }
        let names = section.flatMap { line in
            line.dropFirst(2).split(separator: "  ")[0].split(separator: ", ").map(String.init)
        }
        #expect(Set(names) == CommandLineWords.modes.union(["check", "c", "ctl", "dir", "httpok", "proxy", "spool"]))
        #expect(names.count == 14)
    }
}

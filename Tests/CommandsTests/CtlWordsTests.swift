import ArgumentParser
import Config
import Host
import Program
import Testing

@testable import Commands

@Suite("The words of kapo ctl")
struct CtlWordsTests {
    private static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    @Test(
        "immortalctl's flags become words that the parser knows; all else stays as it is",
        arguments: [
            ("", ""), ("status", "status"), ("stop web", "stop web"), ("-A --json status", "-A --json status"),
            ("-t web", "--signal TERM web"), ("web -t", "web --signal TERM"), ("-in web", "--signal TTIN web"),
            ("-ou web", "--signal TTOU web"), ("-i web", "--signal INT web"), ("-1 web", "--signal USR1 web"),
            ("-2 web", "--signal USR2 web"), ("-h web", "--signal HUP web"), ("-h *", "--signal HUP *"),
            ("-h", "--help"), ("-A -h", "-A --help"), ("-help", "--help"), ("--help", "--help"), ("-v", "--version"),
            ("-t -k web", "--signal TERM --signal KILL web"), ("-x web", "-x web"), ("-tk web", "-tk web"),
            ("-t -- -k", "--signal TERM -- -k"), ("-h -- -k", "--signal HUP -- -k"),
            ("--signal usr1 web", "--signal usr1 web"),
        ])
    func translated(_ words: String, _ expected: String) {
        #expect(CtlWords.translated(Self.split(words)) == Self.split(expected))
    }

    @Test("every signal has its flag, and they are immortalctl's")
    func flags() {
        let flags = ["1", "2", "a", "c", "h", "i", "in", "k", "ou", "q", "s", "t", "w"]
        #expect(CtlSignal.flags.map(\.flag) == flags)
        for (flag, name) in CtlSignal.flags {
            #expect(CtlWords.translated(["-\(flag)", "web"]) == ["--signal", name, "web"])
        }
    }

    @Test(
        "only behind ctl, which options may stand before",
        arguments: [
            ("ctl -t web", "ctl --signal TERM web"), ("-p 80 ctl -t web", "-p 80 ctl --signal TERM web"),
            ("--port=80 ctl -h", "--port=80 ctl --help"), ("check -t ctl", "check -t ctl"), ("-h ctl", "-h ctl"),
        ])
    func place(_ words: String, _ expected: String) {
        let line = CommandLineWords(Self.split(words).map { Word($0) })
        #expect(line.forParser == Self.split(expected))
        #expect(line.command == [])
    }

    @Test(
        "by its name Kapo knows what it is to be",
        arguments: [
            ("immortalctl", "ctl -t web"), ("/usr/local/bin/immortalctl", "ctl -t web"),
            ("./immortal", "immortal -t web"),
            ("immortaldir", "dir -t web"), ("kapo", "-t web"), ("/immortalctl/kapo", "-t web"),
            ("immortalctl2", "-t web"),
            ("", "-t web"), ("/", "-t web"),
        ])
    func name(_ name: String, _ expected: String) {
        #expect(CalledName.words([Word(name), Word("-t"), Word("web")]) == Self.split(expected).map { Word($0) })
        #expect(CalledName.words([]) == [])
    }
}

@Suite("What kapo ctl is to do")
struct CtlTaskTests {
    private static func task(
        _ words: String, allowsColour: Bool = true
    ) throws -> (isTop: Bool, settings: CtlSettings) {
        let words = ["ctl"] + words.split(separator: " ").map(String.init)
        let line = CommandLineWords(words.map { Word($0) })
        let command = try Kapo.parseAsRoot(line.forParser)
        return try #require(command as? Ctl).task(allowsColour: allowsColour)
    }

    @Test(
        "an order and whom it is for",
        arguments: [
            ("", nil, nil), ("status", nil, nil), ("status web", nil, "web"), ("status *", nil, nil),
            ("stop web", "down", "web"), ("start *", "start", nil), ("halt web", "halt", "web"),
            ("-t web", "TERM", "web"), ("-s *", "STOP", nil), ("-t status", "TERM", "status"),
            ("--signal hup web", "HUP", "web"), ("web -w", "WINCH", "web"), ("-t -- -k", "TERM", "-k"),
        ] as [(String, String?, String?)])
    func order(_ words: String, _ order: String?, _ service: String?) throws {
        let task = try Self.task(words)
        #expect(!task.isTop)
        #expect(task.settings.order?.name == order)
        #expect(task.settings.service == service)
        #expect(task.settings.form == .table(coloured: true))
    }

    @Test("how it is shown")
    func form() throws {
        #expect(try Self.task("-A").settings.form == .table(coloured: false))
        #expect(try Self.task("--plain status").settings.form == .table(coloured: false))
        #expect(try Self.task("status", allowsColour: false).settings.form == .table(coloured: false))
        #expect(try Self.task("status --json").settings.form == .json)
        let top = try Self.task("-A top web")
        #expect(top.isTop && top.settings.service == "web" && top.settings.order == nil)
    }

    @Test(
        "bad usage is refused with 64, and says what is allowed",
        arguments: [
            ("web", "exit, halt, once, restart, start, status, stop or top"), ("stop", "Name one, or '*'"),
            ("-t", "Name one, or '*'"), ("-t -k web", "One signal at a time: TERM, KILL"),
            ("-t stop web", "One service at a time, not 2"), ("stop a b c", "'*', in quotation marks"),
            ("top --json", "--json"), ("-x stop web", "Unknown option '-x'"),
            ("--signal CHLD web", "USR1, USR2 or WINCH"),
        ])
    func usage(_ words: String, _ says: String) {
        let refusal = refusalOf(["ctl"] + words.split(separator: " ").map(String.init))
        #expect(refusal?.code == 64)
        #expect(refusal?.message.contains(says) == true, "\(refusal?.message ?? "")")
        #expect(refusal?.message.contains("kapo ctl [-A]") == true, "the usage is that of ctl")
    }
}

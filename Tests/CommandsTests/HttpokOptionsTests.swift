import ArgumentParser
import Config
import Host
import Machine
import Program
import Testing

@testable import Commands

/// What Kapo makes of these words, as supervisord starts it: to be called in an exit test.
private func httpok(_ words: [String]) throws -> HttpokOptions {
    set("SUPERVISOR_SERVER_URL", "unix:///run/s.sock")
    let line = CommandLineWords(CalledName.words(words.map { Word($0) }))
    guard let command = try Kapo.parseAsRoot(line.forParser) as? HttpokCommand,
        case .httpok(let options) = try command.options(commandWords: line.command).job
    else { throw CancellationError() }
    return options
}

private func httpok(_ line: String) throws -> HttpokOptions {
    try httpok(line.split(separator: " ").map(String.init))
}

@Suite("superlance's command line")
struct HttpokWordsTests {
    private func translated(_ line: String) -> String {
        HttpokWords.translated(line.split(separator: " ").map(String.init)).joined(separator: " ")
    }

    @Test(
        "each option in its long form, its value joined to it",
        arguments: [
            ("-p a -pb --program c --program=d u", "--program=a --program=b --program=c --program=d u"),
            ("-aeE -t5 -c 200 u", "--any --eager --not-eager --timeout=5 --code=200 u"),
            ("-aepweb u", "--any --eager --program=web u"), ("-ap web u", "--any --program=web u"),
            ("-p -a u", "--program=-a u"), ("-b=x -n -n u", "--body==x --name=-n u"),
            ("--prog a --se b --not u", "--program=a --sendmail_program=b --not-eager u"),
            ("--e u", "--e u"), ("--= u", "--= u"), ("--timeout= u", "--timeout  u"),
            ("-s s -m m -g g -d d", "--sendmail_program=s --email=m --gcore=g --coredir=d"),
            ("--fatal --fall 3 --grace 5 --restart-limit 1/5", "--fatal --fall=3 --grace=5 --restart-limit=1/5"),
            ("-h", "--help"), ("-- -p a", "-- -p a"), ("u -p a", "u --program=a"), ("-", "-"), ("-p", "--program"),
            ("--program", "--program"), ("-xa u", "-x --any u"), ("--log-level debug u", "--log-level debug u"),
            ("", ""),
        ])
    func words(_ line: String, _ translation: String) {
        #expect(translated(line) == translation)
    }

    @Test("the words are those of the parser")
    func declared() throws {
        let help = Kapo.helpMessage(for: HttpokCommand.self, columns: 300)
        for (name, letter) in HttpokWords.valueOptions {
            #expect(help.contains("\(letter.map { "-\($0), " } ?? "")--\(name) <"), "\(name)")
        }
        for (name, letter) in HttpokWords.flags {
            #expect(help.contains("\(letter.map { "-\($0), " } ?? "")--\(name) "), "\(name)")
        }
        let lines = help.split(separator: "\n").filter { $0.hasPrefix("  -") }
        // Those, and --version.
        #expect(lines.count == HttpokWords.valueOptions.count + HttpokWords.flags.count + 1)
    }
}

@Suite("What httpok's command line comes to")
struct HttpokOptionsTests {
    @Test("what is not said is as superlance has it")
    func defaults() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            set("SUPERVISOR_USERNAME", "")
            set("SUPERVISOR_PASSWORD", "")
            let options = try httpok("httpok http://localhost:8080/x?y")
            let path = try SocketPath(text: "/run/s.sock")
            try #require(options.supervisord == .init(url: .unix(path), user: "", password: ""))
            try #require(options.url == "http://localhost:8080/x?y")
            let check = try CheckURL(text: options.url)
            try #require(options.check == check)
            try #require(options.timeout == CheckTimeout(10))
            try #require(options.codes == [.ok])
            try #require(options.sought == nil && options.programs.isEmpty && !options.any && !options.startsFatal)
            try #require(options.isEager && options.policy == ListenerVerdict.Policy())
            try #require(options.gcore == "/usr/bin/gcore -o" && options.coreDirectory == nil)
            try #require(options.sendmail == "/usr/sbin/sendmail -t -i" && options.emails.isEmpty)
            try #require(options.name == nil)
        }
    }

    @Test(
        "every option, by all its names",
        arguments: [
            "httpok -p a -p g:b -a -g g -d /d -t 1.5 -c 200 -c 404 -b x -s s -m m -m n -E -n n --fatal --fall 3 "
                + "--grace 5 --restart-limit 2/60 http://a/",
            "kapo httpok --program a --program=g:b --any --gcore=g --coredir /d --timeout 1.5 --code 200 --code=404 "
                + "--body x --sendmail_program s --email m --email n --not-eager --name n --fatal --fall=3 --grace=5 "
                + "--restart-limit=2/60 http://a/",
            "/usr/bin/httpok http://a/ -pa -pg:b -aE -gg -d/d -t1.5 -c200 -c404 -bx -ss -mm -mn -nn --fat --fal 3 "
                + "--gra 5 --restart 2/60",
        ])
    func all(_ line: String) async {
        await #expect(processExitsWith: .success) { [line] in
            set("SUPERVISOR_USERNAME", "user")
            set("SUPERVISOR_PASSWORD", "pass:word")
            let options = try httpok(line)
            try #require(options.supervisord.user == "user" && options.supervisord.password == "pass:word")
            try #require(options.programs == ["a", "g:b"] && options.any && options.startsFatal && !options.isEager)
            try #require(options.gcore == "g" && options.coreDirectory == "/d" && options.sendmail == "s")
            try #require(options.timeout.nanoseconds == 1_500_000_000 && options.sought?.text == "x")
            let codes = [StatusCodes.ok, try StatusCodes(text: "404")]
            try #require(options.codes == codes)
            try #require(options.emails == ["m", "n"] && options.name == "n")
            try #require(options.policy.fall == 3 && options.policy.graceNanoseconds == 5_000_000_000)
            try #require(options.policy.limit == .init(most: 2, windowNanoseconds: 60_000_000_000))
        }
    }

    @Test("a value may be empty, and look like an option")
    func odd() async {
        await #expect(processExitsWith: .success) {
            let options = try httpok(["httpok", "-b", "", "-p", "-a", "-d", "", "-g", "", "--name=-n", "http://a/"])
            try #require(options.sought == nil && options.programs == ["-a"] && !options.any)
            try #require(options.coreDirectory == nil && options.gcore == "" && options.name == "-n")
        }
    }

    @Test("options of Kapo that open sockets are refused; those of its log are taken")
    func globals() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            for words in ["-p 80", "--sidebind", "--stdout", "--agent-port 1", "-i ::", "-s"] {
                #expect(throws: (any Error).self, "\(words)") { try httpok("kapo \(words) httpok http://a/") }
            }
            _ = try httpok("kapo --log-level debug httpok http://a/ --log-format json")
        }
    }

    @Test(
        "a bad value or word is refused, and the message says what is allowed",
        arguments: [
            ("httpok", "Missing expected argument '<url>'"), ("httpok http://a/ http://b/", "http://b/"),
            ("httpok ftp://a/", "is not a check: http://"), ("httpok http:///", "a URL that names a host"),
            ("httpok -t 0 http://a/", "seconds from 0.001"), ("httpok -c 20 http://a/", "a list of status codes"),
            ("httpok -m a\u{1}b http://a/", "a text for a mail"), ("httpok -n \u{7f} http://a/", "a text for a mail"),
            ("httpok --fall 0 http://a/", "from 1"), ("httpok mysql:a", "mysql:USER@HOST"),
            ("httpok --grace -1 http://a/", "number of seconds"),
            ("httpok --restart-limit 5 http://a/", "such as 5/60"), ("httpok -x http://a/", "-x"),
            ("httpok -c 200 tcp:a:1", "asked by HTTP"), ("httpok -b a exec:true", "asked by HTTP"),
            ("httpok tcp:a", "HOST:PORT"), ("httpok --any=1 http://a/", "--any"),
        ])
    func bad(_ line: String, _ says: String) {
        let words = line.split(separator: " ").map { Word(String($0)) }
        let refusal = refusalOf(CalledName.words(words).map(\.text))
        #expect(refusal?.code == 64)
        #expect(refusal?.message.contains(says) == true, "\(refusal?.message ?? "taken")")
    }
}

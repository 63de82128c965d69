import ArgumentParser
import Config
import Host
import Program
import Testing

@testable import Commands

/// What Kapo makes of the words of a check; those behind `check` are parted by spaces.
private func settings(_ line: String) throws -> CheckSettings {
    let words = CommandLineWords(line.split(separator: " ").map { Word(String($0)) })
    guard let check = try Kapo.parseAsRoot(words.forParser) as? Check else { throw CancellationError() }
    return try check.settings()
}

@Suite("What is written becomes a check")
struct CheckOptionsTests {
    @Test(
        "every option, by both names of the subcommand",
        arguments: [
            "check --timeout 0.5 --status 200,404 --contains fine --unix /run/x http://a:81/b",
            "c --unix=/run/x --contains=fine http://a:81/b --status=200,404 --timeout=0.5",
        ])
    func options(_ line: String) throws {
        let settings = try settings(line)
        #expect(settings.target == (try CheckTarget(text: "http://a:81/b")))
        #expect(settings.timeout == (try CheckTimeout(text: "0.5")))
        #expect(settings.healthy == (try StatusCodes(text: "200,404")))
        #expect(settings.sought?.text == "fine")
        #expect(settings.socket?.text == "/run/x")
    }

    @Test(
        "the port of the default URL stands before check or behind it; the nearer one wins",
        arguments: [
            ("-p 80 check", 80), ("--port=81 c", 81), ("check -p82", 82), ("-p 80 check --port 83", 83),
        ] as [(String, UInt16)])
    func port(_ line: String, _ port: UInt16) throws {
        #expect(try settings(line).target == CheckTarget(text: "http://127.0.0.1:\(port)/readyz"))
    }

    @Test("a URL needs no port; a socket needs no URL")
    func defaults() throws {
        #expect(try settings("-p 0 check http://a/").target.text == "http://a/")
        #expect(try settings("-p 0 check --unix /x").target == CheckTarget(text: "http://localhost/readyz"))
        #expect(throws: ValidationError.self) { try settings("-p 0 check") }
    }

    @Test(
        "a bad value names the option and what is allowed, and exits 64",
        arguments: [
            ("check https://a/", "https is not supported"), ("check a:80", "begins with http://"),
            ("check http://a:0/", "from 1 to 65535"), ("check --timeout 0", "from 0.001"),
            ("check --status 2xx", "200,204,300-399"),
            ("check --status=", "--status"), ("check --unix=", "--unix"), ("check -p x", "0 to 65535"),
            ("check http://a/ http://b/", "http://b/"), ("check --unknown", "--unknown"),
            ("check --timeout", "--timeout"),
            ("check -p 0", "which URL"), ("check -- ls", "ls"),
        ])
    func bad(_ line: String, _ says: String) {
        let error = #expect(throws: (any Error).self) { try settings(line) }
        guard let error else { return }
        #expect(Kapo.exitCode(for: error).rawValue == 64)
        #expect(Kapo.fullMessage(for: error).contains(says), "\(Kapo.fullMessage(for: error))")
    }

    @Test("variables stand in for options, and options overrule them")
    func variables() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            let nothing = try settings("check")
            #expect(nothing.target == (try CheckTarget(text: "http://127.0.0.1:6666/readyz")))
            #expect(nothing.timeout == CheckTimeout(5))
            #expect(nothing.healthy == .successful)
            #expect(nothing.sought?.text == nil)
            #expect(nothing.socket == nil)
            for (name, value) in [("TIMEOUT", "2"), ("STATUS", "404"), ("CONTAINS", "x"), ("URL", "http://a/")] {
                set("KAPO_CHECK_\(name)", value)
            }
            set("KAPO_PORT", "0")
            let all = try settings("check")
            #expect(all.target.text == "http://a/")
            #expect(all.timeout == CheckTimeout(2))
            #expect(all.healthy == (try StatusCodes(text: "404")))
            #expect(all.sought?.text == "x")
            let overruled = try settings("check --timeout 3 --status 200 --contains y http://b/")
            #expect(overruled.target.text == "http://b/")
            #expect(overruled.timeout == CheckTimeout(3))
            #expect(overruled.healthy == (try StatusCodes(text: "200")))
            #expect(overruled.sought?.text == "y")
            set("KAPO_CHECK_UNIX", "/x")
            #expect(try settings("check").socket?.text == "/x")
            #expect(try settings("check --unix /y").socket?.text == "/y")
        }
    }

    @Test("a bad variable is an error that names it, even when an option overrules it")
    func badVariables() async {
        await #expect(processExitsWith: .success) {
            for (name, value) in [
                ("KAPO_CHECK_TIMEOUT", "0"), ("KAPO_CHECK_STATUS", "x"), ("KAPO_CHECK_URL", "https://a/"),
                ("KAPO_CHECK_UNIX", String(repeating: "x", count: 108)), ("KAPO_PORT", "http"),
            ] {
                unsetVariables()
                set(name, value)
                let error = #expect(throws: ValidationError.self) {
                    try settings("check --timeout 1 --status 200 --unix /x -p 80 http://a/")
                }
                #expect(error?.message.hasPrefix("The variable \(name): '\(value)' is not ") == true)
            }
        }
    }
}

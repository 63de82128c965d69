import ArgumentParser
import Config
import Host
import Machine
import Program
import Testing

@testable import Commands

/// What Kapo makes of these words, which spaces part; the first is the name by which it is called.
private func settings(_ line: String) throws -> SpoolSettings {
    let words = CalledName.words(line.split(separator: " ").map { Word(String($0)) })
    guard let spool = try Kapo.parseAsRoot(CommandLineWords(words).forParser) as? SpoolCommand else {
        throw CancellationError()
    }
    return try spool.settings()
}

@Suite("What is written becomes an order to the spool")
struct SpoolOptionsTests {
    @Test(
        "every option, by all its names",
        arguments: [
            "kapo spool down --spool-root /x --reason r --expiration 5 --service-port 80 --service-host ::1 "
                + "--port 1 a b",
            "kapo spool --action down --spool-root=/x -r r -e5 -P 80 -H ::1 -p1 a b",
            "/usr/bin/hadown a -rr -P80 b -H::1 -e 5 -p 1 --spool-root /x",
            "hastatus -adown --spool-root /x -r r -e 5 "
                + "-P 80 -H ::1 -p 1 a b", "kapo -p 1 spool -a down --spool-root /x -r r -e 5 -P 80 -H ::1 a b",
        ])
    func all(_ line: String) throws {
        let settings = try settings(line)
        #expect(settings.action == .down && settings.root.text == "/x" && settings.reason == "r")
        #expect(settings.expiration == .at(5) && settings.port == Port(1) && !settings.isJSON)
        #expect(settings.names.map(\.fileName) == ["a:::1:80", "b:::1:80"] && settings.host == "::1")
    }

    @Test(
        "what to do is the first word, or what --action says, or the name",
        arguments: [
            ("kapo spool up a", "up a"), ("kapo spool down a b", "down a b"), ("kapo spool status a", "status a"),
            ("kapo spool status", "status_downed "), ("kapo spool status_downed", "status_downed "),
            ("kapo spool list", "list "), ("kapo spool -a up down", "up down"), ("haup up", "up up"),
            ("hadown status a", "down status a"), ("./hastatus a", "status a"), ("halist", "list "),
            ("haup -a status_downed", "status_downed "), ("haup -- -a", "up -a"),
        ])
    func actions(_ line: String, _ meaning: String) throws {
        let settings = try settings(line)
        let names = settings.names.map(\.fileName).joined(separator: " ")
        #expect("\(settings.action.rawValue) \(names)" == meaning)
    }

    @Test("a value may be joined to its option, though kapo itself knows letters of it")
    func joined() throws {
        for reason in ["deploy", "busy", "ip", "-p", "SEL", "a=b"] {
            let settings = try settings("hadown -r\(reason) web -e5 -H::b -P80 --spool-root /is -p1 -- s")
            #expect(settings.reason == reason && settings.port == Port(1) && settings.root.text == "/is")
            #expect(settings.names.map(\.fileName) == ["web:::b:80", "s:::b:80"])
        }
        #expect(try settings("hadown -r -rp web").reason == "-rp")
    }

    @Test("what is not said is as hacheck has it")
    func defaults() throws {
        let settings = try settings("hadown a")
        #expect(settings.root.text == "/var/spool/hacheck" && settings.port == Port(3333))
        #expect(settings.reason == nil && settings.expiration == nil && settings.host == nil)
    }

    @Test(
        "a bad value or word is refused, and the message says what is allowed",
        arguments: [
            ("kapo spool", "up, down, status or list"), ("kapo spool stop a", "not an action: up, down"),
            ("kapo spool -a stop a", "not an action"), ("kapo spool up", "wants one name or more"),
            ("haup", "wants one name or more"), ("hastatus", "wants one name or more"),
            ("halist a", "takes no service"),
            ("kapo spool list a", "takes no service"), ("kapo spool up ../a", "letters a-z"),
            ("haup a/b", "letters a-z"), ("haup .a", "letters a-z"), ("haup a:80", "letters a-z"),
            ("haup a é", "letters a-z"), ("haup -H 10.0.0.1 a", "--service-port"),
            ("haup -H 10.0.0.1 -P 0 a", "--service-port"), ("haup -P 65536 a", "0 to 65535"),
            ("haup -H web1 -P 80 a", "address in digits"), ("hadown -e tomorrow a", "1d12h"), ("halist -p 0", "port 0"),
            ("hadown -r \(String(repeating: "a", count: 4097)) a", "4096 bytes"),
            ("haup --unknown a", "--unknown"),
        ])
    func bad(_ line: String, _ says: String) {
        do {
            _ = try settings(line)
            Issue.record("taken: \(line)")
        } catch {
            #expect(Kapo.exitCode(for: error) == .validationFailure)
            #expect(Kapo.fullMessage(for: error).contains(says), "\(Kapo.fullMessage(for: error))")
        }
    }

    @Test("bad usage is 2 by hacheck's names alone")
    func usage() {
        for name in ["haup", "/usr/bin/hadown", "hastatus", "halist"] {
            #expect(CalledName.usageCode([Word(name)]) == 2)
        }
        for name in ["kapo", "immortalctl", "haup2", ""] { #expect(CalledName.usageCode([Word(name)]) == nil) }
        #expect(CalledName.usageCode([]) == nil)
    }

    @Test("KAPO_SPOOL_ROOT names the directory where no option does")
    func variable() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            set("KAPO_SPOOL_ROOT", "/y")
            try #require(settings("haup a").root.text == "/y")
            try #require(settings("haup a --spool-root /x").root.text == "/x")
            set("KAPO_SPOOL_ROOT", "")
            try #require(settings("haup a").root.text == "/var/spool/hacheck")
        }
    }
}

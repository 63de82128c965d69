import Glibc
import Loop
import Machine
import Peers
import Testing

@testable import Checks

@Suite("A check of SMTP")
struct SMTPCheckTests {
    private static let good: [ScriptedServer.Step] = [.send("220 mail\r\n"), .readLine, .send("221 bye\r\n"), .close]

    @Test("it reads the banner, says QUIT, and has heard 221")
    func up() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.smtp, Self.good)
        let outcome = try rig.outcome(of: question)
        #expect(outcome.text.timeless == "200 Connected in N.nns" && outcome.verdict == .passed)
        #expect(server.requests == ["QUIT\r\n"])
    }

    @Test("lines may be many, come in pieces, end in LF alone, and have no text")
    func lines() throws {
        let rig = try CheckRig()
        let quit: [ScriptedServer.Step] = [.readLine, .send("221-so\r\n221 bye\r\n")]
        let banners: [[ScriptedServer.Step]] = [
            [.send("220-one\r\n220-two\r\n220 three\r\n")], [.send("220\n")], [.send("220-one\r\n220\r\n")],
            "220-one\r\n220 mail\r\n".utf8.flatMap { [.send([$0]), .pause] },
        ]
        for banner in banners {
            #expect(try rig.outcome(.smtp, of: banner + quit).verdict == .passed, "\(banner)")
        }
        let farewell: [ScriptedServer.Step] = "221 bye\r\n".utf8.flatMap { [.send([$0]), .pause] }
        #expect(try rig.outcome(.smtp, of: [.send("220 x\r\n"), .readLine] + farewell).verdict == .passed)
    }

    @Test(
        "another banner than 220 is told as Python shows it, and nothing is said to the server",
        arguments: [
            ("421 busy\r\n", "b'421 busy\\r\\n'"), ("554-no\r\n554 no\r\n", "b'554 no\\r\\n'"),
            ("2200 x\r\n", "b'2200 x\\r\\n'"), ("\r\n", "b'\\r\\n'"), ("\n", "b'\\n'"),
            ("'\\\t\u{1}\u{e9}\n", "b'\\'\\\\\\t\\x01\\xc3\\xa9\\n'"), ("HTTP/1.1 400\n", "b'HTTP/1.1 400\\n'"),
        ])
    func banner(_ banner: String, _ shown: String) throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.smtp, [.send(banner), .readLine, .send("221 bye\r\n"), .wait])
        let outcome = try rig.outcome(of: question)
        #expect(outcome.text == "503 Got unexpected banner \(shown)" && outcome.verdict == .failed)
        try rig.until("the server sees the end") { server.open == 0 }
        #expect(server.requests == [])
    }

    @Test("another farewell than 221 is told in hacheck's words", arguments: ["250 ok", "2219 bye", "500 what?", "22"])
    func farewell(_ line: String) throws {
        let rig = try CheckRig()
        let outcome = try rig.outcome(.smtp, of: [.send("220 mail\r\n"), .readLine, .send("\(line)\r\n"), .wait])
        #expect(outcome.text == "503 Got unexpected QUIT response b'\(line)\\r\\n'")
    }

    @Test("a server that closes or resets before it has said all is told so")
    func early() throws {
        let rig = try CheckRig()
        let scripts: [[ScriptedServer.Step]] = [
            [.close], [.reset], [.send("220 ma"), .close], [.send("220-mail\r\n"), .close],
            [.send("220 mail\r\n"), .readLine, .close], [.send("220 mail\r\n"), .readLine, .reset],
        ]
        for script in scripts {
            let outcome = try rig.outcome(.smtp, of: script)
            #expect(outcome.text == "503 Peer unexpectedly closed connection", "\(script)")
        }
    }

    @Test("where nobody listens, the errno says so")
    func refused() throws {
        let gone = try Listener()
        close(gone.descriptor)
        let outcome = try CheckRig().outcome(of: .local(.smtp, gone.port))
        #expect(outcome.text.timeless == "503 Unexpected socket error 111 after N.nnnnnns")
    }

    @Test("an answer without an end has one, in one line or in many", arguments: ["x", "220-hello\r\n"])
    func endless(_ text: String) throws {
        let rig = try CheckRig()
        let outcome = try rig.outcome(.smtp, of: [.send(String(repeating: text, count: 100_000)), .wait])
        #expect(outcome.text == "503 Got an answer of more than 8192 bytes without an end")
    }

    @Test("over TLS it is the same, and a server that speaks no TLS is told so")
    func overTLS() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let rig = try CheckRig()
            let certificates = try Certificates()
            let server = try TLSServer(.greets, certificates)
            let outcome = try rig.outcome(of: .local(.smtps, server.port))
            #expect(outcome.text.timeless == "200 Connected in N.nns")
            #expect(server.client().hasPrefix("- TLSv1."), "no name is sent for an address")
            let plain = try rig.outcome(.smtps, of: [.send("220 mail\r\n"), .wait])
            #expect(plain.text.hasPrefix("503 no TLS: ") && plain.verdict == .failed)
            rig.means = CheckMeans(
                userAgent: "", tls: try TLSClient(verifyingBy: certificates.authority), credentials: nil)
            #expect(try rig.outcome(of: .local(.smtps, server.port)).verdict == .passed)
            let other = try TLSServer(.greets, certificates, .other)
            let refused = try rig.outcome(of: .local(.smtps, other.port))
            #expect(refused.text.lowercased() == "503 no tls: ip address mismatch")
        }
    }
}

import Glibc
import Loop
import Machine
import Peers
import Testing

@testable import Checks

/// With servers that are none; Tests/EndToEndTests has a real one.
@Suite("A check of MySQL")
struct MySQLCheckTests {
    private static func rig() throws -> CheckRig {
        let rig = try CheckRig()
        rig.means = CheckMeans(
            userAgent: "", tls: TLSClient(), credentials: CheckMeans.Credentials(user: "u", password: "secret"))
        return rig
    }

    @Test("without credentials nobody is asked, in hacheck's words")
    func noCredentials() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.mysql, [.wait])
        let outcome = try rig.outcome(of: question)
        #expect(outcome.text == "500 No MySQL username/pasword in config file" && outcome.verdict == .failed)
        #expect(server.accepted == 0)
    }

    @Test("where nobody listens, and where the server goes away or talks nonsense, it cannot be reached")
    func unreachable() throws {
        let rig = try Self.rig()
        let gone = try Listener()
        close(gone.descriptor)
        let refused = try rig.outcome(of: .local(.mysql, gone.port))
        #expect(refused.text.hasPrefix("503 MySQL cannot be reached: ") && refused.verdict == .failed)
        for steps: [ScriptedServer.Step] in [
            [.close], [.reset], [.send([0x4a, 0]), .close], [.send([0xff, 0xff, 0xff, 0]), .close],
            [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close], [.send([5, 0, 0, 0, 10, 0x38, 0]), .close],
        ] {
            let outcome = try rig.outcome(.mysql, of: steps)
            #expect(outcome.text.hasPrefix("503 MySQL cannot be reached: "), "\(steps): \(outcome.text)")
            #expect(!outcome.text.contains("secret"))
        }
    }

    @Test("what the server says before it lets anybody in is told")
    func refusedByServer() throws {
        // An error packet: its length, its number, 0xff, 1040 in two bytes, the text.
        let text = Array("Too many connections".utf8)
        let packet = [UInt8(text.count + 3), 0, 0, 0, 0xff, 0x10, 0x04] + text
        let outcome = try Self.rig().outcome(.mysql, of: [.send(packet), .wait])
        #expect(outcome.text == "500 MySQL sez MySQLResponse(ERR)<Too many connections>")
        #expect(outcome.verdict == .failed)
    }

    @Test("cancelled while it waits for the greeting it tells nothing, and lets go of the socket")
    func cancelled() throws {
        let rig = try Self.rig()
        let (server, question) = try rig.server(.mysql, [.wait])
        var calls = 0
        var check = question.check(rig.loop, rig.means) { _ in calls += 1 }
        check?.start()
        try rig.until("it has connected") { server.open == 1 }
        check?.cancel()
        try rig.until("the server sees the end") { server.open == 0 }
        check = nil
        rig.turn()
        #expect(calls == 0)
    }
}

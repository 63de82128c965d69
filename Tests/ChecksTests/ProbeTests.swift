import Glibc
import Host
import Loop
import Peers
import Testing

@testable import Checks

@Suite("Probe")
struct ProbeTests {
    private let rig: CheckRig

    init() throws { rig = try CheckRig() }

    /// What comes of asking that.
    private func outcome(
        of target: Probe.Target, timeout: CheckTime = CheckTime(nanoseconds: 10_000_000_000, text: "10")
    ) throws -> String {
        var outcomes: [String] = []
        let probe = Probe(rig.loop, rig.means.tls, target, timeout) { outcomes.append(Self.text($0)) }
        probe.start()
        #expect(outcomes.isEmpty, "a probe never tells before start returns")
        try rig.until("an outcome") { !outcomes.isEmpty }
        rig.turn()
        #expect(outcomes.count == 1)
        return withExtendedLifetime(probe) { outcomes[0] }
    }

    private static func text(_ outcome: Probe.Outcome) -> String {
        switch outcome {
        case .answered(let answer): "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
        case .passed(let words): words.timeless
        case .failed(let failure): failure.words.timeless + (failure.isRefused ? " (refused)" : "")
        }
    }

    private static func local(_ port: UInt16) throws -> HTTPFetch.Server {
        .place(try #require(SocketPlace(address: "127.0.0.1", port: port)))
    }

    @Test("an HTTP server's answer is passed on, whatever it is")
    func http() throws {
        let server = try ScriptedServer(
            rig.loop, [.readRequest, .send("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nsorry")])
        let request = HTTPFetchRequest(host: "a", target: "/")
        let text = try withExtendedLifetime(server) {
            try outcome(of: .http(Self.local(server.port), request, tls: nil))
        }
        #expect(text == "503 sorry")
    }

    @Test("the answer to a HEAD ends behind its headers")
    func head() throws {
        let server = try ScriptedServer(
            rig.loop, [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")])
        let request = HTTPFetchRequest(.head, host: "a", target: "/")
        let text = try withExtendedLifetime(server) {
            try outcome(of: .http(Self.local(server.port), request, tls: nil))
        }
        #expect(text == "200 ")
    }

    @Test("servers that speak something else, by name and by address")
    func servers() throws {
        let server = try ScriptedServer(rig.loop, [.send("220 a\r\n"), .readLine, .send("221 b\r\n")])
        let text = try withExtendedLifetime(server) {
            try outcome(of: .server(.smtp, .name("localhost", port: server.port), nil))
        }
        #expect(text == "Connected in N.nns")
    }

    @Test("who takes no connection is told apart")
    func refused() throws {
        let gone = try Listener()
        close(gone.descriptor)
        let port = gone.port
        let request = HTTPFetchRequest(host: "a", target: "/")
        let http = try outcome(of: .http(Self.local(port), request, tls: nil))
        #expect(http == "cannot connect: connection refused (refused)")
        let tcp = try outcome(of: .server(.tcp, .name("localhost", port: port), nil))
        #expect(tcp == "Unexpected error [Errno 111] Connection refused after N.nnnnnns (refused)")
        let credentials = CheckMeans.Credentials(user: "a", password: "b")
        let mysql = try outcome(of: .server(.mysql, Self.local(port), credentials))
        #expect(mysql.hasSuffix(" (refused)"), "\(mysql)")
    }

    @Test("a server that says nothing is late")
    func late() throws {
        let server = try ScriptedServer(rig.loop, [.wait])
        let time = CheckTime(nanoseconds: 50_000_000, text: "0.05")
        try withExtendedLifetime(server) {
            let place = try Self.local(server.port)
            #expect(try outcome(of: .server(.smtp, place, nil), timeout: time) == "no answer within N.nn s")
            let request = HTTPFetchRequest(host: "a", target: "/")
            #expect(try outcome(of: .http(place, request, tls: nil), timeout: time) == "no answer within N.nn s")
        }
    }

    @Test("nothing is told of one that was cancelled, or let go of")
    func cancelled() throws {
        let server = try ScriptedServer(rig.loop, [.send("220 a\r\n")])
        let place = try Self.local(server.port)
        let time = CheckTime(nanoseconds: 20_000_000, text: "0.02")
        var probe: Probe? = Probe(rig.loop, rig.means.tls, .server(.smtp, place, nil), time) { _ in
            Issue.record("it was cancelled")
        }
        probe?.start()
        probe?.cancel()
        rig.turn(forNanoseconds: 40_000_000)
        probe = Probe(rig.loop, rig.means.tls, .server(.smtp, place, nil), time) { _ in
            Issue.record("it is gone")
        }
        probe?.start()
        probe = nil
        rig.turn(forNanoseconds: 40_000_000)
    }
}

import Glibc
import Loop
import Machine
import Peers
import Testing

@testable import Checks

@Suite("Connections that are kept")
struct KeptSocketsTests {
    private typealias Step = ScriptedServer.Step

    private static func answer(_ number: Int, _ more: String = "") -> Step {
        .send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\(more)\r\n\(number)")
    }

    /// A checker that keeps connections for that long, and no answers.
    private static func rig(keepAlive: Int64 = 60 * CheckerRig.second) throws -> CheckerRig {
        let rig = try CheckerRig(cacheTime: 0)
        rig.change { $0.keepAlive = keepAlive }
        return rig
    }

    /// Asks, and waits for the answer.
    private static func ask(_ rig: CheckerRig, _ server: ScriptedServer, _ path: String = "/") throws -> String {
        let count = rig.told.count
        rig.ask("\(count)", .local(.http, server.port, path))
        try rig.until("an answer") { rig.told.count == count + 1 }
        return rig.told[count].answer.text
    }

    @Test("one check after the other uses the same one, and does not ask for its end")
    func reused() throws {
        let rig = try Self.rig()
        let server = try ScriptedServer(
            rig.rig.loop, (0..<10).flatMap { [Step.readRequest, Self.answer($0)] } + [.wait])
        for number in 0..<10 { #expect(try Self.ask(rig, server, "/\(number)") == "200 \(number)") }
        #expect(server.accepted == 1 && server.open == 1)
        #expect(server.requests.allSatisfy { !$0.lowercased().contains("\r\nconnection:") })
        #expect(server.requests.map { $0.split(separator: " ")[1] } == (0..<10).map { "/\($0)" })
    }

    @Test("without it, and for https, each has its own")
    func notReused() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let none = try Self.rig(keepAlive: 0)
            let server = try ScriptedServer(none.rig.loop, [.readRequest, Self.answer(1), .wait])
            for _ in 0..<3 { #expect(try Self.ask(none, server) == "200 1") }
            #expect(server.accepted == 3 && server.requests.allSatisfy { $0.contains("\r\nConnection: close\r\n") })
            try none.until("the server sees the ends") { server.open == 0 }
            let rig = try Self.rig()
            let tls = try TLSServer(.answers, try Certificates())
            for number in 1...2 {
                rig.ask("\(number)", .local(.https, tls.port))
                try rig.until("an answer") { rig.told.count == number }
                #expect(rig.told[number - 1].answer.text == "200 hello" && tls.client().hasPrefix("- TLS"))
            }
        }
    }

    @Test("checks at the same time have one each, and all of these are used again")
    func parallel() throws {
        let rig = try Self.rig()
        let server = try ScriptedServer(
            rig.rig.loop, [.readRequest, .wait, Self.answer(1), .readRequest, .wait, Self.answer(2), .wait])
        for round in 1...2 {
            for number in 0..<5 { rig.ask("", .local(.http, server.port, "/\(round)\(number)")) }
            try rig.until("all ask") { server.requests.count == 5 * round }
            server.release()
            try rig.until("all answers") { rig.told.count == 5 * round }
        }
        #expect(server.accepted == 5 && rig.told.map(\.answer.text).suffix(5).allSatisfy { $0 == "200 2" })
    }

    @Test("128 are kept at most; what is more is closed")
    func most() throws {
        let rig = try Self.rig()
        rig.change { $0.running = 200 }
        let server = try ScriptedServer(rig.rig.loop, [.readRequest, .wait, Self.answer(1), .wait])
        for number in 0..<140 {
            rig.ask("", .local(.http, server.port, "/\(number)"))
            // The listener's queue is short.
            try rig.until("it asks") { server.requests.count == number + 1 }
        }
        server.release()
        try rig.until("all answers") { rig.told.count == 140 }
        try rig.until("what is more is closed") { server.open == 128 }
    }

    @Test("each place has its own, and other means close them all")
    func places() throws {
        let rig = try Self.rig()
        let servers = try (1...2).map { number in
            try ScriptedServer(
                rig.rig.loop, (1...9).flatMap { [Step.readRequest, Self.answer($0 + number - 1)] } + [.wait])
        }
        for turn in 0..<4 {
            for (server, number) in zip(servers, 1...) {
                #expect(try Self.ask(rig, server) == "200 \(turn + number)")
                #expect(server.accepted == 1)
            }
        }
        rig.change { _ in }
        // One that is read would see the end; these wait for a request.
        try rig.until("the servers see the ends") { servers.allSatisfy { $0.open == 0 } }
        #expect(try Self.ask(rig, servers[0]) == "200 1" && servers[0].accepted == 2)
    }

    @Test("behind an answer that says so, or that leaves a doubt, the next check has a new one")
    func doubts() throws {
        let long = String(repeating: "x", count: 70_000)
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: Keep-Alive, CLOSE\r\n\r\n1",
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n1",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12", "HTTP/1.1 204 No\r\nContent-Length: 1\r\n\r\n1",
            "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n\(long)", "HTTP/1.1 101 Else\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "nonsense",
        ] {
            let rig = try Self.rig()
            let server = try ScriptedServer(
                rig.rig.loop, scripts: [[.readRequest, .send(answer), .wait], [.readRequest, Self.answer(2), .wait]])
            _ = try Self.ask(rig, server)
            #expect(try Self.ask(rig, server) == "200 2", "\(answer.prefix(80))")
            #expect(server.accepted == 2, "\(answer.prefix(80))")
            try rig.until("the first is closed") { server.open == 1 }
        }
    }

    @Test("chunks, and answers without a body, leave none")
    func framings() throws {
        for answer in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n",
            "HTTP/1.1 304 Same\r\n\r\n", "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        ] {
            let rig = try Self.rig()
            let server = try ScriptedServer(
                rig.rig.loop, [.readRequest, .send(answer), .readRequest, Self.answer(2), .wait])
            _ = try Self.ask(rig, server)
            #expect(try Self.ask(rig, server) == "200 2" && server.accepted == 1, "\(answer)")
        }
    }

    @Test("one that the server ends is replaced without a word, whether the loop has heard of its end or not")
    func ended() throws {
        for (end, hasHeard) in [(Step.close, true), (.close, false), (.reset, true), (.reset, false)] {
            let rig = try Self.rig()
            let server = try ScriptedServer(
                rig.rig.loop,
                scripts: [[.readRequest, Self.answer(1), .wait, end], [.readRequest, Self.answer(2), .wait]])
            #expect(try Self.ask(rig, server) == "200 1")
            try rig.until("it is kept") { server.open == 1 }
            server.release()
            if hasHeard { rig.rig.turn(forNanoseconds: 2_000_000) }
            #expect(try Self.ask(rig, server) == "200 2" && server.accepted == 2, "\(end) \(hasHeard)")
        }
    }

    @Test("one that ends without a word when it is asked is replaced once; a new one that does so has failed")
    func stale() throws {
        let rig = try Self.rig()
        let server = try ScriptedServer(
            rig.rig.loop,
            scripts: [
                [.readRequest, Self.answer(1), .readRequest, .close],
                [.readRequest, Self.answer(2), .readRequest, .reset],
                [.readRequest, .close],
            ])
        #expect(try Self.ask(rig, server, "/a") == "200 1")
        #expect(try Self.ask(rig, server, "/b") == "200 2")
        #expect(try Self.ask(rig, server, "/c") == "503 the connection was closed without an answer")
        #expect(server.requests.map { $0.split(separator: " ")[1] } == ["/a", "/b", "/b", "/c", "/c"])
        #expect(server.accepted == 3 && rig.checker.counters[.http].failed == 1)
    }

    @Test("one that ends in the middle of an answer has failed")
    func cut() throws {
        let rig = try Self.rig()
        let server = try ScriptedServer(
            rig.rig.loop, [.readRequest, Self.answer(1), .readRequest, .send("HTTP/1.1 200 OK\r\n"), .pause, .close])
        #expect(try Self.ask(rig, server) == "200 1")
        #expect(try Self.ask(rig, server) == "503 the connection was closed in the middle of the answer")
        #expect(server.accepted == 1)
    }

    @Test(
        "what the server says unasked is nobody's answer, whether the loop has heard it or not",
        arguments: [true, false])
    func unasked(_ hasHeard: Bool) throws {
        let rig = try Self.rig()
        let late = Step.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        let server = try ScriptedServer(
            rig.rig.loop,
            scripts: [
                [.readRequest, Self.answer(1), .wait, late, .readRequest, Self.answer(3)],
                [.readRequest, Self.answer(2), .wait],
            ])
        #expect(try Self.ask(rig, server) == "200 1")
        try rig.until("it is kept") { server.open == 1 }
        server.release()
        if hasHeard { rig.rig.turn(forNanoseconds: 2_000_000) }
        #expect(try Self.ask(rig, server) == "200 2" && server.accepted == 2)
    }

    @Test("when its time is over it is closed, and not used before that either")
    func time() throws {
        let rig = try Self.rig(keepAlive: 30_000_000)
        let server = try ScriptedServer(
            rig.rig.loop, scripts: [[.readRequest, Self.answer(1), .wait], [.readRequest, Self.answer(2), .wait]])
        #expect(try Self.ask(rig, server) == "200 1")
        try rig.until("it is closed") { server.open == 0 && server.accepted == 1 }
        #expect(try Self.ask(rig, server) == "200 2" && server.accepted == 2)
    }
}

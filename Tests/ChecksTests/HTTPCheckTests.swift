import Glibc
import Loop
import Machine
import Peers
import Testing

@testable import Checks

@Suite("A check of HTTP")
struct HTTPCheckTests {
    private static func answer(_ status: Int, _ more: String = "", _ body: String = "body") -> [ScriptedServer.Step] {
        [.readRequest, .send("HTTP/1.1 \(status) Some Words\r\n\(more)\r\n\(body)"), .close]
    }

    @Test("it is one plain GET, with the headers that it was told, and no others twice")
    func request() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.http, Self.answer(200))
        _ = try rig.outcome(of: question)
        var more = question
        (more.target, more.host) = ("/a?b=%20c", "web.test:81")
        more.headers = [.init(name: "X-Service", value: Array("web".utf8)), .init(name: "user-agent", value: [0xff])]
        _ = try rig.outcome(of: more)
        #expect(
            server.requests == [
                "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: kapo/test\r\nAccept: */*\r\n"
                    + "Connection: close\r\n\r\n",
                "GET /a?b=%20c HTTP/1.1\r\nHost: web.test:81\r\nAccept: */*\r\nConnection: close\r\n"
                    + "X-Service: web\r\nuser-agent: \u{fffd}\r\n\r\n",
            ])
    }

    @Test("an address is its own Host: in brackets where it is IPv6, without the port that goes without saying")
    func authority() throws {
        let rig = try CheckRig()
        let server = try ScriptedServer(rig.loop, on: "::1", Self.answer(200))
        var question = CheckQuestion(.http, try #require(IPAddress("::1")), server.port)
        question.target = "/"
        #expect(try rig.outcome(of: question).verdict == .passed)
        #expect(server.requests.first?.contains("\r\nHost: [::1]:\(server.port)\r\n") == true)
        let at: (CheckQuestion.Kind, UInt16) -> String = { CheckQuestion($0, .loopback, $1).authority }
        #expect(at(.http, 80) == "127.0.0.1" && at(.http, 443) == "127.0.0.1:443")
        #expect(at(.https, 443) == "127.0.0.1" && at(.https, 80) == "127.0.0.1:80")
    }

    @Test("200 passes, and nothing else does; what HTTP does not know becomes 503; the body is passed on")
    func statuses() throws {
        let rig = try CheckRig()
        let passed = try rig.outcome(.http, of: Self.answer(200))
        #expect(passed.text == "200 body" && passed.verdict == .passed)
        for status in [201, 203, 206, 301, 302, 307, 400, 401, 404, 418, 429, 500, 502, 503, 511] {
            let outcome = try rig.outcome(.http, of: Self.answer(status))
            #expect(outcome.text == "\(status) body" && outcome.verdict == .failed, "\(status)")
        }
        for status in [299, 309, 419, 430, 499, 509, 599, 600, 999] {
            let outcome = try rig.outcome(.http, of: Self.answer(status))
            #expect(outcome.text == "503 body" && outcome.verdict == .failed, "\(status)")
        }
    }

    @Test("204 and 304 have no body, whatever comes behind them; 101 is no answer for a check")
    func withoutBody() throws {
        let rig = try CheckRig()
        for status in [204, 304] {
            let outcome = try rig.outcome(.http, of: Self.answer(status, "Content-Length: 4\r\n"))
            #expect(outcome.text == "\(status) " && outcome.verdict == .failed)
        }
        let switched = try rig.outcome(.http, of: Self.answer(101, "Upgrade: x\r\n"))
        #expect(switched.text == "503 " && switched.verdict == .failed)
    }

    @Test("interim answers are passed over", arguments: [100, 102, 103, 199])
    func interim(_ status: Int) throws {
        let interim = ScriptedServer.Step.send("HTTP/1.1 \(status) Wait\r\nX: y\r\n\r\n")
        let outcome = try CheckRig().outcome(.http, of: [.readRequest, interim] + Self.answer(200).dropFirst())
        #expect(outcome.text == "200 body" && outcome.verdict == .passed)
    }

    @Test("a redirect is not followed, and its body is passed on")
    func redirect() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.http, Self.answer(302, "Location: /elsewhere\r\n"))
        #expect(try rig.outcome(of: question).text == "302 body")
        #expect(server.accepted == 1)
    }

    @Test("a body is cut off at 64 KiB, and the connection is not read on")
    func longBody() throws {
        let rig = try CheckRig()
        let body = String(repeating: "x", count: 65536)
        let whole = try rig.outcome(.http, of: Self.answer(200, "Content-Length: 65536\r\n", body))
        #expect(whole.text == "200 \(body)" && whole.verdict == .passed)
        let (server, question) = try rig.server(
            .http, [.readRequest, .send("HTTP/1.1 200 OK\r\n\r\n\(body)y"), .drip(0x7a)])
        let cut = try rig.outcome(of: question)
        #expect(cut.text == "200 \(body)" && cut.verdict == .passed)
        try rig.until("the server sees the end") { server.open == 0 }
    }

    @Test("chunks are put together, in pieces of any size")
    func chunks() throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\none\r\n3\r\ntwo\r\n0\r\nT: u\r\n\r\n"
        let rig = try CheckRig()
        #expect(try rig.outcome(.http, of: [.readRequest, .send(text), .wait]).text == "200 onetwo")
        let pieces: [ScriptedServer.Step] = text.utf8.flatMap { [.send([$0]), .pause] }
        #expect(try rig.outcome(.http, of: [.readRequest] + pieces + [.wait]).text == "200 onetwo")
    }

    @Test("what is no answer is 503 and says why")
    func failures() throws {
        let rig = try CheckRig()
        let long = String(repeating: "y", count: 70_000)
        let cases: [([ScriptedServer.Step], String)] = [
            ([.close], "the connection was closed without an answer"),
            ([.reset], "the connection broke: connection reset by peer"),
            (
                [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), .close],
                "the connection was closed in the middle of the answer"
            ),
            ([.send("SSH-2.0-x\r\n"), .wait], "the answer is no HTTP"),
            ([.send("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), .wait], "the answer is no HTTP: a header cannot be read"),
            (
                [.send("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), .wait],
                "the answer is no HTTP: its Content-Length cannot be read"
            ),
            (
                [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"), .wait],
                "the answer is no HTTP: a chunk of its body cannot be read"
            ),
            ([.send("HTTP/1.1 200 OK\r\nX: \(long)\r\n\r\n"), .wait], "the answer has too long a header"),
        ]
        for (steps, text) in cases {
            let outcome = try rig.outcome(.http, of: [.readRequest] + steps)
            #expect(outcome.text == "503 \(text)" && outcome.verdict == .failed)
        }
        let gone = try Listener()
        close(gone.descriptor)
        #expect(try rig.outcome(of: .local(.http, gone.port)).text == "503 cannot connect: connection refused")
    }
}

@Suite("A check of HTTP over TLS")
struct HTTPSCheckTests {
    @Test("any certificate will do unless a good one is wanted; the name in Host is sent and verified, or the address")
    func secure() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let rig = try CheckRig()
            let certificates = try Certificates()
            let good = try TLSServer(.answers, certificates)
            var question = CheckQuestion.local(.https, good.port)
            for (host, name) in [
                (nil, "-"), ("good.test", "good.test"), ("good.test:8443", "good.test"), ("127.0.0.1:8443", "-"),
                ("[::1]:8443", "-"), (":80", "-"), ("other.test", "other.test"),
            ] {
                question.host = host
                let outcome = try rig.outcome(of: question)
                #expect(outcome.text == "200 hello" && outcome.verdict == .passed, "\(host ?? "no host")")
                #expect(good.client().split(separator: " ").first.map(String.init) == name, "\(host ?? "no host")")
            }
            let alone = try TLSServer(.answers, certificates, .alone)
            #expect(try rig.outcome(of: .local(.https, alone.port)).verdict == .passed)
            rig.means = CheckMeans(
                userAgent: "x", tls: try TLSClient(verifyingBy: certificates.authority), credentials: nil)
            for (host, text) in [
                (nil, "200 hello"), ("good.test:8443", "200 hello"), ("[::1]", "200 hello"),
                ("other.test", "503 no tls: hostname mismatch"),
            ] {
                question.host = host
                #expect(try rig.outcome(of: question).text.lowercased() == text, "\(host ?? "no host")")
            }
            #expect(try rig.outcome(of: .local(.https, alone.port)).text.hasPrefix("503 no TLS: self"))
            // A name that TLS has no room for.
            question.host = String(repeating: "x", count: 300)
            let long = try rig.outcome(of: question)
            #expect(long.text == "503 no TLS: ssl3 ext invalid servername" && long.verdict == .failed)
        }
    }
}

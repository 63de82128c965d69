import Glibc
import Peers
import Testing

@testable import Loop

@Suite("A GET over a real socket")
struct HTTPFetchTests {
    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"

    @Test("the request is a plain GET of its target, with its Host, on a connection that is to be closed")
    func request() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.readRequest, .send(Self.good)])
        let outcome = outcome(loop, .place(server.place), target: "/a%20b?c=d")
        #expect(outcome == .success(answer(200, "OK", "fine")))
        #expect(
            server.requests == [
                """
                GET /a%20b?c=d HTTP/1.1\r
                Host: example.org\r
                User-Agent: kapo\r
                Accept: */*\r
                Connection: close\r
                \r\n
                """
            ])
    }

    @Test("a POST is as plain, and says that it has no body")
    func post() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.readRequest, .send(Self.good)])
        var result: Result<HTTPAnswer, HTTPFailure>?
        let fetch = HTTPFetch(loop, .place(server.place), HTTPFetchRequest(.post, host: "im", target: "/signal/d")) {
            result = $0
            loop.stop()
        }
        fetch.start(timeoutNanoseconds: 20_000_000_000)
        withExtendedLifetime(fetch) { loop.run() }
        #expect(result == .success(answer(200, "OK", "fine")))
        #expect(
            server.requests == [
                """
                POST /signal/d HTTP/1.1\r
                Host: im\r
                User-Agent: kapo\r
                Accept: */*\r
                Connection: close\r
                Content-Length: 0\r
                \r

                """
            ])
    }

    @Test("IPv6, localhost and unix sockets")
    func places() throws {
        let loop = try EventLoop()
        let path = "/tmp/kapo-fetch-\(getpid())-\(UInt32.random(in: .min ... .max)).sock"
        defer { unsafe unlink(path) }
        let script: [ScriptedServer.Step] = [.readRequest, .send(Self.good), .close]
        for server in [
            try ScriptedServer(loop, on: "::1", script), try ScriptedServer(loop, path: path, script),
        ] {
            #expect(outcome(loop, .place(server.place)) == .success(answer(200, "OK", "fine")))
        }
        for address in ["127.0.0.1", "::1"] {
            let server = try ScriptedServer(loop, on: address, script)
            let port = server.place.kernelForm[2...3].reduce(0) { $0 << 8 | UInt16($1) }
            #expect(outcome(loop, .name("LocalHost", port: port)) == .success(answer(200, "OK", "fine")), "\(address)")
        }
    }

    @Test("a place is an address in digits, or a path that fits")
    func placeTexts() {
        #expect(SocketPlace(address: "127.0.0.1", port: 80) != nil)
        #expect(SocketPlace(address: "::ffff:1.2.3.4", port: 65535) != nil)
        for text in ["localhost", "1.2.3", "1.2.3.4.5", "", "::g", "[::1]"] {
            #expect(SocketPlace(address: text, port: 80) == nil, "\(text)")
        }
        for (text, bytes) in [
            ("10.1.2.255", [10, 1, 2, 255]), ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("2001:db8::ff", [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [0xff]),
        ] {
            let place = SocketPlace(address: text, port: 8080)
            #expect(place != nil && SocketPlace(bytes: bytes, port: 8080) == place, "\(text)")
            #expect(SocketPlace(bytes: bytes, port: 0) == nil && SocketPlace(bytes: bytes + [0], port: 8080) == nil)
        }
        #expect(SocketPlace(bytes: [], port: 80) == nil && SocketPlace(bytes: [1, 2, 3], port: 80) == nil)
        #expect(SocketPlace(unixPath: String(repeating: "x", count: 107)) != nil)
        for path in ["", "a\0b", String(repeating: "x", count: 108)] { #expect(SocketPlace(unixPath: path) == nil) }
    }

    @Test("an answer in pieces, a body without a length, and one in chunks")
    func framings() throws {
        let ok = Result<HTTPAnswer, HTTPFailure>.success(answer(200, "OK", "fine"))
        #expect(try outcome(of: Self.good.utf8.map { .send([$0]) }) == ok)
        #expect(try outcome(of: [.send("HTTP/1.0 200 OK\r\n\r\nfi"), .send("ne"), .close]) == ok)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try outcome(of: [.send(chunked), .send("2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n")]) == ok)
    }

    @Test("a huge body is read up to the limit, and the connection is closed then")
    func hugeBody() throws {
        let body = [UInt8](repeating: 0x61, count: 3_000_000)
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n"
        let huge = try outcome(of: [.send(Array(head.utf8) + body)]).get()
        #expect(huge.body.count == 1_048_576)
        #expect(huge.isTruncated)
        let endless = try outcome(of: [.send(Array("HTTP/1.0 200 OK\r\n\r\n".utf8) + body)]).get()
        #expect(endless.body.count == 1_048_576)
        #expect(endless.isTruncated)
    }

    @Test("headers without an end have one")
    func headerBomb() throws {
        let header = Array("X-\(String(repeating: "a", count: 1000)): b\r\n".utf8)
        let bomb = Array("HTTP/1.1 200 OK\r\n".utf8) + (0..<2000).flatMap { _ in header }
        #expect(try outcome(of: [.send(bomb)]) == .failure(.malformed(.tooLong)))
        #expect(
            try outcome(of: [.send("HTTP/1.1 200 \(String(repeating: "a", count: 100_000))")])
                == .failure(.malformed(.tooLong)))
    }

    @Test("an end that comes too early, without a byte or in the middle, and a reset")
    func earlyEnds() throws {
        #expect(try outcome(of: [.close]) == .failure(.empty))
        #expect(try outcome(of: [.send("HTTP/1.1 200 OK\r\n"), .close]) == .failure(.cut))
        #expect(try outcome(of: [.reset]) == .failure(.broken(code: ECONNRESET)))
        #expect(try outcome(of: [.send("SSH-2.0-x\r\n")]) == .failure(.malformed(.statusLine)))
    }

    @Test("a server that answers before it has read the request is heard")
    func answersFirst() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.send(Self.good)])
        #expect(outcome(loop, .place(server.place)) == .success(answer(200, "OK", "fine")))
    }

    @Test("where nobody listens, the errno says so; of several addresses that of the first")
    func refused() throws {
        let loop = try EventLoop()
        let gone = try Listener()
        close(gone.descriptor)
        #expect(outcome(loop, .place(gone.place)) == .failure(.unreachable(code: ECONNREFUSED)))
        let port = gone.place.kernelForm[2...3].reduce(0) { $0 << 8 | UInt16($1) }
        #expect(outcome(loop, .name("localhost", port: port)) == .failure(.unreachable(code: ECONNREFUSED)))
        let missing = try #require(SocketPlace(unixPath: "/nonexistent/socket"))
        #expect(outcome(loop, .place(missing)) == .failure(.unreachable(code: ENOENT)))
    }

    @Test("one time for everything: for silence, for drops that never end, and for a place that does not answer")
    func timeouts() throws {
        let short: Int64 = 150_000_000
        #expect(try outcome(of: [], timeoutNanoseconds: short) == .failure(.timeout))
        #expect(
            try outcome(of: [.send("HTTP/1.1 200 OK\r\n\r\n"), .drip(0x61)], timeoutNanoseconds: short)
                == .failure(.timeout))
        #expect(
            try outcome(of: [.send("HTTP/1.1 200 OK\r\nX: "), .drip(0x61)], timeoutNanoseconds: short)
                == .failure(.timeout))
        // Its queue takes one connection; the kernel drops what comes after it, like a network that answers nothing.
        let full = try Listener(backlog: 0)
        defer { close(full.descriptor) }
        let first = try full.place.connect().get()
        defer { close(first) }
        let loop = try EventLoop()
        #expect(outcome(loop, .place(full.place), timeoutNanoseconds: short) == .failure(.timeout))
    }

    @Test("cancelled, or let go of, it calls nobody")
    func cancelled() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.readRequest, .send(Self.good)])
        var calls = 0
        let target = HTTPFetch.Server.place(server.place)
        let cancelled = HTTPFetch(loop, target, HTTPFetchRequest(host: "x", target: "/")) { _ in calls += 1 }
        cancelled.start(timeoutNanoseconds: 1)
        cancelled.cancel()
        var dropped: HTTPFetch? = HTTPFetch(loop, target, HTTPFetchRequest(host: "x", target: "/")) { _ in calls += 1 }
        dropped?.start(timeoutNanoseconds: 1)
        dropped = nil
        let lookup = HTTPFetch(loop, .name("kapo.invalid", port: 80), HTTPFetchRequest(host: "x", target: "/")) { _ in
            calls += 1
        }
        lookup.start(timeoutNanoseconds: 20_000_000_000)
        lookup.cancel()
        // Anything that was to come would come before this one's answer.
        #expect(outcome(loop, target) == .success(answer(200, "OK", "fine")))
        #expect(calls == 0)
    }

    @Test("a hundred lookups that are given up at any moment, and what else the loop does goes on")
    func lookups() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.readRequest, .send(Self.good)])
        for round in 0..<100 {
            // No name server knows such a name, and there may be none: then the time is over.
            let failure = outcome(
                loop, .name("kapo-\(round).invalid", port: 80), timeoutNanoseconds: Int64(round % 10) * 1_000_000)
            let unknown = HTTPFailure.unknownName("kapo-\(round).invalid")
            #expect(failure == .failure(.timeout) || failure == .failure(unknown))
            if round % 10 == 0 { #expect(outcome(loop, .place(server.place)) == .success(answer(200, "OK", "fine"))) }
        }
    }

    @Test("the handler may let go of the fetch, and begin the next")
    func chain() throws {
        let loop = try EventLoop()
        let server = try ScriptedServer(loop, [.readRequest, .send(Self.good), .close])
        var fetch: HTTPFetch?
        var left = 50
        func next() {
            fetch = HTTPFetch(loop, .place(server.place), HTTPFetchRequest(host: "x", target: "/")) { _ in
                left -= 1
                if left == 0 { loop.stop() } else { next() }
            }
            fetch?.start(timeoutNanoseconds: 20_000_000_000)
        }
        next()
        loop.run()
        #expect(server.requests.count == 50)
        fetch = nil
    }
}

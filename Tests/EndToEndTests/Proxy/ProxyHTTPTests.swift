import Glibc
import Testing

/// Checks of a real nginx over plain HTTP.
@Suite struct ProxyHTTPTests {
    private static let locations = """
        location = /fine { return 200 "fine\\n"; }
        location = /empty { return 204; }
        location = /moved { return 301 /fine; }
        location = /tea { return 418 "short and stout"; }
        location = /odd { return 599 "no such code"; }
        location = /nothing { return 444; }
        location = /host { return 200 $http_host; }
        """

    @Test("status and body of a check are passed on; a redirect is not followed; a code that is none is 503")
    func status() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            // On a connection that was kept, no answer would be a reason to ask again.
            let kapo = try box.proxy("cache_time: 0\nkeep_alive: 0")
            let web = "/http/web/\(nginx.port)"
            #expect(try kapo.check("\(web)/fine") == Verdict(200, "fine\n"))
            #expect(try kapo.check("\(web)/empty") == Verdict(204, ""))
            #expect(try kapo.check("\(web)/tea") == Verdict(418, "short and stout"))
            let missing = try kapo.check("\(web)/missing")
            #expect(missing.status == 404 && missing.text.contains("<h1>404 Not Found</h1>"))
            let moved = try kapo.ask("\(web)/moved")
            #expect(moved.status == 301 && moved.body.contains("301 Moved Permanently"))
            #expect(moved.headers["location"] == nil, "it would lead the client round the proxy")
            #expect(try kapo.check("\(web)/odd").status == 503)
            #expect(try kapo.check("\(web)/nothing").status == 503)
            let asked = nginx.requests.map { String($0.split(separator: " ")[1]) }
            #expect(asked == ["/fine", "/empty", "/tea", "/missing", "/moved", "/odd", "/nothing"])
        }
    }

    @Test("a body is cut at 64 KiB, and Content-Length says how much is left")
    func longBody() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "")
            let kapo = try box.proxy()
            for (size, kept) in [(65535, 65535), (65536, 65536), (65537, 65536), (3_000_000, 65536)] {
                try nginx.write("file", repeatElement(UInt8(ascii: "a"), count: size))
                let answer = try kapo.ask("/http/web/\(nginx.port)/file")
                #expect(answer.status == 200)
                #expect(answer.headers["content-length"] == "\(kept)")
                #expect(answer.body.utf8.count == kept && !answer.body.contains { $0 != "a" })
            }
        }
    }

    @Test("HEAD and OPTIONS have the status of GET and no body, HEAD the length too; POST is not allowed")
    func methods() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let kapo = try box.proxy()
            for (path, status, length) in [("fine", 200, "5"), ("tea", 418, "15"), ("empty", 204, "")] {
                let web = "/http/web/\(nginx.port)/\(path)"
                let get = try kapo.ask(web)
                let head = try kapo.ask(web, ["--head"])
                let options = try kapo.ask(web, ["--request", "OPTIONS"])
                #expect([get.status, head.status, options.status] == [status, status, status])
                #expect(options.body == "" && head.body == "")
                for answer in [get, head] { #expect(answer.headers["content-length"] ?? "" == length) }
                #expect(try kapo.ask(web, ["--data", "a=b"]).status == 405)
            }
        }
    }

    @Test("the service gets kapo/VERSION as its User-Agent, the headers to copy, the service's name, and no others")
    func headers() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let plain = try box.proxy()
            let options = ["--header", "Host: web.example", "--header", "X-Other: there", "--user-agent", "me"]
            _ = try plain.ask("/http/web/\(nginx.port)/host", options + ["--header", "X-Service-Name: mine"])
            let more = try box.proxy(
                "cache_time: 0\nservice_name_header: X-Service-Name\nhttp_headers_to_copy: [Host, x-other]")
            _ = try more.ask("/http/web.site_1-a/\(nginx.port)/host?a=b&c=%20", options)
            _ = try more.ask("/http/web/\(nginx.port)/host", options + ["--header", "X-Service-Name: mine"])
            let none = try box.proxy("cache_time: 0\nhttp_headers_to_copy: []")
            _ = try none.ask("/http/web/\(nginx.port)/host", options)
            let agent = "agent[kapo/\(try Kapo.version(box))]"
            #expect(
                nginx.requests == [
                    "GET /host host[web.example] \(agent) service[-] other[-] sni[-]",
                    "GET /host?a=b&c=%20 host[web.example] \(agent) service[web.site_1-a] other[there] sni[-]",
                    "GET /host host[web.example] \(agent) service[web] other[there] sni[-]",
                    "GET /host host[127.0.0.1:\(nginx.port)] \(agent) service[-] other[-] sni[-]",
                ])
        }
    }

    @Test("the target is what stands behind the port, byte for byte, and / where nothing stands there")
    func target() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let kapo = try box.proxy()
            let targets = [
                "", "/", "/?", "/?a=%2f&b", "/a/../b", "/a%0d%0aX-Other:%20b", "//c", "/%ff%c3%a4", "/a;b=c,d",
            ]
            for target in targets {
                _ = try kapo.ask("/http/web/\(nginx.port)\(target)", ["--path-as-is"])
            }
            let asked = nginx.requests.map { String($0.split(separator: " ")[1]) }
            #expect(asked == ["/"] + targets.dropFirst())
            #expect(nginx.requests.filter { !$0.contains("other[-]") } == [])
        }
    }

    @Test("answers that nginx would not give: in pieces, until the end, interim ones first, cut off, none, and no HTTP")
    func oddAnswers() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1")
            let good = "HTTP/1.1 200 OK\\r\\n"
            let cases: [(String, Verdict?)] = [
                (
                    "\(good)Transfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\n",
                    .init(200, "abcde")
                ),
                ("HTTP/1.0 404 No\\r\\n\\r\\nuntil the end", .init(404, "until the end")),
                ("HTTP/1.1 100 Continue\\r\\n\\r\\n\(good)Content-Length: 2\\r\\n\\r\\nab", .init(200, "ab")),
                ("\(good)Content-Length: 20\\r\\n\\r\\ncut off", nil),
                ("\(good)Transfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nab", nil),
                ("\(good)X: \\x00\\r\\n", nil), ("SSH-2.0-OpenSSH_9.2\\r\\n", nil), ("", nil),
            ]
            for (bytes, verdict) in cases {
                let peer = try Peer(box, "read_request(client)\nclient.sendall(b'\(bytes)')")
                let found = try kapo.check("/http/web/\(peer.port)/")
                if let verdict { #expect(found == verdict) } else { #expect(found.status == 503, "\(bytes): \(found)") }
            }
        }
    }

    @Test("an answer that does not come to an end is given up when the time is over, however it is drawn out")
    func slowAnswers() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1")
            let drip = """
                for byte in b"HTTP/1.1 200 OK\\r\\n" + b"X: a\\r\\n" * 1000:
                    client.sendall(bytes([byte]))
                    time.sleep(0.05)
                """
            let endless = """
                client.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
                while True:
                    client.sendall(b"a" * 10000)
                    time.sleep(0.01)
                """
            for script in ["time.sleep(600)", drip] {
                let peer = try Peer(box, script)
                #expect(try kapo.check("/http/web/\(peer.port)/").status == 503)
            }
            // What comes beyond 64 KiB is not waited for.
            let peer = try Peer(box, endless)
            #expect(try kapo.check("/http/web/\(peer.port)/") == Verdict(200, String(repeating: "a", count: 65536)))
        }
    }

    @Test("a port that nobody listens on is 503, and so is one where somebody hangs up at once")
    func refused() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            let port = try FreePort.one(box)
            let closed = try kapo.check("/http/web/\(port)/")
            #expect(closed.status == 503 && closed.text != "")
            let reset = try Peer(box, "client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))")
            #expect(try kapo.check("/http/web/\(reset.port)/").status == 503)
        }
    }
}

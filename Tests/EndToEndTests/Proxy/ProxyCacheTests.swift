import FoundationEssentials
import Glibc
import Testing

/// What is asked once and told many times: counted by what nginx was asked.
@Suite struct ProxyCacheTests {
    private static let locations = """
        location / { return 200 fine; }
        location /bad { return 500 bad; }
        """

    @Test("an answer is told again for cache_time, and not for longer")
    func time() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let web = "/http/web/\(nginx.port)/"
            let long = try box.proxy("cache_time: 600")
            for _ in 0..<5 { #expect(try long.check(web) == Verdict(200, "fine")) }
            #expect(nginx.requests.count == 1)
            let short = try box.proxy("cache_time: 1")
            #expect(try short.check(web) == Verdict(200, "fine"))
            try eventually("a third question") {
                let verdict = try short.check(web)
                #expect(verdict == Verdict(200, "fine"))
                return nginx.requests.count == 3
            }
            let never = try box.proxy("cache_time: 0")
            for _ in 0..<5 { #expect(try never.check(web) == Verdict(200, "fine")) }
            #expect(nginx.requests.count == 8)
        }
    }

    @Test("failures have their own time, which is the other's when nothing is said")
    func failureTime() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let bad = "/http/web/\(nginx.port)/bad"
            let own = try box.proxy("cache_time: 600\ncache_time_failure: 0")
            for _ in 0..<3 { #expect(try own.check(bad) == Verdict(500, "bad")) }
            #expect(nginx.requests.count == 3)
            for _ in 0..<3 { #expect(try own.check("/http/web/\(nginx.port)/") == Verdict(200, "fine")) }
            #expect(nginx.requests.count == 4)
            let same = try box.proxy("cache_time: 600")
            for _ in 0..<3 { #expect(try same.check(bad) == Verdict(500, "bad")) }
            #expect(nginx.requests.count == 5)

            // A service that recovers is seen to, although what it said before would be good for longer.
            let port = try FreePort.one(box)
            for _ in 0..<3 { #expect(try own.check("/tcp/late/\(port)").isRefused) }
            let script = "import socket, sys, time; s = socket.create_server(('127.0.0.1', \(port))); time.sleep(600)"
            let late = try box.start(["python3", "-c", script])
            try eventually("a connection; \(late.errors)") { try own.check("/tcp/late/\(port)").isConnected }
        }
    }

    @Test("query, port, protocol, target and copied headers are part of the key; the service is not, unless it is sent")
    func key() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, Self.locations)
            let web = "/http/web/\(nginx.port)/"
            let kapo = try box.proxy("cache_time: 600\nhttp_headers_to_copy: [Host, X-Other]")
            let questions: [(path: String, headers: [String])] = [
                (web, []), ("\(web)?a=1", []), ("\(web)?a=2", []), ("\(web)path", []), ("\(web)path?a=1", []),
                (web, ["Host: a.example"]), (web, ["Host: b.example"]), (web, ["X-Other: a"]), (web, ["X-Other: b"]),
            ]
            for _ in 0..<2 {
                for (path, headers) in questions { #expect(try kapo.check(path, headers) == Verdict(200, "fine")) }
            }
            #expect(nginx.requests.count == questions.count, "\(nginx.requests)")
            // The same under another name, and with headers that are not copied.
            #expect(try kapo.check(web.replacing("/web/", with: "/other/")) == Verdict(200, "fine"))
            #expect(try kapo.check(web, ["Cookie: a=b", "Accept: x/y"]) == Verdict(200, "fine"))
            #expect(nginx.requests.count == questions.count)

            let named = try box.proxy("cache_time: 600\nservice_name_header: X-Service-Name")
            for _ in 0..<2 {
                for service in ["web", "other"] {
                    #expect(try named.check(web.replacing("/web/", with: "/\(service)/")) == Verdict(200, "fine"))
                }
            }
            #expect(nginx.requests.count == questions.count + 2)
        }
    }

    @Test("Pragma: no-cache asks anew, and what it hears is what others are told")
    func noCache() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "")
            let kapo = try box.proxy("cache_time: 600")
            let web = "/http/web/\(nginx.port)/file"
            try nginx.write("file", "one".utf8)
            #expect(try kapo.check(web) == Verdict(200, "one"))
            try nginx.write("file", "two".utf8)
            #expect(try kapo.check(web) == Verdict(200, "one"))
            #expect(try kapo.check(web, ["Pragma: no-cache"]) == Verdict(200, "two"))
            #expect(try kapo.check(web) == Verdict(200, "two"))
            #expect(try kapo.check(web, ["Pragma: other"]) == Verdict(200, "two"))
            #expect(nginx.requests.count == 2)
        }
    }

    @Test("200 clients that ask the same at once have one check made, and each gets its answer")
    func joined() throws {
        try Sandbox.run { box in
            let slow = try Peer(
                box,
                """
                read_request(client)
                while not os.path.exists("\(box.path("go"))"):
                    time.sleep(0.01)
                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nslow")
                """)
            let kapo = try box.proxy("cache_time: 600")
            try box.client(
                of: kapo,
                """
                request = b"GET /http/web/\(slow.port)/ HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n"
                clients = [connect() for _ in range(200)]
                for client in clients:
                    send_all(client, request)
                # Connections are taken one after the other: this one comes after all of those.
                assert exchange(b"GET /spool/web/80/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")[0] == 200
                assert not select.select(clients, [], [], 0)[0]
                open("\(box.path("go"))", "w").close()
                for client in clients:
                    status, _, body = read_answer(client.makefile("rb"))
                    assert (status, body) == (200, b"slow"), (status, body)
                """)
            #expect(slow.clients == 1)
        }
    }

    @Test("of those who ask together some leave before the answer: the others get theirs, and nothing stays open")
    func left() throws {
        try Sandbox.run { box in
            let slow = try Peer(
                box,
                """
                read_request(client)
                while not os.path.exists("\(box.path("go"))"):
                    time.sleep(0.01)
                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nslow")
                """)
            let kapo = try box.proxy("cache_time: 0")
            try box.client(
                of: kapo,
                """
                request = b"GET /http/web/\(slow.port)/?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"
                clients = [connect() for _ in range(100)]
                for number, client in enumerate(clients):
                    client.sendall(request % (number % 10))
                assert exchange(b"GET /spool/web/80/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")[0] == 200
                for client in clients[:95]:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.close()
                open("\(box.path("go"))", "w").close()
                for client in clients[95:]:
                    status, _, body = read_answer(client.makefile("rb"))
                    assert (status, body) == (200, b"slow"), (status, body)
                """)
            try eventually("no descriptor of a check left") { ProcessTable.sockets(kapo.pid) == 1 }
            #expect(slow.clients <= 10)
        }
    }
}

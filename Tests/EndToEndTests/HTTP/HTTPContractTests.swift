import Testing

@Suite struct HTTPContractTests {
    private func withKapo(_ body: (Sandbox, Kapo) throws -> Void) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try kapo.entry("running") { $0.Status == "running" }
            try body(box, kapo)
        }
    }

    @Test("curl gets the document on any path, with its length, its type and no-store")
    func get() throws {
        try withKapo { _, kapo in
            let root = try kapo.ask()
            for path in ["/", "/index.html", "/a/b/c?d=e&f", "/%00%ff", "/debug/", "//", "/debug/vars/x"] {
                let answer = try kapo.ask(path, ["--path-as-is"])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.body == root.body, "\(path)")
                #expect(answer.headers["content-type"] == "application/json")
                #expect(answer.headers["content-length"] == String(root.body.utf8.count))
                #expect(answer.headers["cache-control"] == "no-store")
            }
        }
    }

    @Test("HEAD answers as GET would, without the body")
    func head() throws {
        try withKapo { box, kapo in
            for path in ["/", "/debug/vars"] {
                let get = try kapo.ask(path)
                let head = try kapo.ask(path, ["--head"])
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
                #expect(head.headers["content-type"] == "application/json")
                if path == "/" { #expect(head.headers["content-length"] == get.headers["content-length"]) }
            }
            try box.client(
                of: kapo,
                """
                status, headers, body, rest = exchange(b"HEAD / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", head=True)
                assert status == 200 and int(headers["content-length"]) > 100 and rest == b"", (headers, rest)
                status, headers, body, rest = exchange(b"HEAD / HTTP/1.0\\r\\n\\r\\n", head=True)
                assert status == 200 and int(headers["content-length"]) > 100 and rest == b"", (headers, rest)
                """)
        }
    }

    @Test("OPTIONS answers 200 with Allow and no body, in HTTP/1.1 and as HAProxy's default check asks in HTTP/1.0")
    func options() throws {
        try withKapo { box, kapo in
            let answer = try kapo.ask("/", ["--request", "OPTIONS"])
            #expect(answer.status == 200)
            #expect(answer.headers["allow"] == "GET, HEAD, OPTIONS")
            #expect(answer.headers["content-length"] == "0")
            #expect(answer.body.isEmpty)
            try box.client(
                of: kapo,
                """
                for request in [b"OPTIONS / HTTP/1.0\\r\\n\\r\\n", b"OPTIONS * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"]:
                    status, headers, body, rest = exchange(request)
                    assert status == 200 and headers["allow"] == "GET, HEAD, OPTIONS", (request, status, headers)
                    assert headers["content-length"] == "0" and body == b"" and rest == b"", (request, headers)
                """)
        }
    }

    @Test("every other method gets 405 with Allow")
    func otherMethods() throws {
        try withKapo { box, kapo in
            for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "FOO"] {
                for path in ["/", "/debug/vars"] {
                    let answer = try kapo.ask(path, ["--request", method])
                    #expect(answer.status == 405, "\(method)")
                    #expect(answer.headers["allow"] == "GET, HEAD, OPTIONS", "\(method)")
                    #expect(answer.headers["cache-control"] == "no-store", "\(method)")
                    #expect(answer.headers["content-length"] == String(answer.body.utf8.count), "\(method)")
                }
            }
            #expect(try kapo.entry().Status == "running", "nothing changes over HTTP")
        }
    }

    @Test("HTTP/1.0 works without Host, and the connection is closed after the answer")
    func http10() throws {
        try withKapo { box, kapo in
            #expect(try kapo.ask("/", ["--http1.0", "--header", "Host:"]).status == 200)
            try box.client(
                of: kapo,
                """
                with connect() as connection:
                    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
                    stream = connection.makefile("rb")
                    status, headers, body = read_answer(stream)
                    assert status == 200 and json.loads(body)[0]["Status"] == "running"
                    assert stream.read() == b"", "closed"
                """)
        }
    }

    @Test("Python's http.client asks many times on one connection")
    func keepAlive() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                """
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
                connection.connect()
                own = connection.sock.getsockname()
                for number in range(200):
                    method = ["GET", "HEAD", "OPTIONS"][number % 3]
                    connection.request(method, "/")
                    answer = connection.getresponse()
                    body = answer.read()
                    assert answer.status == 200, answer.status
                    assert answer.getheader("Cache-Control") == "no-store"
                    if method == "GET":
                        assert len(body) == int(answer.getheader("Content-Length"))
                        assert json.loads(body)[0]["Status"] == "running"
                    else:
                        assert body == b""
                    assert connection.sock is not None and connection.sock.getsockname() == own, "the same connection"
                """)
            #expect(try kapo.counters().requests_served > 200)
        }
    }

    @Test("requests that come together are all answered, in their order, on one connection")
    func pipelined() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                """
                requests = [b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", b"HEAD / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
                            b"OPTIONS / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"] * 100
                with connect() as connection:
                    connection.sendall(b"".join(requests))
                    stream = connection.makefile("rb")
                    for request in requests:
                        status, headers, body = read_answer(stream, head=request.startswith(b"HEAD"))
                        assert status == 200, status
                        assert ("allow" in headers) == request.startswith(b"OPTIONS"), (request, headers)
                        assert (body != b"") == request.startswith(b"GET"), (request, body)
                    connection.shutdown(socket.SHUT_WR)
                    assert stream.read() == b""
                # The last one asks to close: all are answered before that happens.
                status, headers, body, rest = exchange(
                    requests[0] * 50 + b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
                assert status == 200 and rest.count(b"HTTP/1.1 200 ") == 50, rest.count(b"HTTP/1.1 200 ")
                """)
        }
    }

    @Test("Connection: close closes after the answer, in any spelling and as part of a list")
    func close() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                """
                for value in [b"close", b"Close", b"close, TE", b"TE , CLOSE", b"keep-alive,close"]:
                    with connect() as connection:
                        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: " + value + b"\\r\\n\\r\\n")
                        stream = connection.makefile("rb")
                        status, headers, body = read_answer(stream)
                        assert status == 200 and json.loads(body), value
                        assert headers["connection"].lower() == "close", (value, headers)
                        assert stream.read() == b"", (value, "closed by the server")
                # Other words do not close.
                with connect() as connection:
                    stream = connection.makefile("rb")
                    for value in [b"keep-alive", b"TE", b"closed", b"x-close, TE"]:
                        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: " + value + b"\\r\\n\\r\\n")
                        assert read_answer(stream)[0] == 200, value
                """)
        }
    }

    @Test("a request that comes in many small pieces is a request")
    func pieces() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                """
                with connect() as connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    stream = connection.makefile("rb")
                    for turn in range(3):
                        for byte in b"GET /piece HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n":
                            connection.sendall(bytes([byte]))
                            time.sleep(0.001)
                        assert read_answer(stream)[0] == 200
                """)
        }
    }
}

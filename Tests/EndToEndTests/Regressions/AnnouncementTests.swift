import Testing

/// What Kapo must say where silence would mislead.
@Suite struct AnnouncementTests {
    @Test(
        "a service manager that cannot be reached is a warning, once",
        arguments: ["/nonexistent/notify", "vsock:2:1"])
    func unreachableManager(_ address: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                [Programs.kapo, "--interface", "127.0.0.1", "--port", "0", "run", "true"],
                environment: ["NOTIFY_SOCKET": address])
            #expect(outcome.code == 0)
            #expect(outcome.errors.split(separator: "cannot be reached at NOTIFY_SOCKET").count == 2)
        }
    }

    @Test("a request in absolute form is answered, and the connection stays open")
    func absoluteForm() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.client(
                of: kapo,
                #"""
                with connect() as connection, connection.makefile("rb") as stream:
                    for target in b"http://a/", b"/", b"http://a/debug/vars":
                        connection.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target)
                        status, headers, text = read_answer(stream)
                        assert status == 200, (target, status)
                        assert "connection" not in headers, headers
                """#)
        }
    }

    @Test("a POST is told what is allowed, with a body and without")
    func post() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.client(
                of: kapo,
                #"""
                for body in b"", b"x=1", b"x" * 10000:
                    with connect() as connection, connection.makefile("rb") as stream:
                        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
                        connection.sendall(head + body)
                        status, headers, text = read_answer(stream)
                        assert status == 405, status
                        assert headers["allow"] == "GET, HEAD, OPTIONS", headers
                        assert headers["connection"] == "close", headers
                """#)
        }
    }

    @Test("a client that waits to be told to go on gets one answer, even if it then sends its body")
    func expectation() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.client(
                of: kapo,
                #"""
                for method in b"GET", b"POST":
                    with connect() as connection, connection.makefile("rb") as stream:
                        head = b"%s / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" % method
                        connection.sendall(head + b"Content-Length: 3\r\n\r\n")
                        status, headers, text = read_answer(stream)
                        assert status == 400, status
                        connection.sendall(b"abc")
                        rest = stream.read()
                        assert rest == b"", (method, rest)
                """#)
        }
    }

    @Test("a body that is announced behind an answered request is refused as it is on a new connection")
    func announcedLater() throws {
        try Sandbox.run { box in
            for replay in ["1", "0"] {
                let kapo = try box.kapo(["run", "sleep", "600"], environment: ["KAPO_REPLAY": replay])
                try box.client(
                    of: kapo,
                    #"""
                    for number in range(100):
                        with connect() as connection, connection.makefile("rb") as stream:
                            for _ in range(number % 4):
                                connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                                assert read_answer(stream)[0] == 200
                            connection.sendall(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n")
                            status, headers, body = read_answer(stream)
                            assert status == 400 and headers["connection"] == "close", (status, headers)
                            assert stream.read() == b""
                    check_good()
                    """#)
            }
        }
    }
}

import Testing

/// `kapo check` against servers that are well, or ill.
@Suite struct CheckTests {
    @Test("a Kapo that runs is healthy, wherever its port is said; a status or a text that is missing is told")
    func kapo() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let port = String(kapo.port)
            for (words, variables) in [
                (["check"], ["KAPO_PORT": port]), (["-p", port, "check"], ["KAPO_PORT": "1"]),
                (["c", "--port", port], [:]), (["check", "http://localhost:\(port)/"], ["KAPO_PORT": "0"]),
                (["check"], ["KAPO_CHECK_URL": "http://127.0.0.1:\(port)/any?path"]),
                (["check", "--contains", "ok", "-p", port], [:]),
            ] as [([String], [String: String?])] {
                let outcome = try box.finish([Programs.kapo] + words, environment: variables)
                #expect(outcome.ending == .code(0), "\(words): \(outcome.errors)")
                #expect(outcome.output + outcome.errors == "", "\(words)")
            }
            let url = "http://127.0.0.1:\(port)/"
            let wanted = try box.check(["--status", "404", url])
            #expect(wanted.ending == .code(1))
            #expect(wanted.errors.hasPrefix("kapo check: \(url): 200 OK: [{\"Arguments\":[\"600\"],"))
            let text = try box.check(["--contains", "nonsense", url])
            #expect(text.ending == .code(1))
            #expect(text.errors == "kapo check: \(url): 200 OK, but the body does not contain 'nonsense'\n")
        }
    }

    @Test("Python's own server: a page that is there, and one that is not")
    func python() throws {
        try Sandbox.run { box in
            let server = try box.start(["python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
            let line = try server.waitForOutput(containing: "port ")
            let port = try #require(line.firstMatch(of: /port (\d+)/)).1
            #expect(try box.check(["http://127.0.0.1:\(port)/"]).ending == .code(0))
            let missing = try box.check(["http://127.0.0.1:\(port)/no/such/page"])
            #expect(missing.ending == .code(1))
            #expect(missing.errors.contains("/no/such/page: 404 File not found: <!DOCTYPE HTML>\n"))
            let wanted = try box.check(["--status", "200,404", "http://127.0.0.1:\(port)/no/such/page"])
            #expect(wanted.ending == .code(0))
        }
    }

    /// An answer in Python's notation, and what is said of it behind the URL; nil for healthy.
    static let answers: [(String, String?)] = [
        (#"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"#, nil),
        (#"HTTP/1.0 200 OK\r\n\r\n"#, nil),
        (#"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n"#, nil),
        (#"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"#, nil),
        (#"HTTP/1.1 200 OK\r\n\r\n' + 2000000 * b'x"#, nil),
        (#"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"#, "302 Found"),
        (
            #"HTTP/1.1 503 Service Unavailable\r\n\r\n\n not ready: \x1b[1mwaiting \r\nmore"#,
            #"503 Service Unavailable: not ready: \u{1b}[1mwaiting"#
        ),
        (#"SSH-2.0-OpenSSH_9.2\r\n"#, "the answer is no HTTP"),
        (#"\x15\x03\x01\x00\x02\x02\x46"#, "the answer is no HTTP"),
        (#"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"#, "the answer is no HTTP: its Content-Length cannot be read"),
        (#"HTTP/1.1 200 OK\r\n' + 100000 * b'X: y\r\n"#, "the answer has too long a header"),
        (#""#, "the connection was closed without an answer"),
        (#"HTTP/1.1 200 OK\r\nContent-Le"#, "the connection was closed in the middle of the answer"),
        (#"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"#, "the connection was closed in the middle of the answer"),
    ]

    @Test("an answer is healthy or not, and the line says why", arguments: answers)
    func answer(_ bytes: String, _ says: String?) throws {
        try Sandbox.run { box in
            let server = try CheckServer.answering(bytes, box)
            let outcome = try box.check([server.url])
            #expect(outcome.ending == .code(says == nil ? 0 : 1))
            #expect(outcome.errors == (says.map { "kapo check: \(server.url): \($0)\n" } ?? ""))
        }
    }

    @Test("a unix socket: the URL gives path and Host")
    func unixSocket() throws {
        try Sandbox.run { box in
            let path = box.path("app.sock")
            let server = try CheckServer(box, path: path, #"client.sendall(b'HTTP/1.1 200 OK\r\n\r\nfine')"#)
            #expect(try box.check(["--unix", path, "--contains", "fine"]).ending == .code(0))
            #expect(server.process.output.contains(#"GET /readyz HTTP/1.1\r\nHost: localhost\r\n"#))
            let options = ["http://app.example:81/a?b"]
            #expect(try box.check(options, environment: ["KAPO_CHECK_UNIX": path]).ending == .code(0))
            #expect(server.process.output.contains(#"GET /a?b HTTP/1.1\r\nHost: app.example:81\r\n"#))
            let missing = try box.check(["--unix", "\(path).not", "http://a/"])
            #expect(missing.ending == .code(1))
            #expect(
                missing.errors
                    == "kapo check: http://a/ on \(path).not: cannot connect: no such file or directory\n")
        }
    }

    @Test("where nobody listens, the connection is refused")
    func refused() throws {
        try Sandbox.run { box in
            let port = try FreePort.one(box)
            let outcome = try box.check([], environment: ["KAPO_PORT": "\(port)"])
            #expect(outcome.ending == .code(1))
            #expect(
                outcome.errors
                    == "kapo check: http://127.0.0.1:\(port)/readyz: cannot connect: connection refused\n")
        }
    }

    @Test(
        "bad usage says what is allowed, and exits with 64",
        arguments: [
            (["https://localhost/"], "https is not supported"), (["localhost:80"], "begins with http://"),
            (["--timeout", "0"], "0.001"), (["--status", "2xx"], "200,204,300-399"), (["-p", "0"], "say which URL"),
            (["http://a/", "http://b/"], "http://b/"), (["--unknown"], "--unknown"),
        ])
    func usage(_ words: [String], _ says: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo, "check"] + words)
            #expect(outcome.ending == .code(64))
            #expect(outcome.output == "")
            #expect(outcome.errors.contains(says), "\(outcome.errors)")
        }
    }
}

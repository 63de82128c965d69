import Testing

/// Methods, queries and headers of requests for health. Each is asked of a command that is ready and of one that is
/// not.
@Suite struct HealthAnswerTests {
    private func ask(_ script: String) throws {
        for (words, status) in [(["run", "sleep", "600"], 200), (["run", "--ready", "fd:3", "sleep", "600"], 503)] {
            try Sandbox.run { box in
                let kapo = try box.kapoWithAgent(words)
                try kapo.entry("a process") { $0.PID != 0 }
                try box.healthClient(of: kapo, "expected = \(status)\n" + script)
            }
        }
    }

    @Test("GET, HEAD and OPTIONS say 200 or 503, alike; the rest is told 405, and a body 400")
    func methods() throws {
        try ask(
            #"""
            for path in PATHS:
                now = 200 if path == "/livez" else expected
                status, headers, body = ask(path)
                assert status == now and int(headers["content-length"]) == len(body) > 0, (path, status, headers)
                head = ask(path, "HEAD")
                del headers["date"], head[1]["date"]
                assert head == (now, headers, ""), (path, head, headers)
                status, headers, body = ask(path, "OPTIONS")
                assert status == now and headers["allow"] == "GET, HEAD, OPTIONS" and body == "", (path, headers)
                assert headers["content-length"] == "0", headers
                assert ask(path, "OPTIONS", version="1.0")[0] == ask(path, version="1.0")[0] == now
                for method in "POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE":
                    status, headers, body = ask(path, method)
                    assert status == 405 and headers["allow"] == "GET, HEAD, OPTIONS", (path, method, status, headers)
                    assert headers["connection"] == "close"
                assert exchange(f"GET {path} HTTP/1.1\r\nContent-Length: 1\r\n\r\nx".encode())[0] == 400
                check_good()
            """#)
    }

    @Test("a request without headers is answered, and so is one that names the host in its first line")
    func bare() throws {
        try ask(
            #"""
            for request in b"GET /readyz HTTP/1.0\r\n\r\n", b"GET http://x/readyz HTTP/1.0\r\n\r\n":
                status, headers, body, rest = exchange(request)
                assert status == expected and body == (b"ok" if expected == 200 else b"not ready: starting"), body
                assert rest == b"", rest
            """#)
    }

    @Test("?verbose lists the parts, with whatever else is in the query")
    func verbose() throws {
        try ask(
            #"""
            good = "[+]loop ok\n[+]command ok\n"
            parts = good + ("[+]ready ok\n" if expected == 200 else "[-]ready failed: starting\n") + "[+]drain ok\n"
            parts += f"readyz check {'passed' if expected == 200 else 'failed'}\n"
            for query in "?verbose", "?verbose=1&x", "?x=y&verbose", "?verbose=false":
                for path in "/readyz", "/healthz":
                    status, headers, body = ask(path + query)
                    assert (status, body) == (expected, parts), (path, query, status, body)
                    assert headers["content-type"] == "text/plain; charset=utf-8", headers
                assert ask("/livez" + query)[::2] == (200, good + "livez check passed\n"), query
                # It is a document in any case.
                assert json.loads(ask("/health" + query)[2])["checks"]
            for query in "?", "?x", "?verbosely", "?x=verbose", "#verbose":
                body = ask("/readyz" + query)[2]
                assert body == ("ok" if expected == 200 else "not ready: starting"), (query, body)
            """#)
    }

    @Test("Accept decides between text and document, in a list, twice, and in capitals; /health is a document anyhow")
    func accept() throws {
        try ask(
            #"""
            text, document = "text/plain; charset=utf-8", "application/health+json"
            for header, expected_type in [
                ("", text), ("Accept: */*\r\n", text), ("Accept: text/html, */*;q=0.8\r\n", text),
                ("Accept: application/json\r\n", text), ("Accept: application/health+json;q=0\r\n", text),
                ("Accept: text/plain, application/health+json;q=0.5\r\n", text),
                ("Accept: application/health+json\r\n", document), ("aCCEPT: Application/Health+JSON\r\n", document),
                ("Accept: application/json;q=0.1, application/health+json\r\n", document),
                ("Accept: text/html\r\nAccept: application/health+json;q=0.5\r\n", document),
            ]:
                for path in "/livez", "/readyz", "/healthz":
                    now = 200 if path == "/livez" else expected
                    status, headers, body = ask(path, "GET", header)
                    assert (status, headers["content-type"]) == (now, expected_type), (path, header, status, headers)
                    if expected_type == document:
                        assert json.loads(body)["status"] == ("pass" if now == 200 else "fail"), body
                        assert json.loads(body).get("output") == (None if now == 200 else "not ready: starting"), body
                status, headers, body = ask("/health", "GET", header)
                assert (status, headers["content-type"]) == (expected, document) and json.loads(body), headers
            """#)
    }

    @Test("only exactly these paths tell health: what is near is the document, as everywhere")
    func paths() throws {
        try ask(
            #"""
            for path in "/readyz/", "/READYZ", "/readyz/x", "/ready", "/livez.", "/":
                status, headers, body = ask(path)
                assert status == 200 and json.loads(body)[0]["PID"] > 0, (path, status, body)
            """#)
    }

    @Test("requests that come together are each answered as they would be alone")
    func pipeline() throws {
        try ask(
            #"""
            request = "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in PATHS + ("/",) + PATHS)
            with connect() as connection:
                send_all(connection, request.encode())
                with connection.makefile("rb") as stream:
                    answers = [read_answer(stream) for number in range(9)]
                    assert stream.read() == b""
            assert [answer[0] for answer in answers] == [200] + [expected] * 3 + [200, 200] + [expected] * 3, answers
            """#)
    }
}

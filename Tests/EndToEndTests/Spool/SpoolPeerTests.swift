import Testing

/// Python, in which hacheck is written, on the other side of the spool; and daemons that `halist` asks.
@Suite struct SpoolPeerTests {
    /// Reasons with all that texts have.
    private static let reasons = """
        reasons = ["deploy", "", "caf\\u00e9", "\\u4e2d\\u6587", "\\U0001f600 \\U0001f468\\u200d\\U0001f469",
                   "a\\nb\\tc\\r", '"quoted" \\\\ / \\x7f', "\\u2028\\ufeff\\uffff", "x" * 4096]
        """

    @Test("Python's json reads what Kapo writes: reason, expiration and creation")
    func written() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            let script =
                Self.reasons + """

                    import json, os, subprocess, sys, time
                    root = sys.argv[1]
                    for number, reason in enumerate(reasons[:1] + reasons[2:]):
                        words = [os.environ["KAPO"], "spool", "down", "web", "--spool-root", root, "--reason", reason]
                        subprocess.run(words + (["-e", "4102444800.25"] if number % 2 else []), check=True)
                        with open(root + "/web", "rb") as file: data = file.read()
                        assert data.isascii(), data
                        read = json.loads(data)
                        assert list(read) == ["reason", "expiration", "creation"], read
                        assert read["reason"] == reason, (read, reason)
                        assert read["expiration"] == (4102444800.25 if number % 2 else None), read
                        assert abs(read["creation"] - time.time()) < 60 and type(read["creation"]) is float, read
                        assert data.decode() == json.dumps(read), data
                    print("read")
                    """
            let outcome = try box.python(script, [spool.root])
            #expect(outcome.output == "read\n", "\(outcome.errors)")
        }
    }

    @Test("Kapo reads what Python's json writes")
    func read() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            let script =
                Self.reasons + """

                    import json, os, subprocess, sys
                    root = sys.argv[1]
                    os.mkdir(root)
                    for number, reason in enumerate(reasons):
                        for expiration in (None, 4102444800.123457, 4102444800, 1e300, float("inf")):
                            for options in ({}, {"ensure_ascii": False}, {"indent": 2, "sort_keys": True}):
                                data = {"reason": reason, "expiration": expiration, "creation": 1435694078.778886}
                                with open(root + "/web", "w", encoding="utf-8") as file:
                                    json.dump(data, file, **options)
                                words = [os.environ["KAPO"], "spool", "status", "web", "--json", "--spool-root", root]
                                answer = subprocess.run(words, stdout=subprocess.PIPE)
                                assert answer.returncode == 1, answer
                                row, = json.loads(answer.stdout)
                                if expiration == float("inf"):
                                    # No JSON: all of it is the reason.
                                    assert row["Reason"].startswith("{") and row["Expiration"] is None, row
                                    continue
                                assert row["Reason"] == reason and row["Expiration"] == expiration, (row, data)
                                assert row["Creation"] == 1435694078.778886, row
                    print("read")
                    """
            let outcome = try box.python(script, [spool.root], within: .seconds(60))
            #expect(outcome.output == "read\n", "\(outcome.errors)")
        }
    }

    /// A daemon of one answer, and halist; its words and exit codes are compared by Python.
    private func list(_ box: Sandbox, _ answer: String, _ options: [String] = []) throws -> Outcome {
        let script = """
            import http.server, os, subprocess, sys, threading
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    found = self.path == "/recent"
                    self.send_response(200 if found else 404)
                    self.end_headers()
                    self.wfile.write(sys.argv[2].encode() if found else b"")
                def log_message(self, *words): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            sys.exit(subprocess.run([sys.argv[1], "-p", str(server.server_port)] + sys.argv[3:]).returncode)
            """
        return try box.python(script, [box.path("halist"), answer] + options)
    }

    @Test("list shows what a daemon was asked for")
    func recent() throws {
        try Sandbox.run { box in
            _ = try SpoolPlace(box)
            let answer =
                #"{"seen_services": [["web", {"code": 200, "remote_ip": "127.0.0.1", "ts": 1435694078.77}], "#
                + #"["api", null], "old"], "threshold_seconds": 600}"#
            let lines =
                "api last_response=null\nold\n"
                + #"web last_response={"code": 200, "remote_ip": "127.0.0.1", "ts": 1435694078.77}"# + "\n"
            #expect(try list(box, answer) == Outcome(ending: .code(0), output: lines, errors: ""))
            let json = try list(box, answer, ["--json"])
            #expect(json.ending == .code(0) && json.output.hasPrefix(#"[{"Service":"api","Code":null,"#))
            #expect(try list(box, #"{"seen_services": []}"#).output == "")
        }
    }

    @Test("a daemon that is none, or not there, is one line and 1")
    func noDaemon() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            for answer in ["", "hello", "{}", #"{"seen_services": 1}"#] {
                let outcome = try list(box, answer)
                #expect(outcome.ending == .code(1) && outcome.output == "")
                #expect(outcome.errors.contains("/recent: the answer has no list of services, with the status 200\n"))
            }
            let refused = try spool.run("halist -p 1")
            #expect(refused.ending == .code(1) && refused.output == "")
            #expect(
                refused.errors == "kapo spool: http://127.0.0.1:1/recent: cannot connect: connection refused\n")
        }
    }
}

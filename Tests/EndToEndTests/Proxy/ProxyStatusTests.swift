import Testing

/// What the proxy tells of itself: its pages, in hacheck's shapes, its metrics, and its events.
@Suite struct ProxyStatusTests {
    @Test("each answer is counted, one that is given again too, and the last one of each service is told")
    func pages() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 fine; }")
            let kapo = try box.proxy("cache_time: 600")
            try box.hadown("out", ["--reason", "new disk"])
            let port = try FreePort.one(box)
            try box.client(
                of: kapo,
                """
                def get(path):
                    return json.loads(exchange(b"GET " + path + b" HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")[2])
                begun = time.time()
                with connect() as connection:
                    stream = connection.makefile("rb")
                    def ask(path, expected, times):
                        for _ in range(times):
                            connection.sendall(b"GET " + path + b" HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                            assert read_answer(stream)[0] == expected, path
                    while exchange(b"GET /spool/out/80 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")[0] != 503:
                        assert time.time() - begun < 15
                    before = get(b"/status/count")["service_access_counts"]["out"]["127.0.0.1"]
                    ask(b"/http/web/\(nginx.port)/", 200, 300)
                    ask(b"/spool/out/80", 503, 200)
                    ask(b"/tcp/gone/\(port)", 503, 2)
                    ask(b"/spool/up/80", 200, 100)
                counts = get(b"/status/count")
                assert counts == {"service_access_counts": {
                    "web": {"127.0.0.1": 300}, "out": {"127.0.0.1": before + 200}, "gone": {"127.0.0.1": 2},
                    "up": {"127.0.0.1": 100}}}, counts
                status = get(b"/status")
                assert status["cache"] == {
                    "expirations": 0, "sets": 2, "gets": 302, "hits": 300, "misses": 2}, status
                assert 0 < status["uptime"] < 60, status
                recent = get(b"/recent")
                assert recent["threshold_seconds"] == 600
                assert recent == get(b"/recent?threshold=600")
                seen = {name: (last["code"], last["remote_ip"]) for name, last in recent["seen_services"]}
                assert seen == {"gone": (503, "127.0.0.1"), "out": (503, "127.0.0.1"),
                                "up": (200, "127.0.0.1"), "web": (200, "127.0.0.1")}, seen
                for _, last in recent["seen_services"]:
                    assert begun - 1 < last["ts"] < time.time() + 1, last
                while get(b"/recent?threshold=1")["seen_services"]:
                    time.sleep(0.05)
                for text in b"x", b"-1", b"1e3", b"", b"99999999999999999999", b"%31%20":
                    path = b"/recent?threshold=" + text
                    status, _, body, _ = exchange(b"GET " + path + b" HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                    assert status == 400 and body, (text, status, body)
                """)
            #expect(nginx.requests.count == 1)
            let listed = try box.finish([Programs.kapo, "spool", "list", "--port", "\(kapo.port)"])
            #expect(listed.code == 0, "\(listed.errors)")
            let names = listed.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
            #expect(names == ["gone", "out", "up", "web"], "\(listed.output)")
        }
    }

    @Test("metrics have the checks by protocol and result, the cache, and what is down; Kapo is ready all the time")
    func metrics() throws {
        try Sandbox.run { box in
            let silent = try Peer.silent(box)
            let nginx = try Nginx(box, "location / { return 200 fine; }\nlocation /bad { return 500; }")
            let kapo = try box.proxy("cache_time: 600\nhealthcheck_timeout: 1")
            for path in ["http/web/\(nginx.port)/", "http/web/\(nginx.port)/bad", "tcp/web/\(nginx.port)"] {
                for _ in 0..<3 { _ = try kapo.check("/\(path)") }
            }
            #expect(try kapo.check("/smtp/mail/\(silent.port)").isTimedOut)
            try box.hadown("web", ["--service-port", "8080", "--reason", "a \"b\" \\"])
            try box.hadown("all", ["--reason", "reboot"])
            var metrics = ""
            try eventually("two downtimes: \(metrics)") {
                metrics = try kapo.get("/metrics")
                return metrics.contains("\nkapo_proxy_spool_entries 2\n")
            }
            let expected = [
                #"checks_total{protocol="http",result="passed"} 1"#,
                #"checks_total{protocol="http",result="failed"} 1"#,
                #"checks_total{protocol="tcp",result="passed"} 1"#,
                #"checks_total{protocol="smtp",result="timeout"} 1"#,
                #"checks_total{protocol="mysql",result="passed"} 0"#, #"cache_requests_total{result="hit"} 6"#,
                #"cache_requests_total{result="miss"} 4"#, "cached_answers 4", "checks_running 0", "checks_waiting 0",
                #"spool_down{service="web",port="8080"} 1"#, #"spool_down{service="all"} 1"#,
                #"check_duration_seconds_count{protocol="http"} 2"#,
                #"check_duration_seconds_bucket{protocol="http",le="+Inf"} 2"#,
            ]
            for line in expected { #expect(metrics.contains("\nkapo_proxy_\(line)\n"), "\(line) in \(metrics)") }
            // The time-out was one second.
            #expect(metrics.contains(/kapo_proxy_check_duration_seconds_sum\{protocol="smtp"\} 1\.\d+\n/))
            for path in ["/livez", "/readyz", "/healthz"] { #expect(try kapo.check(path) == Verdict(200, "ok")) }
            #expect(try kapo.check("/http/web/80").status == 503)
        }
    }

    @Test("an event tells what is down as soon as it is, and when it is no more")
    func events() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            let listener = try box.start(["curl", "--silent", "--no-buffer", "http://127.0.0.1:\(kapo.port)/events"])
            try listener.waitForOutput(containing: "data: []\n")
            try box.hadown("web", ["--service-port", "8080", "--reason", "new disk"])
            try listener.waitForOutput(
                containing: #"data: [{"Service":"web","Host":null,"Port":8080,"State":"down","Reason":"new disk""#)
            #expect(try kapo.get("/").hasPrefix(#"[{"Service":"web","Host":null,"Port":8080,"State":"down""#))
            try box.haup("web", ["--service-port", "8080"])
            try eventually("an empty spool: \(listener.output)") { listener.output.hasSuffix("data: []\n\n") }
            #expect(try kapo.get("/") == "[]\n")
        }
    }
}

import Testing

/// What a proxy tells of itself, read by others than Kapo. It asks itself: no other server is needed here.
@Suite struct ProxyMetricsTests {
    private static func proxy(_ box: Sandbox) throws -> Kapo {
        try box.kapo(
            box.start([Programs.kapo, "proxy", "-p", "0", "-B", "127.0.0.1", "--spool-root", box.path("spool")]))
    }

    @Test("promtool and a real parser read the metrics of a proxy, before a check and behind some, and they are true")
    func metrics() throws {
        try Sandbox.run { box in
            let kapo = try Self.proxy(box)
            try box.checkMetrics(of: kapo)
            for _ in 0..<3 { #expect(try kapo.ask("/tcp/web/\(kapo.port)").status == 200) }
            #expect(try kapo.ask("/http/web/\(kapo.port)/livez").status == 200)
            #expect(try kapo.ask("/mysql/db/\(kapo.port)").status == 500)
            let down = try box.finish(
                [
                    Programs.kapo, "spool", "down", "--spool-root", box.path("spool"), "-r", "a \"test\"", "-P", "80",
                    "api",
                ])
            #expect(down.code == 0, "\(down.errors)")
            let samples = try kapo.metrics("the downtime") { try $0("kapo_proxy_spool_entries") == 1 }
            for (name, passed, failed) in [("tcp", 1.0, 0.0), ("http", 1, 0), ("mysql", 0, 1), ("smtp", 0, 0)] {
                #expect(try samples("kapo_proxy_checks_total{protocol=\"\(name)\",result=\"passed\"}") == passed)
                #expect(try samples("kapo_proxy_checks_total{protocol=\"\(name)\",result=\"failed\"}") == failed)
                try Self.expectHistogram(samples, name, count: passed + failed)
            }
            #expect(try samples("kapo_proxy_cache_requests_total{result=\"hit\"}") == 2)
            #expect(try samples("kapo_proxy_cache_requests_total{result=\"miss\"}") == 3)
            #expect(try samples("kapo_proxy_cached_answers") == 3)
            #expect(try samples("kapo_proxy_spool_down{service=\"api\",port=\"80\"}") == 1)
            #expect(try samples("kapo_proxy_checks_running") == 0 && samples("kapo_proxy_checks_waiting") == 0)
            try box.checkMetrics(of: kapo)
        }
    }

    /// Buckets that only grow, and the last of which is the count.
    private static func expectHistogram(_ samples: Samples, _ name: String, count: Double) throws {
        let start = "kapo_proxy_check_duration_seconds"
        let bounds = ["0.001", "0.005", "0.025", "0.1", "0.5", "1.0", "5.0", "10.0", "+Inf"]
        let values = try bounds.map { try samples("\(start)_bucket{protocol=\"\(name)\",le=\"\($0)\"}") }
        #expect(values == values.sorted() && values.last == count, "\(name): \(values)")
        #expect(try samples("\(start)_count{protocol=\"\(name)\"}") == count)
        #expect(try (samples("\(start)_sum{protocol=\"\(name)\"}") > 0) == (count > 0))
    }

    @Test("hacheck's pages are what Python's json writes, byte for byte, with what was asked for")
    func pages() throws {
        try Sandbox.run { box in
            let kapo = try Self.proxy(box)
            for _ in 0..<3 { _ = try kapo.ask("/spool/web/0") }
            _ = try kapo.ask("/tcp/api/\(kapo.port)")
            try box.client(
                of: kapo,
                """
                def page(path):
                    status, headers, body, _ = exchange(
                        f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n".encode())
                    assert status == 200 and headers["content-type"] == "application/json", (status, headers)
                    value = json.loads(body)
                    assert json.dumps(value).encode() == body.rstrip(b"\\n"), body
                    return value

                recent = page("/recent")
                assert recent["threshold_seconds"] == 600, recent
                (api, api_last), (web, web_last) = recent["seen_services"]
                assert (api, web) == ("api", "web"), recent
                for last in api_last, web_last:
                    assert last["code"] == 200 and last["remote_ip"] == "127.0.0.1", recent
                    assert abs(last["ts"] - time.time()) < 600, recent
                assert page("/recent?threshold=1000000000&x=y")["threshold_seconds"] == 1000000000
                status = page("/status")
                assert status["cache"] == {"expirations": 0, "sets": 1, "gets": 1, "hits": 0, "misses": 1}, status
                assert status["uptime"] > 0 and status["queue"] == {"running": 0, "waiting": 0}, status
                counts = page("/status/count")
                assert counts == {"service_access_counts": {"api": {"127.0.0.1": 1}, "web": {"127.0.0.1": 3}}}, counts
                for path in "/recent?threshold=x", "/recent?threshold=-1", "/recent?threshold=1.5":
                    status, _, body, _ = exchange(
                        f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n".encode())
                    assert status == 400 and b"threshold" in body, (path, status, body)
                """)
        }
    }
}

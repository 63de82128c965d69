import Testing

@testable import Document

@Suite("What hacheck tells of itself")
struct ProxyPagesTests {
    @Test("the services that were asked for, by name, as Python writes JSON")
    func recent() {
        let seen: [ProxyPages.Seen] = [
            .init(service: "web", code: 200, client: "127.0.0.1", time: 1_435_694_078_778_886_123),
            .init(service: "api", code: 503, client: "2001:db8::1", time: 1_435_694_078_000_000_000),
            .init(service: "Web", code: 0, client: "", time: 0),
        ]
        #expect(
            text(ProxyPages.recent(seen, thresholdSeconds: 600))
                == """
                {"seen_services": [["Web", {"code": 0, "remote_ip": "", "ts": 0.0}], \
                ["api", {"code": 503, "remote_ip": "2001:db8::1", "ts": 1435694078.0}], \
                ["web", {"code": 200, "remote_ip": "127.0.0.1", "ts": 1435694078.778886}]], "threshold_seconds": 600}
                """)
        #expect(
            text(ProxyPages.recent([], thresholdSeconds: 0)) == #"{"seen_services": [], "threshold_seconds": 0}"#)
    }

    @Test("the cache by hacheck's names, the uptime, and the checks that run and wait")
    func status() {
        var cache = ProxyCache()
        (cache.expirations, cache.sets, cache.gets, cache.hits, cache.misses) = (1, 2, 3, 4, .max)
        #expect(
            text(ProxyPages.status(cache, uptime: 12_345_678_999, running: 5, waiting: 6))
                == """
                {"cache": {"expirations": 1, "sets": 2, "gets": 3, "hits": 4, "misses": 18446744073709551615}, \
                "uptime": 12.345678, "queue": {"running": 5, "waiting": 6}}
                """)
        #expect(
            text(ProxyPages.status(ProxyCache(), uptime: 0, running: 0, waiting: 0))
                == """
                {"cache": {"expirations": 0, "sets": 0, "gets": 0, "hits": 0, "misses": 0}, "uptime": 0.0, \
                "queue": {"running": 0, "waiting": 0}}
                """)
    }

    @Test("how often each client has asked for each service, both by name")
    func counts() {
        let services: [(service: String, clients: [(client: String, count: UInt64)])] = [
            ("web", [("::1", 2), ("127.0.0.1", 12), ("others", 1)]), ("api", []), ("a.b-c_d", [("", .max)]),
        ]
        #expect(
            text(ProxyPages.counts(services))
                == """
                {"service_access_counts": {"a.b-c_d": {"": 18446744073709551615}, "api": {}, \
                "web": {"127.0.0.1": 12, "::1": 2, "others": 1}}}
                """)
        #expect(text(ProxyPages.counts([])) == #"{"service_access_counts": {}}"#)
    }
}

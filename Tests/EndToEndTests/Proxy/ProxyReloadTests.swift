import Glibc
import Testing

/// The file is read again on HUP.
@Suite struct ProxyReloadTests {
    @Test("HUP reads the file again: what it says now is what is done, and clients notice nothing else")
    func reload() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 fine; }")
            let kapo = try box.proxy("cache_time: 600")
            let web = "/http/web/\(nginx.port)/"
            for _ in 0..<2 { #expect(try kapo.check(web) == Verdict(200, "fine")) }
            #expect(nginx.requests.count == 1)
            try box.prepareProxy("cache_time: 0\nservice_name_header: X-Service-Name\nallow_remote_spool_changes: true")
            kapo.process.signal(SIGHUP)
            try eventually("a service that is told its name; \(kapo.log)") {
                _ = try kapo.check(web)
                return nginx.requests.last?.contains("service[web]") == true
            }
            let count = nginx.requests.count
            for _ in 0..<2 { #expect(try kapo.check(web) == Verdict(200, "fine")) }
            #expect(nginx.requests.count == count + 2)
            #expect(try kapo.ask("/spool/web/80/status", ["--data", "status=down&reason=a"]).status == 200)
            // What is left out is as it is by default again.
            try box.prepareProxy("cache_time: 0")
            kapo.process.signal(SIGHUP)
            try eventually("no more changes") {
                try kapo.ask("/spool/web/80/status", ["--data", "status=up"]).status == 403
            }
        }
    }

    @Test("a file with a mistake leaves everything as it was, and the log says where the mistake is")
    func mistakes() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 fine; }")
            let kapo = try box.proxy("cache_time: 600\nservice_name_header: X-Service-Name")
            let web = "/http/web/\(nginx.port)/"
            #expect(try kapo.check(web) == Verdict(200, "fine"))
            let file = box.path("proxy.yml")
            let mistakes = [
                ("cache_time: soon", "1:13"), ("cache_time: 0\nallowed_targets:\n  - 10.0.0.0/8\n  - nobody", "4:5"),
                ("cache_time: [", "2:1"), ("cache_time: 0\n  max_clients: 5", "2:14"),
                ("cache_time: 0\nverify: perhaps", "2:9"),
                ("cache_time: 0\nremote_spool_from: [10.0.0.0/33]", "2:21"), ("cache_time: 0\ncache_time: 5", "2:1"),
            ]
            for (text, place) in mistakes {
                try box.prepareProxy(text)
                kapo.process.signal(SIGHUP)
                try kapo.process.waitForErrors(containing: "\(file):\(place)")
                #expect(try kapo.check(web) == Verdict(200, "fine"))
                let outcome = try box.finish(box.proxyWords)
                #expect(outcome.ending == .code(1) || outcome.ending == .code(64) || outcome.ending == .code(78))
                #expect(outcome.errors.contains("\(file):\(place)"), "\(outcome.errors)")
            }
            #expect(unsafe unlink(file) == 0)
            kapo.process.signal(SIGHUP)
            try kapo.process.waitForErrors(containing: "no such file or directory")
            #expect(try kapo.check(web) == Verdict(200, "fine"))
            #expect(nginx.requests.count == 1, "the cache is as it was")
        }
    }

    @Test("an unknown key is told once, with its place, and the rest of the file counts")
    func unknownKeys() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 fine; }")
            let kapo = try box.proxy("cache_time: 600\ncache_tyme: 5\nextra:\n  deep: [1, 2]")
            try kapo.process.waitForErrors(containing: "extra")
            for key in ["cache_tyme", "extra"] {
                #expect(kapo.log.split(separator: "\n").filter { $0.contains(key) }.count == 1, "\(kapo.log)")
            }
            #expect(kapo.log.contains("\(box.path("proxy.yml")):2:1"), "\(kapo.log)")
            for _ in 0..<3 { #expect(try kapo.check("/http/web/\(nginx.port)/") == Verdict(200, "fine")) }
            #expect(nginx.requests.count == 1)
        }
    }

    @Test("a log file that was rotated is opened again by HUP")
    func rotated() throws {
        try Sandbox.run { box in
            let log = box.path("proxy.log")
            try box.prepareProxy("log_path: \(log)")
            let process = try box.start(box.proxyWords)
            let port = try eventually("a port; \(process.errors)") { Kapo.port(in: Files.text(log)) }
            #expect(port > 0)
            #expect(unsafe rename(log, "\(log).1") == 0)
            try eventually("a new log") {
                process.signal(SIGHUP)
                return Files.exists(log)
            }
            process.signal(SIGTERM)
            #expect(try process.wait() == .code(0))
        }
    }
}

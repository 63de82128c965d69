import Glibc
import Testing

/// Both formats of `/metrics`, read by programs that others wrote.
@Suite struct MetricsAnswerTests {
    private let worker = "\(Repository.root)/examples/worker.sh"

    @Test("kapo run: a command that runs, with all that can be told of it, and one that has ended")
    func run() throws {
        try Sandbox.run { box in
            let words = ["--stdout", "--stderr", "run", "--ttl", "600", "--wait", "600", "--", worker]
            let kapo = try box.kapo(words)
            try kapo.entry("running") { $0.Status == "running" }
            #expect(try kapo.metrics().values["kapo_command_ttl_remaining_seconds"] != nil)
            try box.checkMetrics(of: kapo)

            kill(try kapo.entry().PID, SIGKILL)
            try kapo.entry("killed") { $0.Status == "killed" }
            let names = try kapo.metrics().names
            #expect(names.contains("kapo_last_signal"))
            #expect(!names.contains("kapo_command_ttl_remaining_seconds"))
            #expect(!names.contains("kapo_command_uptime_seconds"))
            #expect(!names.contains("kapo_command_resident_memory_bytes"))
            try box.checkMetrics(of: kapo)
        }
    }

    @Test("kapo supervise after restarts")
    func supervise() throws {
        try Sandbox.run { box in
            // The fourth run stays, so that two scrapes tell of the same.
            let script =
                "cd '\(box.directory)'; echo run | tee -a runs; [ $(wc -l <runs) -gt 3 ] && exec sleep 600; exit 3"
            let kapo = try box.kapo(["-S", "supervise", "--wait", "0.05", "sh", "-c", script])
            try kapo.metrics("three restarts") { try $0("kapo_restarts_total") == 3 && $0("kapo_up") == 1 }
            try kapo.entry("the run that stays") { ProcessTable.commandLine($0.PID) == "sleep 600" }
            try box.checkMetrics(of: kapo)
        }
    }

    @Test("kapo watch: nobody, one process, several")
    func watch() throws {
        try Sandbox.run { box in
            let name = "sleeper-\(box.identity)"
            #expect(try box.finish(["cp", "/bin/sleep", box.path(name)]).code == 0)
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            for count in 0...3 {
                try kapo.metrics("\(count) processes") { try $0("kapo_processes") == Double(count) }
                try box.checkMetrics(of: kapo)
                _ = try box.start([box.path(name), "600"])
            }
        }
    }

    @Test(
        "a command of any name is a label that is read as it was written",
        arguments: [
            #"qu"ote"#, #"back\slash"#, #"\n"#, "new\nline", "{a=\"b\"} 1", "naïve 日本", "# EOF", "tab\tand\rcr",
        ])
    func names(_ name: String) throws {
        try Sandbox.run { box in
            let program = box.path("program")
            let path = "\(box.directory)/\(name)"
            #expect(try box.finish(["cp", "/bin/sleep", program]).code == 0)
            #expect(try box.finish(["mv", program, path]).code == 0)
            let kapo = try box.kapo(["run", path, "600"])
            try box.checkMetrics(of: kapo)
            let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            // By scalars: a carriage return and what stands behind it may be one Character.
            let label = "kapo_command_info{command=\"\(escaped)\",mode=\"run\"} 1\n"
            let text = try box.finish(
                ["curl", "--silent", "--noproxy", "*", "http://127.0.0.1:\(kapo.port)/metrics"]
            ).output
            #expect(Array(text.utf8).firstRange(of: Array(label.utf8)) != nil, "\(text)")
        }
    }

    @Test("the answer is one like all others, and never one that was given before")
    func answer() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let text = try kapo.ask("/metrics")
            #expect(text.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(text.headers["cache-control"] == "no-store")
            let openMetrics = try kapo.ask("/metrics?a=b", ["--header", "accept: application/openmetrics-text"])
            #expect(
                openMetrics.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(openMetrics.body.hasSuffix("\n# EOF\n"))
            #expect(try kapo.ask("/metrics", ["--head"]).body == "")
            #expect(try kapo.ask("/metrics", ["--request", "OPTIONS"]).headers["allow"] == "GET, HEAD, OPTIONS")
            #expect(try kapo.ask("/metrics", ["--request", "POST"]).status == 405)

            // The same bytes, many times within a second: each answer has counted the one before.
            var accepted: Set<Double> = []
            for _ in 0..<10 { accepted.insert(try kapo.metrics()("kapo_http_connections_accepted_total")) }
            #expect(accepted.count == 10)
        }
    }

    @Test("requests are counted by path, those that are answered from memory too, and nothing else names a path")
    func requests() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            for _ in 0..<3 { _ = try kapo.metrics() }
            for _ in 0..<5 { _ = try kapo.get("/") }
            for _ in 0..<2 { _ = try kapo.get("/any\"thing?a=b") }
            _ = try kapo.get("/debug/vars")
            let samples = try kapo.metrics()
            #expect(try samples("kapo_http_requests_total{path=\"*\"}") == 7)
            // With this one or without: that depends on when it is counted.
            #expect((3...4).contains(try samples("kapo_http_requests_total{path=\"/metrics\"}")))
            #expect(try samples("kapo_http_requests_total{path=\"/debug/vars\"}") == 1)
            let paths = samples.values.keys.filter { $0.hasPrefix("kapo_http_requests_total") }
            #expect(!paths.contains { $0.contains("any") }, "a client must not make series")
        }
    }
}

import FoundationEssentials
import Glibc
import Testing

/// A real Prometheus that scrapes real Kapos, with the configuration and the rules of examples/.
@Suite struct PrometheusTests {
    private let worker = "\(Repository.root)/examples/worker.sh"

    @Test("Prometheus reads both formats, and knows of restarts, of the state and of a command that is down")
    func scrapes() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.1", "--", worker])
            let down = try box.kapo(["supervise", "--wait", "600", "--", worker])
            let relay = try TextRelay(to: kapo.port, in: box)
            let targets = [kapo.port, relay.port, down.port].map { "127.0.0.1:\($0)" }
            let prometheus = try Prometheus(targets: targets, in: box)
            for target in targets {
                try prometheus.wait(for: "up", on: target, toBe: "1")
                try prometheus.wait(for: "kapo_up", on: target, toBe: "1")
                try prometheus.wait(for: "kapo_restarts_total", on: target, toBe: "0")
            }

            kill(try kapo.entry().PID, SIGKILL)
            kill(try down.entry().PID, SIGKILL)
            for target in targets[..<2] {
                try prometheus.wait(for: "kapo_restarts_total", on: target, toBe: "1")
                try prometheus.wait(for: "kapo_last_signal", on: target, toBe: "\(SIGKILL)")
                try prometheus.wait(for: #"kapo_state{state="running"}"#, on: target, toBe: "1")
            }
            try prometheus.wait(for: "kapo_up", on: targets[2], toBe: "0")
            try prometheus.wait(
                for: #"ALERTS{alertname="KapoCommandDown", alertstate="pending"}"#, on: targets[2], toBe: "1")

            // The family of a counter is called differently in the two formats, and only OpenMetrics has units.
            #expect(try prometheus.metadata("kapo_restarts", of: targets[0])?.type == "counter")
            #expect(try prometheus.metadata("kapo_restarts_total", of: targets[0]) == nil)
            #expect(try prometheus.metadata("kapo_command_uptime_seconds", of: targets[0])?.unit == "seconds")
            #expect(try prometheus.metadata("kapo_restarts_total", of: targets[1])?.type == "counter")
            #expect(try prometheus.metadata("kapo_command_uptime_seconds", of: targets[1])?.unit == "")
            #expect(prometheus.process.isRunning)
            #expect(!prometheus.process.errors.contains("level=error"), "\(prometheus.process.errors)")
        }
    }

    @Test("promtool accepts the configuration and the rules, and the rules' own tests pass")
    func examples() throws {
        try Sandbox.run { box in
            let folder = "\(Repository.root)/examples"
            for words in [
                ["check", "config", "\(folder)/prometheus.yml"], ["check", "rules", "\(folder)/kapo-alerts.yml"],
                ["test", "rules", "\(folder)/kapo-alerts-test.yml"],
            ] {
                let outcome = try box.promtool(words)
                #expect(outcome.code == 0, "\(words): \(outcome.output) \(outcome.errors)")
                #expect(outcome.output.contains("SUCCESS"))
            }
            // Each alert has a case in which it fires.
            let alerts = Repository.text("examples/kapo-alerts.yml").matches(of: /- alert: (\w+)/).map { $0.1 }
            #expect(alerts.count == 4)
            let tests = Repository.text("examples/kapo-alerts-test.yml")
            for alert in alerts { #expect(tests.contains("alertname: \(alert)\n        exp_alerts:"), "\(alert)") }
        }
    }

    @Test("the metrics that the alerts and their tests name are there")
    func alertNames() throws {
        try Sandbox.run { box in
            let real = try box.allMetrics()
            for file in ["examples/kapo-alerts.yml", "examples/kapo-alerts-test.yml"] {
                let named = Set(Repository.text(file).matches(of: /\bkapo_[a-z_]+/).map { String($0.0) })
                #expect(named.count >= 4)
                #expect(named.subtracting(real.keys) == [], "\(file)")
            }
        }
    }

    @Test("docs/metrics.md has each metric that there is, with its type and unit, and no other")
    func documentation() throws {
        try Sandbox.run { box in
            let real = try box.allMetrics()
            let rows = Repository.text("docs/metrics.md").matches(
                of: /(?m)^\| `(kapo_\w+)(\{[^}]*\})?` \| (\w+) \| (\w*) ?\|/)
            let documented = Dictionary(rows.map { (String($0.1), String($0.3)) }) { first, _ in first }
            #expect(documented.count == rows.count)
            // The one that is there with services only.
            #expect(documented == real.merging(["kapo_services": "gauge"]) { first, _ in first })
            for row in rows {
                let base = row.1.hasSuffix("_total") ? row.1.dropLast(6) : row.1
                let unit = ["seconds", "bytes"].first { base.hasSuffix("_\($0)") } ?? ""
                #expect(row.4 == unit, "\(row.1)")
            }
        }
    }
}

extension Sandbox {
    /// The type of every metric that there can be, by its name.
    fileprivate func allMetrics() throws -> [String: String] {
        let worker = "\(Repository.root)/examples/worker.sh"
        let running = try kapo(["--stdout", "--stderr", "run", "--ttl", "600", "--", worker])
        let restarted = try kapo(["supervise", "--wait", "0.1", "sh", "-c", "exit 3"])
        try restarted.metrics("a restart") { try $0("kapo_restarts_total") >= 1 }
        let proxy = try proxy()
        try hadown("web")
        try proxy.metrics("a downtime") { $0.values["kapo_proxy_spool_down{service=\"web\"}"] == 1 }
        let all = try [running, restarted, proxy].map { try $0.metrics().types }
        return all.reduce(into: [:]) { types, more in
            types.merge(more) { one, other in
                #expect(one == other)
                return one
            }
        }
    }
}

/// A Prometheus with the configuration of examples/prometheus.yml, but for targets and intervals.
private final class Prometheus {
    let process: Running
    private let port: Int
    private unowned let box: Sandbox

    init(targets: [String], in box: Sandbox) throws {
        self.box = box
        let list = targets.map { "          - \($0)\n" }.joined()
        let configuration = Repository.text("examples/prometheus.yml")
            .replacing(/_interval: 15s/, with: "_interval: 200ms")
            .replacing(/( {10}- \S+:6666\n)+/, with: list)
        for target in targets { #expect(configuration.contains(target)) }
        try Files.write(box.path("prometheus.yml"), configuration.utf8)
        try Files.write(box.path("kapo-alerts.yml"), Repository.text("examples/kapo-alerts.yml").utf8)
        process = try box.start([
            "prometheus", "--config.file=\(box.path("prometheus.yml"))", "--storage.tsdb.path=\(box.path("data"))",
            "--web.listen-address=127.0.0.1:0",
        ])
        let log = try process.waitForErrors(containing: "Server is ready to receive web requests")
        let match = try #require(log.firstMatch(of: /msg="Listening on" address=127\.0\.0\.1:(\d+)/), "\(log)")
        port = try #require(Int(match.1))
    }

    private struct Response<Content: Decodable>: Decodable {
        var status: String
        var data: Content
    }

    private struct Query: Decodable {
        /// The time, and the number as text.
        struct Value: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                _ = try values.decode(Double.self)
                text = try values.decode(String.self)
            }
        }

        struct Result: Decodable {
            var metric: [String: String]
            var value: Value
        }

        var result: [Result]
    }

    struct Metadata: Decodable {
        var type: String
        var unit: String
    }

    /// Waits until the selector has that value for that target, and for it only once.
    func wait(for selector: String, on target: String, toBe value: String) throws {
        var last: [String] = []
        try eventually(
            "\(selector) of \(target) is \(last), not \(value); \(process.errors)", within: patience + .seconds(10),
            that: {
                let query: Query = try ask("query", ["query": selector])
                last = query.result.filter { $0.metric["instance"] == target }.map(\.value.text)
                return last == [value]
            })
    }

    /// What Prometheus knows of the family of that name, from scrapes of that target.
    func metadata(_ name: String, of target: String) throws -> Metadata? {
        let all: [Metadata] = try ask(
            "targets/metadata", ["match_target": "{instance=\"\(target)\"}", "metric": name])
        #expect(all.count <= 1)
        return all.first
    }

    private func ask<Content: Decodable>(_ path: String, _ parameters: [String: String]) throws -> Content {
        let words = parameters.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
        let outcome = try box.finish(
            ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "15", "--get"] + words
                + ["http://127.0.0.1:\(port)/api/v1/\(path)"])
        // No metadata is an error in this API, and no data.
        if Content.self == [Metadata].self, outcome.output.contains("\"errorType\":\"not_found\""),
            let none = [Metadata]() as? Content
        {
            return none
        }
        do {
            return try JSONDecoder().decode(Response<Content>.self, from: Data(outcome.output.utf8)).data
        } catch {
            throw HarnessError("Prometheus: \(outcome.output) \(outcome.errors): \(error)")
        }
    }
}

/// Stands between Prometheus and a Kapo and asks for text, as a Prometheus that is told to by `scrape_protocols` does;
/// that of Debian 12 cannot be told.
private final class TextRelay {
    let port: Int

    init(to kapo: Int, in box: Sandbox) throws {
        let process = try box.start(["python3", "-u", "-c", Self.script, "\(kapo)"])
        let output = try process.waitForOutput(containing: "\n")
        port = try #require(Int(output.filter(\.isNumber)))
    }

    private static let script = """
        import http.server, sys, urllib.request
        class Relay(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                assert self.headers["Accept"].startswith("application/openmetrics-text"), self.headers
                request = urllib.request.Request(
                    f"http://127.0.0.1:{sys.argv[1]}{self.path}",
                    headers={"Accept": "text/plain;version=0.0.4;q=0.5,*/*;q=0.4"})
                with urllib.request.urlopen(request, timeout=15) as answer:
                    body = answer.read()
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        sys.stdout.write(f"{server.server_address[1]}\\n")
        server.serve_forever()
        """
}

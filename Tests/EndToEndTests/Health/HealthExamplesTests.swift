import Glibc
import Testing

/// Kapo's paths and ports as examples and manual have them.
@Suite struct HealthExamplesTests {
    @Test("the Pod's probes ask paths of Kapo on the port that it listens on, and its command line is one of Kapo's")
    func pod() throws {
        try Sandbox.run { box in
            let pod = try facts(box, "examples/kubernetes.yaml")
            #expect(pod["kind"] == "Pod" && pod["liveness"] == "/livez 6666" && pod["readiness"] == "/readyz 6666")
            let command = try #require(pod["command"]).split(separator: " ").map(String.init)
            #expect(command.first == "/kapo" && command.last == "/worker")
            let drain = try #require(command.firstIndex(of: "--drain").flatMap { Int(command[$0 + 1]) })
            #expect(try #require(pod["grace"].flatMap { Int($0) }) > drain)
            // The worker serves where --ready looks for it.
            #expect(command.contains("tcp:8080") && pod["ports"] == "8080 6666")

            // Nothing serves on 8080 here, so the worker is ready by being started.
            let words = command.dropFirst().dropLast().map { $0 == "tcp:8080" ? "started" : $0 }
            let kapo = try box.kapoWithAgent(words + ["\(Repository.root)/examples/worker.sh"])
            try box.expectReady(kapo)
            #expect(try kapo.stop(SIGINT) == .code(0))
        }
    }

    @Test("the manual shows the probes of the example")
    func snippets() throws {
        let example = Repository.text("examples/kubernetes.yaml").split(separator: "\n")
            .map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("#") }.joined(separator: "\n")
        let page = Repository.text("docs/health.md")
        let snippet = try #require(page.firstMatch(of: /```yaml\n([^`]*)```/)).1
        #expect(snippet.contains("livenessProbe"))
        let lines = snippet.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
        #expect(example.contains(lines))
        for line in Repository.text("examples/haproxy-agent.cfg").split(separator: "\n") {
            let words = line.drop { $0 == " " }
            if words.contains("agent-port 6667 agent-inter") { #expect(page.contains("\n\(words)\n")) }
        }
    }

    @Test("the table of states has every reason, and the agent's line for it")
    func table() {
        let page = Repository.text("docs/health.md")
        for why in ["starting", "paused", "stopping", "stopped", "killed", "waiting"] {
            #expect(page.contains("`down #\(why)`") && page.contains("503 `"), "\(why)")
        }
        for why in ["stopped", "killed", "failed", "not running"] {
            #expect(page.contains("`stopped #\(why)`"), "\(why)")
        }
        #expect(page.contains("| `drain` |") && page.contains("| `up ready` |"))
    }

    /// What python finds in a Pod's YAML, by name.
    private func facts(_ box: Sandbox, _ path: String) throws -> [String: String] {
        let outcome = try box.python(
            """
            import sys, yaml
            with open(sys.argv[1]) as file:
                pod = yaml.safe_load(file)
            container, = pod["spec"]["containers"]
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            def probe(name):
                get = container[name]["httpGet"]
                return f"{get['path']} {ports[get['port']]}"
            print("kind:" + pod["kind"])
            print("liveness:" + probe("livenessProbe"))
            print("readiness:" + probe("readinessProbe"))
            print("command:" + " ".join(container["command"] + container["args"]))
            print("ports:" + " ".join(map(str, ports.values())))
            print("grace:" + str(pod["spec"]["terminationGracePeriodSeconds"]))
            """, ["\(Repository.root)/\(path)"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let pairs = outcome.output.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 1).map(String.init)
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }
}

import Glibc
import Testing

/// A real HAProxy with examples/haproxy-agent.cfg, whose servers change their state by what Kapo tells.
@Suite struct HealthHAProxyTests {
    @Test("UP, DRAIN on TERM, DOWN when Kapo has gone, UP with the next one; /readyz alone says UP and DOWN")
    func life() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["supervise", "--drain", "600", "sleep", "600"])
            let ports = ["--port", "\(kapo.port)", "--agent-port", "\(kapo.agentPort)"]
            let haproxy = try AgentHAProxy(checking: kapo, in: box)
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            try haproxy.wait(until: "ready", is: "UP")

            kapo.process.signal(SIGTERM)
            try haproxy.wait(until: "agent", is: "DRAIN", agent: "CHECKED")
            try haproxy.wait(until: "ready", is: "DOWN", check: "L7STS")
            #expect(try haproxy.field("check_status", of: "agent").hasSuffix("L7OK"), "/livez is fine meanwhile")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            try haproxy.wait(until: "agent", is: "DOWN", check: "L4CON")

            let next = try box.kapo(ports + ["supervise", "sleep", "600"])
            #expect(next.port == kapo.port)
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            try haproxy.wait(until: "ready", is: "UP")
            #expect(haproxy.changes(of: "agent").suffix(3) == ["drain", "DOWN", "UP"], "\(haproxy.log)")
        }
    }

    @Test("a command that is not ready yet, is paused, or waits for its restart is DOWN, and HAProxy knows why")
    func reasons() throws {
        try Sandbox.run { box in
            let go = box.path("go")
            let script = "until [ -e \(go) ]; do sleep 0.02; done; echo >&3; exec sleep 600"
            let kapo = try box.kapoWithAgent(["supervise", "--wait", "1", "--ready", "fd:3", "sh", "-c", script])
            let haproxy = try AgentHAProxy(checking: kapo, in: box)
            try haproxy.wait(until: "agent", is: "DOWN", agent: "L7STS", because: "starting")
            try haproxy.wait(until: "ready", is: "DOWN", check: "L7STS")
            try Files.write(go, [])
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            try haproxy.wait(until: "ready", is: "UP")

            let pid = try kapo.commandPid()
            kill(pid, SIGSTOP)
            try haproxy.wait(until: "agent", is: "DOWN", agent: "L7STS", because: "paused")
            kill(pid, SIGCONT)
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            kill(pid, SIGKILL)
            try haproxy.wait(until: "agent", is: "DOWN", agent: "L7STS", because: "killed")
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            #expect(try kapo.entry().Restarts == 1)
        }
    }

    @Test("with a health check of /readyz beside the agent check, it is DRAIN first and DOWN then")
    func both() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "--drain", "600", "sleep", "600"])
            let haproxy = try AgentHAProxy(checking: kapo, in: box) {
                $0.replacing("GET /livez", with: "GET /readyz").replacing("fall 2", with: "fall 20")
            }
            try haproxy.wait(until: "agent", is: "UP", agent: "L7OK")
            kapo.process.signal(SIGTERM)
            try haproxy.wait(until: "agent", is: "DRAIN", agent: "CHECKED")
            try haproxy.wait(until: "agent", is: "DOWN", check: "L7STS")
            #expect(haproxy.changes(of: "agent").suffix(2) == ["drain", "DOWN"], "\(haproxy.log)")
        }
    }

    @Test("HAProxy's default method, OPTIONS, asks /readyz as well as GET does")
    func options() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "--drain", "600", "sleep", "600"])
            let haproxy = try AgentHAProxy(checking: kapo, in: box) {
                $0.replacing("GET /readyz", with: "/readyz")
            }
            try haproxy.wait(until: "ready", is: "UP", check: "L7OK")
            kapo.process.signal(SIGTERM)
            try haproxy.wait(until: "ready", is: "DOWN", check: "L7STS")
        }
    }

    @Test("HAProxy accepts the configuration as it stands")
    func configuration() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(["haproxy", "-c", "-f", "\(Repository.root)/examples/haproxy-agent.cfg"])
            #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        }
    }

    @Test("the command line in its first lines is one that Kapo takes")
    func commandLine() throws {
        try Sandbox.run { box in
            let text = Repository.text("examples/haproxy-agent.cfg")
            let line = try #require(text.firstMatch(of: /(?m)^#   kapo --agent-port 6667 (.*) -- worker$/)).1
            let words = line.split(separator: " ").map { $0 == "tcp:8080" ? "started" : String($0) }
            let kapo = try box.kapoWithAgent(words + ["--", "\(Repository.root)/examples/worker.sh"])
            try box.expectReady(kapo)
            #expect(try kapo.stop(SIGINT) == .code(0))
            #expect(text.contains("check port 6666 "))
            #expect(text.contains("agent-check agent-port 6667 "))
        }
    }
}

/// An HAProxy with the configuration of examples/haproxy-agent.cfg, but for addresses and intervals.
private final class AgentHAProxy {
    private let process: Running
    private let socket: String
    private unowned let box: Sandbox

    var log: String { process.errors }

    init(checking kapo: Kapo, in box: Sandbox, _ change: (String) -> String = { $0 }) throws {
        self.box = box
        socket = box.path("haproxy.sock")
        let example = change(Repository.text("examples/haproxy-agent.cfg"))
        let configuration =
            example
            .replacing(/(?m)^global$/, with: "global\n    stats socket \(socket)")
            .replacing(/bind :8000/, with: "bind unix@\(box.path("web.sock"))")
            .replacing(/agent-port 6667 agent-inter 1s/, with: "agent-port \(kapo.agentPort) agent-inter 100ms")
            .replacing(/check port 6666 inter [12]s/, with: "check port \(kapo.port) inter 100ms")
        #expect(configuration.matches(of: /inter 100ms/).count == 3)
        try Files.write(box.path("haproxy.cfg"), configuration.utf8)
        process = try box.start(["haproxy", "-db", "-f", box.path("haproxy.cfg")])
    }

    /// What the server of that backend has become, in order, as the log tells it: `UP`, `DOWN`, `drain`.
    func changes(of backend: String) -> [String] {
        // HAProxy says each twice, as a warning of its own too.
        log.split(separator: "\n").filter { $0.hasPrefix("Server \(backend)/worker ") }
            .compactMap { $0.firstMatch(of: /(?:is (UP|DOWN)|enters (drain))/) }
            .map { String($0.1 ?? $0.2 ?? "") }
            .reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Waits until the server of that backend has this state, the last health check and the last agent check these
    /// results, and the agent gave this reason.
    func wait(
        until backend: String, is state: String, check: String = "", agent: String = "", because reason: String = ""
    ) throws {
        _ = try ask("wait", backend, state, check, agent, reason)
    }

    /// A field of HAProxy's statistics (https://docs.haproxy.org/2.6/management.html#9.1).
    func field(_ name: String, of backend: String) throws -> String {
        try ask("field", backend, name)
    }

    private func ask(_ words: String...) throws -> String {
        let outcome = try box.python(Self.script, [socket] + words, within: patience + .seconds(10))
        guard outcome.code == 0 else {
            throw HarnessError("not \(words): \(outcome.output) \(outcome.errors) \(process.errors)")
        }
        return String(outcome.output.dropLast())
    }

    private static let script = """
        import csv, io, socket, sys, time
        path, what, backend = sys.argv[1:4]
        def ask():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(b'show stat\\n')
                text = b''.join(iter(lambda: s.recv(65536), b'')).decode()
            rows = csv.DictReader(io.StringIO(text[2:]))
            return next(r for r in rows if r['pxname'] == backend and r['svname'] == 'worker')
        if what == 'field':
            print(ask()[sys.argv[4]])
            sys.exit(0)
        state, check, agent, reason = sys.argv[4:]
        deadline = time.monotonic() + 20
        row = {}
        while time.monotonic() < deadline:
            try:
                row = ask()
                if (row['status'].startswith(state) and row['check_status'].endswith(check)
                        and row['agent_status'].endswith(agent) and reason in row['last_agt']):
                    sys.exit(0)
            except OSError:
                pass  # HAProxy has not opened its socket yet.
            time.sleep(0.01)
        print([row.get(name) for name in ('status', 'check_status', 'agent_status', 'last_chk', 'last_agt')])
        sys.exit(1)
        """
}

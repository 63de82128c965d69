import Glibc
import Testing

/// A real HAProxy with examples/haproxy-hacheck.cfg, and a proxy with examples/hacheck.yml, in front of two servers.
@Suite struct ProxyHAProxyTests {
    private static let locations = "location = /health { return 200 fine; }"

    @Test("checks with send-state are UP, DOWN with the reason by hadown, UP again by haup; a port is for its server")
    func checks() throws {
        try Sandbox.run { box in
            let servers = try [Nginx(box, Self.locations), Nginx(box, Self.locations)]
            let kapo = try box.exampleProxy()
            let haproxy = try HacheckHAProxy(checking: servers.map(\.port), through: kapo, in: box)
            for server in ["one", "two"] { try haproxy.wait(until: "web/\(server)", is: "UP", check: "L7OK") }
            #expect(servers.allSatisfy { $0.requests.contains { $0.contains("host[web.example]") } })

            try box.hadown("web", ["--reason", "new disk"])
            for server in ["one", "two"] { try haproxy.wait(until: "web/\(server)", is: "DOWN", check: "L7STS") }
            #expect(try kapo.check("/http/web/\(servers[0].port)/health").text.hasSuffix(": new disk"))
            try box.haup("web")
            for server in ["one", "two"] { try haproxy.wait(until: "web/\(server)", is: "UP", check: "L7OK") }

            try box.hadown("web", ["--service-port", "\(servers[1].port)", "--reason", "leak"])
            try haproxy.wait(until: "web/two", is: "DOWN", check: "L7STS")
            #expect(try haproxy.field("status", of: "web/one").hasPrefix("UP"))
            #expect(try haproxy.field("chkdown", of: "web/one") == "1")
            try box.haup("web", ["--service-port", "\(servers[1].port)"])
            try haproxy.wait(until: "web/two", is: "UP", check: "L7OK")
            // The spool knows the whole host as well.
            try box.hadown("all", ["--reason", "reboot"])
            for server in ["one", "two"] { try haproxy.wait(until: "web/\(server)", is: "DOWN", check: "L7STS") }
            try box.haup("all")
            for server in ["one", "two"] { try haproxy.wait(until: "web/\(server)", is: "UP", check: "L7OK") }
        }
    }

    @Test("a service that fails is DOWN with its own code, and one that is gone with 503")
    func failures() throws {
        try Sandbox.run { box in
            let broken = try Nginx(box, "location = /health { return 500 broken; }")
            let fine = try Nginx(box, Self.locations)
            let kapo = try box.exampleProxy()
            let haproxy = try HacheckHAProxy(checking: [broken.port, fine.port], through: kapo, in: box)
            try haproxy.wait(until: "web/one", is: "DOWN", check: "L7STS")
            #expect(try haproxy.field("check_code", of: "web/one") == "500")
            try haproxy.wait(until: "web/two", is: "UP", check: "L7OK")
            fine.process.signal(SIGTERM)
            #expect(try fine.process.wait() == .code(0))
            // The answer of before is remembered for a while.
            try haproxy.wait(until: "web/two", is: "DOWN", check: "L7STS")
            #expect(try haproxy.field("check_code", of: "web/two") == "503")
        }
    }

    @Test("the agent check says up, down with the reason, and up again, for a port and for the whole service")
    func agent() throws {
        try Sandbox.run { box in
            let servers = try [Nginx(box, Self.locations), Nginx(box, Self.locations)]
            let kapo = try box.exampleProxy()
            let haproxy = try HacheckHAProxy(checking: servers.map(\.port), through: kapo, in: box)
            for server in ["one", "two"] { try haproxy.wait(until: "agent/\(server)", is: "UP", agent: "L7OK") }
            try box.hadown("web", ["--service-port", "\(servers[0].port)", "--reason", "new disk"])
            try haproxy.wait(until: "agent/one", is: "DOWN", agent: "L7STS", because: "new disk")
            #expect(try haproxy.field("status", of: "agent/two").hasPrefix("UP"))
            try box.haup("web", ["--service-port", "\(servers[0].port)"])
            try haproxy.wait(until: "agent/one", is: "UP", agent: "L7OK")
            try box.hadown("web", ["--reason", "leak"])
            for server in ["one", "two"] {
                try haproxy.wait(until: "agent/\(server)", is: "DOWN", agent: "L7STS", because: "leak")
            }
            try box.haup("web")
            for server in ["one", "two"] { try haproxy.wait(until: "agent/\(server)", is: "UP", agent: "L7OK") }
            // These two are told by the first word of the reason.
            for (reason, state) in [("maint: new disk", "MAINT"), ("drain", "DRAIN")] {
                try box.hadown("web", ["--reason", reason])
                for server in ["one", "two"] { try haproxy.wait(until: "agent/\(server)", is: state) }
                try box.haup("web")
                for server in ["one", "two"] { try haproxy.wait(until: "agent/\(server)", is: "UP", agent: "L7OK") }
            }
        }
    }

    @Test("an agent's question that is none is told so, and who does not ask is let go of")
    func questions() throws {
        try Sandbox.run { box in
            let kapo = try box.exampleProxy()
            try box.hadown("web", ["--service-port", "80", "--reason", "one\nline \u{1}"])
            try box.client(
                of: kapo,
                #"""
                agent = \#(kapo.agentPort)
                def ask(question):
                    with socket.create_connection(("127.0.0.1", agent), 15) as client:
                        client.sendall(question)
                        client.settimeout(15)
                        # What is too long is not read to its end, which resets the connection.
                        return read_to_end(client).decode()
                end = time.monotonic() + 15
                while not (line := ask(b"web:80\n")).startswith("down #"):
                    assert time.monotonic() < end, line
                assert line.count("\n") == 1 and "\x01" not in line and "one" in line and "line" in line, line
                for question in b"web:80\r\n", b"web:80/path\n", b"web:80\nother:1\n":
                    assert ask(question) == line, question
                for question in b"web\n", b"web:81\n", b"web:0\n", b"other:80\n":
                    assert ask(question).startswith("up"), question
                for question in [b"\n", b"..\n", b"web:65536\n", b"web:-1\n", b"web:x\n", b":80\n", b"a/../b\n",
                                 b"\0\n", b"\xff\n", b".hidden:80\n", b"w" * 129 + b"\n"]:
                    assert ask(question).startswith(("error", "up")), (question, ask(question))
                assert ask(b"..\n").startswith("error")
                # Too long, and never: the connection ends, and nothing is told.
                begun = time.monotonic()
                assert ask(b"w" * 600) == ask(b"web:80") == ""
                assert time.monotonic() - begun < 14
                """#)
        }
    }
}

extension Sandbox {
    /// A proxy with the configuration of examples/, but for the port of agent checks and how long answers are kept.
    fileprivate func exampleProxy() throws -> Kapo {
        let example = Repository.text("examples/hacheck.yml")
        let configuration = example.replacing("\nagent_port: 3334\n", with: "\nagent_port: 0\n")
            .replacing("\ncache_time: 10\n", with: "\ncache_time: 1\n")
        #expect(configuration != example)
        let kapo = try proxy(configuration)
        try kapo.process.waitForErrors(containing: " for agent checks")
        return kapo
    }
}

/// An HAProxy with the configuration of examples/haproxy-hacheck.cfg, but for addresses and intervals.
private final class HacheckHAProxy {
    private let process: Running
    private let socket: String
    private unowned let box: Sandbox

    /// `ports` are those of the two servers.
    init(checking ports: [Int], through kapo: Kapo, in box: Sandbox) throws {
        self.box = box
        socket = box.path("haproxy.sock")
        let configuration = Repository.text("examples/haproxy-hacheck.cfg")
            .replacing(/(?m)^global$/, with: "global\n    stats socket \(socket)")
            .replacing(/bind :8000/, with: "bind unix@\(box.path("web.sock"))")
            .replacing(/8080/, with: "\(ports[0])").replacing(/8081/, with: "\(ports[1])")
            .replacing(/check port 3333 inter 2s/, with: "check port \(kapo.port) inter 100ms")
            .replacing(/check inter 5s/, with: "check inter 100ms")
            .replacing(/agent-port 3334 agent-inter 1s/, with: "agent-port \(kapo.agentPort) agent-inter 100ms")
        #expect(configuration.matches(of: /inter 100ms/).count == 6)
        try Files.write(box.path("haproxy.cfg"), configuration.utf8)
        process = try box.start(["haproxy", "-db", "-f", box.path("haproxy.cfg")])
    }

    /// Waits until the server, BACKEND/NAME, has this state, the last health check and the last agent check ended with
    /// these results, and the agent gave this reason.
    func wait(
        until server: String, is state: String, check: String = "", agent: String = "", because reason: String = ""
    ) throws {
        _ = try ask("wait", server, state, check, agent, reason)
    }

    /// A field of HAProxy's statistics (https://docs.haproxy.org/2.6/management.html#9.1).
    func field(_ name: String, of server: String) throws -> String { try ask("field", server, name) }

    private func ask(_ words: String...) throws -> String {
        let outcome = try box.python(Self.script, [socket] + words, within: patience + .seconds(10))
        guard outcome.code == 0 else {
            throw HarnessError("not \(words): \(outcome.output) \(outcome.errors) \(process.errors)")
        }
        return String(outcome.output.dropLast())
    }

    private static let script = """
        import csv, io, socket, sys, time
        path, what, server = sys.argv[1:4]
        def ask():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(b'show stat\\n')
                text = b''.join(iter(lambda: s.recv(65536), b'')).decode()
            rows = csv.DictReader(io.StringIO(text[2:]))
            return next(r for r in rows if f"{r['pxname']}/{r['svname']}" == server)
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

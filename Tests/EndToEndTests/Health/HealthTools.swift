import Glibc
import Testing

/// A client in Python that asks for health in every way there is.
enum HealthClient {
    /// What every script begins with, behind the prelude of `PythonClient`.
    static func prelude(agentPort: Int) -> String {
        "agent_port = \(agentPort)\n" + script
    }

    private static let script = #"""
        PATHS = "/livez", "/readyz", "/healthz", "/health"

        def ask(path, method="GET", headers="", version="1.1"):
            """Asks on a connection of its own, to which nothing else may come."""
            request = f"{method} {path} HTTP/{version}\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
            status, headers, body, rest = exchange(request.encode(), head=method == "HEAD")
            assert rest == b"", (path, method, rest)
            return status, headers, body.decode()

        def ask_agent(words=b""):
            """The line of an agent check. A reset is an error."""
            with socket.create_connection(("127.0.0.1", agent_port), 15) as connection:
                connection.sendall(words)
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

        def wait_for(what, condition):
            end = time.monotonic() + 15
            while not condition():
                assert time.monotonic() < end, what
                time.sleep(0.005)

        def expect_ready():
            wait_for("ready", lambda: ask("/readyz")[::2] == (200, "ok"))
            for path in "/livez", "/readyz", "/healthz":
                assert ask(path)[::2] == (200, "ok"), path
            status, headers, body = ask("/health")
            document = json.loads(body)
            assert status == 200 and document["status"] in ("pass", "warn") and "output" not in document, body
            assert document["checks"]["command:readiness"][0]["observedValue"] == "ready", body
            assert "[-]" not in ask("/readyz?verbose")[2] + ask("/livez?verbose")[2]
            assert ask("/readyz?verbose")[2].endswith("\nreadyz check passed\n")
            assert ask_agent() == "up ready\n"
            assert ask("/")[0] == 200

        def expect_not_ready(why, live, part):
            """`part` is the one of /readyz?verbose that fails."""
            wait_for(why, lambda: ask("/readyz")[2] == f"not ready: {why}")
            for path in "/readyz", "/healthz":
                assert ask(path)[::2] == (503, f"not ready: {why}"), path
                assert [line for line in ask(path + "?verbose")[2].split("\n") if not line.startswith("[+]")] == [
                    f"[-]{part} failed: {why}", "readyz check failed", ""], ask(path + "?verbose")
            status, headers, body = ask("/health")
            document = json.loads(body)
            assert status == 503 and document["status"] == "fail", body
            assert document["output"] == f"not ready: {why}", body
            assert document["checks"]["command:readiness"][0]["observedValue"] == why, body
            assert ask("/livez")[::2] == ((200, "ok") if live else (503, f"not live: {why}")), ask("/livez")
            assert ask("/livez?verbose")[2].endswith(f"livez check {'passed' if live else 'failed'}\n")
            line = "drain\n" if why == "draining" else f"{'down' if live else 'stopped'} #{why}\n"
            assert ask_agent() == line, ask_agent()
            # The socket itself is there, and says so as ever.
            assert ask("/")[0] == ask("/any/path")[0] == ask("/", "OPTIONS")[0] == 200


        """#
}

extension Sandbox {
    /// Starts Kapo with a port for agent checks that the kernel chooses.
    func kapoWithAgent(_ words: [String], environment: [String: String?] = [:]) throws -> Kapo {
        let kapo = try kapo(["--agent-port", "0"] + words, environment: environment)
        try kapo.process.waitForErrors(containing: " for agent checks\"\n")
        return kapo
    }

    /// Runs the script behind the preludes as a client of that Kapo; its assertions are expectations of the test.
    @discardableResult
    func healthClient(
        of kapo: Kapo, _ script: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let prelude = HealthClient.prelude(agentPort: kapo.agentPort)
        return try client(of: kapo, prelude + script, sourceLocation: sourceLocation)
    }

    /// Expects that everything says so: that it is ready.
    func expectReady(_ kapo: Kapo, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try healthClient(of: kapo, "expect_ready()", sourceLocation: sourceLocation)
    }

    /// Expects that everything says so: that it is not ready, and why; `part` is the one that fails.
    func expectNotReady(
        _ kapo: Kapo, _ why: String, live: Bool, part: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try healthClient(
            of: kapo, "expect_not_ready('\(why)', \(live ? "True" : "False"), '\(part)')",
            sourceLocation: sourceLocation)
    }
}

extension Kapo {
    /// The port for agent checks, on 127.0.0.1; 0 if there is none.
    var agentPort: Int {
        let match = log.firstMatch(of: /listening on \S+:(\d+) for agent checks/)
        return match.flatMap { Int($0.1) } ?? 0
    }

    /// The pid of the command, once there is one.
    func commandPid() throws -> pid_t {
        try entry("a process") { $0.PID != 0 }.PID
    }
}

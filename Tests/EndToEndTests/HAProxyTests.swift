import Glibc
import Testing

/// A real HAProxy, with the configuration of examples/, and its checks seen going up and down.
@Suite struct HAProxyTests {
    private let worker = "\(Repository.root)/examples/worker.sh"

    @Test("the default check goes down with the worker of kapo run, and up with the next")
    func defaultCheck() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--", worker])
            let haproxy = try HAProxy(checking: kapo.port, in: box)
            try haproxy.wait(until: "alive", is: "UP", after: "L7OK")

            kill(try kapo.entry().PID, SIGKILL)
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
            try haproxy.wait(until: "alive", is: "DOWN", after: "L4CON")

            let next = try box.kapo(["run", "--port", "\(kapo.port)", "--", worker])
            #expect(next.port == kapo.port)
            try haproxy.wait(until: "alive", is: "UP", after: "L7OK")
            #expect(try next.stop() == .code(0))
            try haproxy.wait(until: "alive", is: "DOWN", after: "L4CON")
        }
    }

    @Test("the check that reads the document goes down while kapo supervise waits, and up with the restart")
    func documentCheck() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "2", "--", worker])
            let haproxy = try HAProxy(checking: kapo.port, in: box)
            try haproxy.wait(until: "running", is: "UP", after: "L7OK")

            kill(try kapo.entry().PID, SIGKILL)
            try haproxy.wait(until: "running", is: "DOWN", after: "L7RSP")
            try haproxy.wait(until: "running", is: "UP", after: "L7OK")
            let entry = try kapo.entry()
            #expect(entry.Restarts == 1)
            #expect(entry.LastSignal == SIGKILL)
            // The socket was there all the time, so the default check has seen nothing of it.
            try haproxy.wait(until: "alive", is: "UP", after: "L7OK")
            #expect(try haproxy.downs(of: "alive") == 0)
            #expect(try haproxy.downs(of: "running") == 1)
            #expect(try kapo.stop() == .code(0))
        }
    }
}

/// An HAProxy with the configuration of examples/haproxy.cfg, but for addresses and intervals.
private final class HAProxy {
    private let process: Running
    private let socket: String
    private unowned let box: Sandbox

    init(checking port: Int, in box: Sandbox) throws {
        self.box = box
        socket = box.path("haproxy.sock")
        let example = Repository.text("examples/haproxy.cfg")
        let configuration =
            example
            .replacing(/(?m)^global$/, with: "global\n    stats socket \(socket)")
            .replacing(/bind :8000/, with: "bind unix@\(box.path("web.sock"))")
            .replacing(/check port 6666 inter 2s/, with: "check port \(port) inter 100ms")
        #expect(configuration.matches(of: /inter 100ms fall 2 rise 1/).count == 2)
        try Files.write(box.path("haproxy.cfg"), configuration.utf8)
        process = try box.start(["haproxy", "-db", "-f", box.path("haproxy.cfg")])
    }

    /// Waits until the server of that backend has this state, and the last check ended with this result.
    func wait(until backend: String, is state: String, after result: String) throws {
        let outcome = try box.python(Self.script, [socket, backend, state, result], within: patience + .seconds(10))
        guard outcome.code == 0 else {
            throw HarnessError("\(backend) is not \(state): \(outcome.output) \(outcome.errors) \(process.errors)")
        }
    }

    /// How many times the server of that backend has gone down.
    func downs(of backend: String) throws -> Int {
        let outcome = try box.python(Self.script, [socket, backend, "", ""])
        return try #require(Int(outcome.output.filter(\.isNumber)), "\(outcome.errors)")
    }

    /// Asks for statistics until the server is in the state, prints the number of its downs, and fails after 20 s.
    private static let script = """
        import csv, io, socket, sys, time
        path, backend, state, result = sys.argv[1:]
        def ask():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(b'show stat\\n')
                text = b''.join(iter(lambda: s.recv(65536), b'')).decode()
            rows = csv.DictReader(io.StringIO(text[2:]))
            return next(r for r in rows if r['pxname'] == backend and r['svname'] == 'worker')
        deadline = time.monotonic() + 20
        row = None
        while time.monotonic() < deadline:
            try:
                row = ask()
                if row['status'].startswith(state) and row['check_status'].endswith(result):
                    print(row['chkdown'])
                    sys.exit(0)
            except OSError:
                pass  # HAProxy has not opened its socket yet.
            time.sleep(0.01)
        print(row and (row['status'], row['check_status']))
        sys.exit(1)
        """
}

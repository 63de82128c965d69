import Testing

/// A server in Python that does one thing to each client, whatever it is asked.
final class CheckServer {
    let process: Running
    /// The port on 127.0.0.1; 0 for a unix socket.
    let port: Int
    var url: String { "http://127.0.0.1:\(port)/" }

    /// Its Python runs for each client, with `client` a connected socket, behind the reading of the request; it listens
    /// on a port that the kernel chooses, or on `path`.
    init(_ box: Sandbox, path: String = "", _ python: String) throws {
        let script = """
            import os, socket, struct, sys, threading, time
            path = sys.argv[1]
            listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
            listener.bind(path if path else ("127.0.0.1", 0))
            listener.listen()
            print("port", 0 if path else listener.getsockname()[1], flush=True)

            def serve(client):
                request = b""
                while b"\\r\\n\\r\\n" not in request:
                    more = client.recv(4096)
                    if not more:
                        return
                    request += more
                print("asked", request, flush=True)
                try:
            \(python.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n"))
                except OSError:
                    pass
                client.close()

            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            """
        process = try box.start(["python3", "-c", script, path])
        let text = try process.waitForOutput(containing: "\n")
        port = try #require(Int(text.split(separator: "\n")[0].dropFirst(5)))
    }

    /// One that answers these bytes and closes, written as Python writes them.
    static func answering(_ bytes: String, _ box: Sandbox) throws -> CheckServer {
        try CheckServer(box, "client.sendall(b'\(bytes)')")
    }
}

extension Sandbox {
    /// Runs a check to its end. It writes nothing to standard output, and at most one line to standard error.
    func check(
        _ arguments: [String], program: String = Programs.kapo, environment: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try finish([program, "check"] + arguments, environment: environment)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(lines == (outcome.code == 0 ? 0 : 1), "\(outcome.errors)", sourceLocation: sourceLocation)
        return outcome
    }
}

import Testing

/// Clients written in Python, for what curl cannot or will not do: raw sockets, and Python's own http.client.
enum PythonClient {
    /// What every script begins with. `port` is Kapo's.
    static let prelude = #"""
        import http.client, json, os, random, select, socket, struct, sys, time
        port = int(sys.argv[1])

        def connect(timeout=15):
            return socket.create_connection(("127.0.0.1", port), timeout)

        def send_all(connection, data):
            """Sends the bytes and says that no more will come; no error when the server hangs up meanwhile."""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def read_to_end(connection):
            """Everything until the server closes; what a reset cuts off is left out."""
            data = b""
            while True:
                try:
                    more = connection.recv(65536)
                except ConnectionResetError:
                    return data
                if not more:
                    return data
                data += more

        def read_answer(stream, head=False):
            """One answer from a file made of a socket: its status, headers with names in lower case, body."""
            line = stream.readline()
            assert line.startswith(b"HTTP/1."), line
            headers = {}
            while True:
                field = stream.readline()
                if field in (b"\r\n", b""):
                    break
                name, value = field.decode().split(":", 1)
                headers[name.strip().lower()] = value.strip()
            assert headers.get("cache-control") == "no-store", (line, headers)
            assert "content-length" in headers, (line, headers)
            body = b"" if head else stream.read(int(headers["content-length"]))
            return int(line.split()[1]), headers, body

        def exchange(request, head=False):
            """Sends the bytes on a new connection; the first answer, and what follows until the server closes."""
            with connect() as connection:
                send_all(connection, request)
                with connection.makefile("rb") as stream:
                    status, headers, body = read_answer(stream, head)
                    return status, headers, body, stream.read()

        def check_good():
            status, headers, body, rest = exchange(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert status == 200 and json.loads(body)[0]["Mode"] and rest == b"", (status, body, rest)


        """#
}

extension Sandbox {
    /// Starts the script behind the prelude as a client of that Kapo.
    func startClient(of kapo: Kapo, _ script: String) throws -> Running {
        try start(["python3", "-c", PythonClient.prelude + script, String(kapo.port)])
    }

    /// Runs the script behind the prelude as a client of that Kapo; its assertions are expectations of the test.
    @discardableResult
    func client(
        of kapo: Kapo, _ script: String, within deadline: Duration = .seconds(40),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let running = try startClient(of: kapo, script)
        let ending = try running.wait(within: deadline)
        #expect(ending == .code(0), "\(running.errors)", sourceLocation: sourceLocation)
        #expect(kapo.process.isRunning, "Kapo is gone: \(kapo.log)", sourceLocation: sourceLocation)
        return running.output
    }
}

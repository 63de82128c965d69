/// A server to be checked: it listens on a unix socket of a sandbox, and answers as files in there say.
struct CheckedServer {
    /// What it does in one of its runs, once the file for that is there.
    enum Trouble: String {
        /// Takes requests, and never answers.
        case hang
        /// Answers 500.
        case fail
        /// Answers 200, with another body.
        case mumble
    }

    let box: Sandbox
    /// Words for a command that runs it.
    let words: [String]

    init(_ box: Sandbox) throws {
        self.box = box
        try Files.write(box.path("server.py"), Self.script.utf8)
        words = ["python3", box.path("server.py"), box.directory]
    }

    /// The check that asks it.
    func check(_ target: String = "/") -> String { "unix:\(box.path("socket")):\(target)" }

    /// Has it make that trouble in its run of that number, the first one being 1; in all runs by default.
    func make(_ trouble: Trouble, inRun number: Int? = nil) throws {
        try box.allow(number.map { "\(trouble.rawValue)-\($0)" } ?? trouble.rawValue)
    }

    /// Has it end the trouble that it makes in all runs.
    func end(_ trouble: Trouble) throws { _ = try box.finish(["rm", box.path(trouble.rawValue)]) }

    /// What it was asked so far: a line `METHOD TARGET` each, and lines of headers behind a space.
    var requests: String { Files.text(box.path("requests")) }

    /// How often it was started.
    var runs: Int { Files.text(box.path("runs")).split(separator: "\n").count }

    private static let script = """
        import http.server, os, socketserver, sys, time

        home = sys.argv[1]
        path = lambda name: os.path.join(home, name)
        with open(path("runs"), "a") as runs:
            runs.write("run\\n")
        run = len(open(path("runs")).readlines())
        troubled = lambda name: os.path.exists(path(name)) or os.path.exists(path(f"{name}-{run}"))

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                with open(path("requests"), "a") as requests:
                    requests.write(f"{self.command} {self.path}\\n")
                    requests.write("".join(f" {name}: {value}\\n" for name, value in self.headers.items()))
                while troubled("hang"):
                    time.sleep(0.05)
                status = 500 if troubled("fail") else 200
                body = b"mumble" if troubled("mumble") else b"all is well"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
            do_GET = do_HEAD = do_POST = do_OPTIONS = answer
            def address_string(self):
                return "unix"
            def log_message(self, *words):
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 128

        while os.path.exists(path("slow")):
            time.sleep(0.02)
        if os.path.exists(path("socket")):
            os.unlink(path("socket"))
        Server(path("socket"), Handler).serve_forever()
        """
}

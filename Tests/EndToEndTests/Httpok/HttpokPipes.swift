import Testing

/// httpok at pipes of a test, which is supervisord to it: with Python's own XML-RPC server.
enum HttpokPipes {
    /// Python: `rpc` answers calls by `answers` and keeps them in `calls`, `url` is a page with the status
    /// `Page.status`, and a `Listener` is a running httpok.
    private static let prelude = #"""
        import http.server, os, resource, signal, socket, ssl, subprocess, sys, tempfile, threading, time
        import xmlrpc.client, xmlrpc.server

        calls = []
        processes = [dict(name="web", group="site", state=20, pid=99999, start=100, now=200)]
        answers = {}


        def method(name):
            def call(*arguments):
                calls.append((name,) + arguments)
                answer = answers.get(name, True)
                if isinstance(answer, Exception):
                    raise answer
                return answer
            return call


        class RPC(xmlrpc.server.SimpleXMLRPCRequestHandler):
            rpc_paths = ("/RPC2",)
            raw = None
            seen = []

            def do_POST(self):
                RPC.seen.append(self.headers)
                if RPC.raw is None:
                    return super().do_POST()
                self.connection.sendall(RPC.raw)
                self.close_connection = True

            def log_message(self, *_):
                pass


        class Page(http.server.BaseHTTPRequestHandler):
            status = 200
            asked = 0

            def do_GET(self):
                Page.asked += 1
                if Page.status is None:
                    time.sleep(600)
                self.send_response(Page.status)
                self.end_headers()

            def log_message(self, *_):
                pass


        rpc = xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), RPC, allow_none=True)
        answers["getAllProcessInfo"] = processes
        for name in "getAllProcessInfo", "stopProcess", "startProcess":
            rpc.register_function(method(name), "supervisor." + name)
        page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        for server in rpc, page:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        url = "http://127.0.0.1:%d/" % page.server_address[1]
        place = "http://127.0.0.1:%d" % rpc.server_address[1]


        class Listener:
            def __init__(self, *words, url=url, **variables):
                environment = dict(os.environ, SUPERVISOR_SERVER_URL=place, **variables)
                self.errors = tempfile.TemporaryFile()
                self.process = subprocess.Popen(
                    [os.environ["KAPO"], "httpok", *words, url], env=environment, stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=self.errors, bufsize=0)
                self.expect(b"READY\n")

            def expect(self, text):
                data = b""
                while len(data) < len(text):
                    more = self.process.stdout.read(len(text) - len(data))
                    assert more, (data, text, self.said())
                    data += more
                assert data == text, (data, text)

            def tell(self, data):
                self.process.stdin.write(data)

            def tick(self):
                self.tell(event("TICK_5", b"when:1201063880"))
                self.expect(b"RESULT 2\nOKREADY\n")

            def said(self):
                self.errors.seek(0)
                return self.errors.read().decode()

            def end(self, code=0):
                self.process.stdin.close()
                rest = self.process.stdout.read()
                assert rest == b"", rest
                assert self.process.wait(20) == code, (self.process.returncode, self.said())


        def event(name, payload=b""):
            header = "ver:3.0 server:supervisor serial:1 pool:l poolserial:1 eventname:%s len:%d\n"
            return (header % (name, len(payload))).encode() + payload


        def until(condition):
            end = time.monotonic() + 20
            while not condition():
                assert time.monotonic() < end, "not in time"
                time.sleep(0.01)


        """#

    /// Runs the script behind the prelude; its assertions are expectations of the test.
    static func run(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try Sandbox.run { box in
            let outcome = try box.python(prelude + script, within: .seconds(60))
            #expect(outcome.ending == .code(0), "\(outcome.errors)", sourceLocation: sourceLocation)
            #expect(outcome.output == "", sourceLocation: sourceLocation)
        }
    }
}

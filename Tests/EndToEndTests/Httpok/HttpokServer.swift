/// The program that supervisord runs: a web server that is well from its second life on.
enum HttpokServer {
    /// Its arguments are the beginning of its files' names, its port, and how it behaves at first. It notes each life
    /// in `.lived`, and says in `.up` that it listens.
    static let script = #"""
        import http.server, os, socket, sys, time

        name, port, manner = sys.argv[1], int(sys.argv[2]), sys.argv[3]
        first = not os.path.exists(name + ".lived")
        with open(name + ".lived", "a") as lives:
            lives.write("%d\n" % os.getpid())


        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if first and manner == "hung":
                    time.sleep(600)
                body = b"wrong" if first and manner == "body" else b"all is fine"
                self.send_response(503 if first and manner in ("code", "gone") or manner == "bad" else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with open(name + ".asked", "a") as asked:
                    asked.write("%s %s\n" % (self.path, self.headers["User-Agent"]))

            def log_message(self, *_):
                pass


        class Server(http.server.ThreadingHTTPServer):
            # Beside the socket that keeps the port for it.
            def server_bind(self):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                super().server_bind()


        if first and manner == "exits":
            sys.exit(1)
        if manner == "gone":
            os.remove(name + ".program")
        if first and manner == "refused":
            time.sleep(600)
        while manner == "later" and not os.path.exists(name + ".go"):
            time.sleep(0.02)
        server = Server(("127.0.0.1", port), Handler)
        open(name + ".up", "w").close()
        server.serve_forever()
        """#

    /// How it behaves when it does not listen at once.
    static let silent: Set = ["refused", "later", "exits"]

    /// Keeps as many ports as its argument says for servers of this user, says which, and waits.
    static let ports = """
        import signal, socket, sys

        kept = [socket.socket() for _ in range(int(sys.argv[1]))]
        for one in kept:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind(("127.0.0.1", 0))
        print(*[one.getsockname()[1] for one in kept], flush=True)
        signal.pause()
        """
}

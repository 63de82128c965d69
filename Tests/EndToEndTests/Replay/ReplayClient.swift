import Testing

/// Clients in Python that ask again with the same bytes, and look at what the kernel holds of both sides.
enum ReplayClient {
    /// Words for Kapo: long arguments make a document that no slow client's socket takes at once, and that is
    /// remembered all the same.
    static let commandWithLongDocument =
        ["run", "sh", "-c", "exec sleep 600"] + (0..<55).map { "\($0)" + String(repeating: "a", count: 1000) }

    /// What every script begins with, behind the prelude of `PythonClient`.
    static let prelude = #"""
        import re
        GET, HEAD, OPTIONS = (b"%s / HTTP/1.1\r\nHost: x\r\n\r\n" % method for method in (b"GET", b"HEAD", b"OPTIONS"))
        LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        OLD = b"GET / HTTP/1.0\r\n\r\n"
        VARS = b"GET /debug/vars HTTP/1.1\r\nHost: x\r\n\r\n"
        # States of tcp(7).
        ESTABLISHED, NOT_ACCEPTED = 1, 3

        class Client:
            """A connection, and the answers that come on it. With `slow` the kernels take little for it."""
            def __init__(self, slow=False, port=port):
                self.socket = socket.socket()
                self.socket.settimeout(15)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if slow:
                    # All before the connection is made: by them the kernels size the buffers. To an address that
                    # nobody used the kernel knows no better size from connections before (tcp_metrics).
                    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
                    self.socket.bind(("127.%d.%d.%d" % tuple(random.choices(range(2, 250), k=3)), 0))
                self.socket.connect(("127.0.0.1", port))
                self.stream = self.socket.makefile("rb")
                self.sent = 0

            def __enter__(self):
                return self

            def __exit__(self, *reason):
                self.stream.close()
                self.socket.close()

            def send(self, data):
                self.socket.sendall(data)
                self.sent += len(data)

            def answer(self, request=GET):
                # Kapo's kernel holds a small answer back as long as the one before is not acknowledged.
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                return read_answer(self.stream, head=request.startswith(b"HEAD"))

            def ask(self, request=GET):
                self.send(request)
                return self.answer(request)

            def expect_end(self):
                """No byte more, and then the end; a reset is an error."""
                rest = self.stream.read()
                assert rest == b"", rest[:200]

            def finish(self):
                """Says that no more will come; nothing more may come from the other side."""
                self.socket.shutdown(socket.SHUT_WR)
                self.expect_end()

            def queues(self):
                """Bytes that the kernels hold: unread by Kapo, not yet taken from Kapo, unread by this client."""
                own, other = self.socket.getsockname(), self.socket.getpeername()
                _, unread, untaken, _ = diagnose(other, own)
                return unread, untaken, diagnose(own, other)[1]

            def wait_until_read(self):
                """Until Kapo has read what was sent: what is sent next is another piece to it."""
                own, other, end = self.socket.getsockname(), self.socket.getpeername(), time.monotonic() + 15
                while True:
                    state, unread, _, received = diagnose(other, own)
                    if state not in (ESTABLISHED, NOT_ACCEPTED):
                        return
                    if state == ESTABLISHED and unread == 0 and received >= self.sent:
                        return
                    assert time.monotonic() < end, "Kapo does not read"
                    time.sleep(0.0001)

            def send_pieces(self, *pieces):
                for piece in pieces[:-1]:
                    self.send(piece)
                    self.wait_until_read()
                self.send(pieces[-1])

        INFO = 2
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 4)

        def diagnose(local, remote):
            """Of the socket between two addresses, from sock_diag(7): its state, the bytes that wait in it to be read
            and to be sent, and all that it ever received. Zeros for none."""
            hosts = b"".join(socket.inet_aton(host).ljust(16, b"\0") for host, _ in (local, remote))
            wanted = struct.pack("=BBHI", socket.AF_INET, socket.IPPROTO_TCP, 1 << INFO - 1, 0xFFFFFFFF)
            wanted += struct.pack(">HH", local[1], remote[1]) + hosts + bytes(4) + b"\xff" * 8
            netlink.send(struct.pack("=IHHII", 16 + len(wanted), 20, 1, 1, 0) + wanted)
            reply = netlink.recv(8192)
            if struct.unpack_from("=H", reply, 4) == (2,):
                return 0, 0, 0, 0
            # A netlink header of 16 bytes, a struct inet_diag_msg of 72, and attributes: INFO is a struct tcp_info.
            unread, untaken = struct.unpack_from("=II", reply, 16 + 56)
            place, received = 16 + 72, 0
            while place < len(reply):
                size, kind = struct.unpack_from("=HH", reply, place)
                if kind == INFO:
                    received, = struct.unpack_from("=Q", reply, place + 4 + 128)
                place += size + 3 & ~3
            return reply[17], unread, untaken, received

        def fill(client, other, requests):
            """Sends one by one what Kapo answers one by one, more than the kernels take; nothing is read."""
            for request in requests:
                client.send(request)
                client.wait_until_read()
            # Whoever is answered now was read later.
            check(OPTIONS, other.ask(OPTIONS))
            unread, untaken, received = client.queues()
            expected = sum(len(document) for request in requests if request.startswith(b"GET"))
            assert unread == 0 and untaken > 0 and untaken + received < expected, (unread, untaken, received, expected)

        def widen(client):
            """Lets the rest come faster."""
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

        document = b""

        def learn():
            """Asks once for the document that later answers are compared with."""
            global document
            with Client() as client:
                document = client.ask()[2]

        def check(request, answer):
            """What the request must get, whatever it is behind and whatever comes next."""
            status, headers, body = answer
            assert status == 200, (request, status, headers)
            if request.startswith(b"OPTIONS"):
                assert headers["allow"] == "GET, HEAD, OPTIONS" and "content-type" not in headers, (request, headers)
                assert headers["content-length"] == "0" and body == b"", (request, headers, body)
            else:
                assert headers["content-type"] == "application/json" and "allow" not in headers, (request, headers)
                assert int(headers["content-length"]) == len(document), (request, headers)
                assert body == (b"" if request.startswith(b"HEAD") else document), (request, body)


        """#
}

extension Sandbox {
    /// Starts the script behind both preludes as a client of that Kapo.
    func startReplayClient(of kapo: Kapo, _ script: String) throws -> Running {
        try startClient(of: kapo, ReplayClient.prelude + script)
    }

    /// Runs the script behind both preludes as a client of that Kapo; its assertions are expectations of the test.
    @discardableResult
    func replayClient(
        of kapo: Kapo, _ script: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        try client(of: kapo, ReplayClient.prelude + script, sourceLocation: sourceLocation)
    }
}

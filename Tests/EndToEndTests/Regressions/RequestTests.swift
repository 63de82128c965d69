import Testing

/// Requests that are not what they seem.
@Suite struct RequestTests {
    @Test("the deadline of a request holds for pipelined ones whose answers nobody reads")
    func pipelined() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sh", "-c", "exec sleep 600", String(repeating: "a", count: 3000)])
            let go = box.path("go")
            let client = try box.startClient(
                of: kapo,
                #"""
                with socket.socket() as connection:
                    # Set before the connection is made: it is what the window begins with.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                    connection.settimeout(15)
                    connection.connect(("127.0.0.1", port))
                    try:
                        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 700)
                    except TimeoutError:
                        pass
                    print("sent", flush=True)
                    while not os.path.exists("\#(go)"):
                        time.sleep(0.01)
                """#)
            try client.waitForOutput(containing: "sent")
            // These questions have a connection too, and are counted.
            var questions = 1
            #expect(try kapo.counters().connections_open == 2)
            // Ten seconds for a request, and time for a busy machine; a connection without a deadline lasts 60.
            let last = try eventually("the end of the connection", within: .seconds(30)) { () -> Counters? in
                questions += 1
                let counters = try kapo.counters()
                return counters.connections_open == 1 ? counters : nil
            }
            #expect(client.isRunning)
            let answered = last.requests_served - questions
            #expect(answered > 1 && answered < 700, "\(answered): the answers did not fit in between")
            try Files.write(go, [])
            #expect(try client.wait() == .code(0), "\(client.errors)")
        }
    }

    @Test("two headers that disagree about the length of the body are refused, and nothing behind them is a request")
    func twoLengths() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.client(
                of: kapo,
                #"""
                smuggled = b"GET /debug/vars HTTP/1.1\r\nHost: x\r\n\r\n"
                for lengths in (0, 5), (5, 0), (0, 0, 5), (5, 5):
                    for body in b"", b"hello", b"hello" + smuggled, smuggled:
                        if lengths[0] > len(body):
                            continue  # The server waits for a body that was announced, up to its deadline.
                        for method, refusal in (b"GET", 400), (b"POST", 405):
                            head = b"%s / HTTP/1.1\r\nHost: x\r\n" % method
                            head += b"".join(b"Content-Length: %d\r\n" % length for length in lengths)
                            with connect() as connection, connection.makefile("rb") as stream:
                                connection.sendall(head + b"\r\n" + body)
                                status, headers, text = read_answer(stream)
                                assert status == refusal, (method, lengths, body, status)
                                assert headers["connection"] == "close", (method, lengths, body, headers)
                                try:
                                    rest = stream.read()
                                except ConnectionResetError:
                                    rest = b""
                                assert rest == b"", (method, lengths, body, rest)
                """#)
            try box.client(of: kapo, "check_good()")
        }
    }
}

import Glibc
import Testing

/// Clients that go on asking while Kapo drains its command and ends: nobody sees half an answer.
@Suite struct DrainClientTests {
    /// Fifty connections, each with the next request as soon as an answer is there, until Kapo has ended. Half of them
    /// ask for health, the others for the document. Each answer is read to its last byte by its own Content-Length.
    private static let askers = #"""
        import re
        REQUESTS = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in ("/readyz", "/")]
        poll, clients = select.epoll(), {}

        class Client:
            def __init__(self, number):
                self.socket, self.request, self.data, self.statuses = connect(), REQUESTS[number % 2], b"", []
                self.has_farewell = False

            def ask(self):
                try:
                    self.socket.sendall(self.request)
                except OSError:
                    pass

            def take(self):
                """False once the connection has ended."""
                try:
                    more = self.socket.recv(65536)
                except ConnectionResetError:
                    more = b""
                self.data += more
                head, end, body = self.data.partition(b"\r\n\r\n")
                if end and len(body) >= int(re.search(rb"\r\nContent-Length: (\d+)", head)[1]):
                    assert len(body) == int(re.search(rb"\r\nContent-Length: (\d+)", head)[1]), self.data
                    self.statuses.append(int(head.split()[1]))
                    self.data = b""
                    self.has_farewell = b"\r\nConnection: close\r\n" in head
                    if more and not self.has_farewell:
                        self.ask()
                assert more or not self.data, f"an answer was cut off: {self.data}"
                return bool(more)

        for number in range(50):
            client = Client(number)
            clients[client.socket.fileno()] = client
            poll.register(client.socket, select.EPOLLIN)
            client.ask()
        everyone, said = list(clients.values()), []

        def say(word, condition):
            if word not in said and all(map(condition, everyone)):
                said.append(word)
                print(word, flush=True)

        while clients:
            for number, _ in poll.poll(15):
                if not clients[number].take():
                    poll.unregister(number)
                    clients.pop(number).socket.close()
            say("going", lambda client: len(client.statuses) > 20)
            say("drained", lambda client: client.request == REQUESTS[1] or 503 in client.statuses)
        for client in everyone:
            if client.request == REQUESTS[0]:
                ready = client.statuses.index(503)
                assert set(client.statuses[ready:]) == {503} and ready > 20, client.statuses
            else:
                assert set(client.statuses) == {200}, client.statuses
        print("told", sum(client.has_farewell for client in everyone), "of 50", flush=True)
        """#

    @Test("fifty kept connections: every answer is whole, 503 from the TERM on, and a last one that says so")
    func askers() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--drain", "600", "sleep", "600"])
            let client = try box.startClient(of: kapo, Self.askers)
            try client.waitForOutput(containing: "going")
            kapo.process.signal(SIGTERM)
            try client.waitForOutput(containing: "drained")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try client.wait() == .code(0), "\(client.errors)")
            let told = try #require(client.output.firstMatch(of: /told (\d+) of 50/).flatMap { Int($0.1) })
            // One that is slower than Kapo's patience loses its connection unheard, but never in an answer.
            #expect(told >= 25)
        }
    }

    @Test("wrk with fifty connections sees no read error across a stop")
    func wrk() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--drain", "1", "sleep", "600"])
            try Files.write(
                box.path("report.lua"),
                #"""
                wrk.path = "/readyz"
                function response(status, headers, body)
                    if tonumber(headers["Content-Length"]) ~= #body then print("cut off", status, #body) end
                end
                function done(summary, latency, requests)
                    local e = summary.errors
                    print(string.format("read %d status %d of %d", e.read, e.status, summary.requests))
                end
                """#.utf8)
            let wrk = try box.start([
                "wrk", "-t", "1", "-c", "50", "-d", "4", "-s", box.path("report.lua"), "http://127.0.0.1:\(kapo.port)",
            ])
            try eventually("many requests", that: { try kapo.counters().requests_served > 1000 })
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try wrk.wait() == .code(0))
            let output = wrk.output
            let report = try #require(
                output.firstMatch(of: /read (\d+) status (\d+) of (\d+)/), "\(output)")
            let numbers = [report.1, report.2, report.3].compactMap { Int($0) }
            // What is refused once nobody listens, wrk counts as connect and write errors.
            #expect(!output.contains("cut off") && numbers[0] == 0, "\(output)")
            // It was asked before the drain, and during it.
            #expect(numbers[1] > 0 && numbers[2] > numbers[1], "\(output)")
        }
    }

    @Test("a reader that is slower than Kapo's end has its answer to the last byte, asked before the drain or in it")
    func slowReader() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(ReplayClient.commandWithLongDocument, environment: ["KAPO_DRAIN": "600"])
            let client = try box.startReplayClient(
                of: kapo,
                #"""
                learn()
                with Client() as other, Client(slow=True) as before, Client(slow=True) as during:
                    fill(before, other, [GET] * 3)
                    print("asked", flush=True)
                    readyz = GET.replace(b"/ ", b"/readyz ")
                    while other.ask(readyz)[0] == 200:
                        time.sleep(0.005)
                    during.send(GET)
                    during.wait_until_read()
                    assert other.ask(OPTIONS)[0] == 200 and during.queues()[1] > 0
                    print("drained", flush=True)
                    # Kapo has closed its listener, and the kernels hold a small part of what it has to say.
                    refused = False
                    while not refused:
                        with socket.socket() as probe:
                            refused = probe.connect_ex(("127.0.0.1", port)) != 0
                    for client in before, during:
                        widen(client)
                    for client, answers in (before, 3), (during, 1):
                        for number in range(answers):
                            status, headers, body = client.answer()
                            assert status == 200 and len(body) == int(headers["content-length"]), (status, headers)
                            state = json.loads(body)[0]["Status"]
                            # The first answer to each was made at once, the others when there was room for them.
                            assert number > 0 or state == ("running" if client is before else "stopping"), state
                        client.expect_end()
                """#)
            try client.waitForOutput(containing: "asked")
            kapo.process.signal(SIGTERM)
            try client.waitForOutput(containing: "drained")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try client.wait() == .code(0), "\(client.errors)")
        }
    }
}

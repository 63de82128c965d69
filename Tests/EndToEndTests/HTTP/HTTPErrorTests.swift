import Testing

@Suite struct HTTPErrorTests {
    private func withKapo(_ body: (Sandbox, Kapo) throws -> Void) throws {
        try Sandbox.run { box in try body(box, box.kapo(["run", "sleep", "600"])) }
    }

    @Test("a status request has no body: framing of any kind gets 400, and the connection is closed")
    func bodies() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                #"""
                cases = [
                    b"Content-Length: 5\r\n\r\nhello", b"Content-Length: +0\r\n\r\n", b"Content-Length: -1\r\n\r\n",
                    b"Content-Length: 0x0\r\n\r\n", b"Content-Length: 99999999999999999999\r\n\r\n",
                    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"Transfer-Encoding: xchunked\r\n\r\n",
                    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
                    b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
                ]
                for case in cases:
                    for method in [b"GET", b"HEAD", b"OPTIONS"]:
                        # What is behind the request must not be taken for another one.
                        request = method + b" / HTTP/1.1\r\nHost: x\r\n" + case
                        status, headers, body, rest = exchange(request + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        assert status == 400, (request, status, body)
                        assert headers.get("connection", "").lower() == "close", (request, headers)
                        assert b"HTTP/1." not in rest, (request, rest)
                check_good()
                """#)
        }
    }

    @Test("Content-Length: 0 is no body")
    func emptyBody() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                #"""
                with connect() as connection:
                    stream = connection.makefile("rb")
                    for turn in range(3):
                        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                        assert read_answer(stream)[0] == 200
                """#)
        }
    }

    @Test("what is no request of HTTP/1 gets 400 or a closed connection, never a document and never a crash")
    func garbage() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                #"""
                cases = [
                    b"garbage\r\n\r\n", b"\r\n\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP\r\n\r\n",
                    b"GET / HTTP/-1.1\r\n\r\n", b"GET / HTTP/1.-1\r\n\r\n", b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
                    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET / HTTP/0.9\r\n\r\n",
                    b"GET / HTTP/1.1x\r\nHost: x\r\n\r\n",
                    b"GET / FTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
                    b"\x00" * 1000, b"\xff" * 1000, b"A" * 5000, b" / HTTP/1.1\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
                ]
                for case in cases:
                    with connect() as connection:
                        send_all(connection, case)
                        answer = read_to_end(connection)
                    assert b" 200 " not in answer and b"Mode" not in answer, (case, answer)
                    if answer:
                        head, body = answer.split(b"\r\n\r\n", 1)
                        assert head.startswith(b"HTTP/1.1 4") or head.startswith(b"HTTP/1.1 5"), (case, head)
                        assert b"\r\nCache-Control: no-store" in head, (case, head)
                        assert b"\r\nContent-Length: %d" % len(body) in head, (case, head, body)
                check_good()
                """#)
        }
    }

    @Test("a header or a line of more than 16 KiB is refused; one of 8 KiB is not")
    func bigHeader() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                #"""
                small = b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 8192 + b"\r\nConnection: close\r\n\r\n"
                assert exchange(small)[0] == 200
                cases = [
                    b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 17408 + b"\r\n\r\n",
                    b"GET /" + b"a" * 17408 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 6000 + b"\r\n",
                    b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 1000000,
                    b"a" * 1000000,
                ]
                for case in cases:
                    with connect() as connection:
                        send_all(connection, case)
                        answer = read_to_end(connection)
                    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), (case[:50], len(case), answer)
                    assert b"Mode" not in answer
                check_good()
                """#)
        }
    }

    @Test("2,000 random and mangled requests do not bring Kapo down, and leave nothing behind")
    func mangled() throws {
        try withKapo { box, kapo in
            try box.client(
                of: kapo,
                #"""
                chance = random.Random(20261120)
                seeds = [
                    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HEAD /debug/vars HTTP/1.0\r\n\r\n",
                    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close, TE\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                    b"GET http://a/b?c#d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                ]

                def mangle(data):
                    data = bytearray(data)
                    for turn in range(chance.randrange(1, 6)):
                        place = chance.randrange(len(data) + 1)
                        kind = chance.randrange(6)
                        if kind == 0:
                            data[place:place] = bytes([chance.randrange(256)])
                        elif kind == 1:
                            del data[place:place + chance.randrange(1, 9)]
                        elif kind == 2:
                            data[place:place + 1] = bytes([chance.randrange(256)])
                        elif kind == 3:
                            pieces = [b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"%", b"\r\n\r\n"]
                            data[place:place] = chance.choice(pieces)
                        elif kind == 4:
                            data[place:place] = chance.choice(seeds)
                        else:
                            data[place:place] = bytes([chance.randrange(256)]) * chance.randrange(300)
                    return bytes(data)

                connections = []
                for number in range(2000):
                    if chance.randrange(20) == 0:
                        data = bytes(chance.randrange(256) for _ in range(chance.randrange(400)))
                    else:
                        data = mangle(chance.choice(seeds))
                    if len(connections) < 8:
                        connections.append(connect())
                    connection = chance.choice(connections)
                    try:
                        connection.sendall(data)
                        if chance.randrange(4) == 0:
                            send_all(connection, b"")
                            read_to_end(connection)
                            raise BrokenPipeError
                        if select.select([connection], [], [], 0)[0] and connection.recv(65536) == b"":
                            raise BrokenPipeError
                    except OSError:
                        connection.close()
                        connections.remove(connection)
                    if number % 100 == 99:
                        check_good()
                for connection in connections:
                    connection.close()
                check_good()
                """#)
            try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
            #expect(try kapo.entry().Status == "running")
            try eventually("the listener alone", that: { ProcessTable.sockets(kapo.pid) == 1 })
        }
    }
}

import Testing

/// Bytes that are a remembered request only when they stand alone.
@Suite struct ReplayFramingTests {
    private func withKapo(_ body: (Sandbox, Kapo) throws -> Void) throws {
        try Sandbox.run { box in try body(box, box.kapo(["run", "sleep", "600"])) }
    }

    @Test("a body that looks like a remembered request is a body: one answer, 405, and the end of the connection")
    func body() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                post = b"POST / HTTP/1.1\r\nHost: x\r\n"
                with Client() as other:
                    for turn in range(10):
                        for request in GET, HEAD, OPTIONS, LAST, OLD:
                            size = len(request)
                            shapes = [
                                (post + b"Content-Length: %d\r\n\r\n" % size, request),
                                (post + b"Content-Length: %d\r\n\r\n" % (2 * size), request, request),
                                (post + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size, request, b"\r\n0\r\n\r\n"),
                                (post + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % size, request,
                                 b"\r\n%x\r\n" % size, request, b"\r\n0\r\n\r\n"),
                            ]
                            for pieces in shapes:
                                with Client() as client:
                                    for number in range(2):
                                        check(GET, client.ask())
                                    for piece in pieces:
                                        # Remembered right now: on a connection of its own, which it may close.
                                        if piece is request:
                                            with Client() as fresh:
                                                check(request, fresh.ask(request))
                                        client.send(piece)
                                        client.wait_until_read()
                                    status, headers, text = client.answer()
                                    assert status == 405 and headers["connection"] == "close", (pieces, status, headers)
                                    client.expect_end()
                            check(GET, other.ask())
                """#)
        }
    }

    @Test("the end of a header block that looks like a remembered request is not answered as one")
    func headerBlock() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                with Client() as other, Client() as client:
                    for turn in range(20):
                        for last in GET, HEAD, OPTIONS:
                            for first in GET, HEAD, OPTIONS:
                                begin = first[:first.index(b"\r\n")] + b"\r\nX: "
                                check(first, client.ask(first))
                                client.send(begin)
                                client.wait_until_read()
                                check(last, other.ask(last))
                                client.send(last)
                                check(first, client.answer(first))
                    client.finish()
                    # In the place of a header that line has no colon: the request cannot be read.
                    for turn in range(20):
                        with Client() as bad:
                            check(GET, bad.ask())
                            bad.send(b"GET / HTTP/1.1\r\n")
                            bad.wait_until_read()
                            check(GET, other.ask())
                            bad.send(GET)
                            assert bad.answer()[0] == 400
                            bad.expect_end()
                """#)
        }
    }

    @Test("two to fifty requests that come together get as many answers, in their order")
    func pipelined() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                chance = random.Random(20261120)
                with Client() as client:
                    for count in range(2, 51):
                        mixed = chance.choices([GET, HEAD, OPTIONS], k=count)
                        for requests in [GET] * count, mixed, [OPTIONS] + [GET] * (count - 1):
                            client.send(b"".join(requests))
                            for request in requests:
                                check(request, client.answer(request))
                            # Alone again, and remembered for the next turn.
                            check(requests[-1], client.ask(requests[-1]))
                    client.finish()
                for count in range(2, 51):
                    with Client() as client:
                        check(GET, client.ask())
                        client.send(GET * (count - 1) + LAST)
                        for number in range(count):
                            check(GET, client.answer())
                        client.expect_end()
                """#)
        }
    }

    @Test("remembered requests that are cut in two anywhere, or come byte by byte, get one answer each")
    func pieces() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                with Client() as client:
                    for requests in [GET], [HEAD], [OPTIONS], [GET, GET], [HEAD, GET], [GET, OPTIONS, HEAD]:
                        data = b"".join(requests)
                        for place in range(1, len(data)):
                            # Twice: to find it remembered.
                            for number in range(2):
                                check(requests[-1], client.ask(requests[-1]))
                            client.send_pieces(data[:place], data[place:])
                            for request in requests:
                                check(request, client.answer(request))
                        client.send_pieces(*(bytes([byte]) for byte in data))
                        for request in requests:
                            check(request, client.answer(request))
                    client.finish()
                # What closes, closes behind the one answer.
                for request in LAST, OLD:
                    for place in range(1, len(request)):
                        for pieces in [request], [request[:place], request[place:]]:
                            with Client() as client:
                                client.send_pieces(*pieces)
                                check(request, client.answer(request))
                                client.expect_end()
                """#)
        }
    }

    @Test("requests too long to be remembered, and too long to be answered, get what they always got")
    func long() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()

                def padded(size):
                    return GET[:-2] + b"X: " + b"x" * (size - len(GET) - 5) + b"\r\n\r\n"

                with Client() as client:
                    for size in 1000, 1022, 1023, 1024, 1025, 1026, 2048, 8192, 16000, 16383, 16384:
                        request = padded(size)
                        assert len(request) == size
                        for turn in range(3):
                            check(request, client.ask(request))
                            check(GET, client.ask())
                            client.send(request + GET + request)
                            for number in range(3):
                                check(GET, client.answer())
                    # 16384 bytes are read at once: the next read finds a whole request, behind whole ones or as the
                    # end of a header.
                    whole = padded(600) * 26 + padded(784)
                    begun = padded(600) * 26 + padded(756) + b"GET / HTTP/1.1\r\nHost: x\r\nX: "
                    assert len(whole) == len(begun) == 16384
                    for turn in range(20):
                        for block, answers in (whole, 28), (begun, 28):
                            check(GET, client.ask())
                            client.send(block + GET)
                            for number in range(answers):
                                check(GET, client.answer())
                    client.finish()
                for size in 17000, 20000, 40000, 100000:
                    for turn in range(5):
                        with Client() as client:
                            check(GET, client.ask())
                            send_all(client.socket, padded(size))
                            answer = read_to_end(client.socket)
                            assert answer.count(b"HTTP/1.") <= 1 and b"Mode" not in answer, (size, answer)
                            assert answer == b"" or answer.startswith(b"HTTP/1.1 400 "), (size, answer)
                check_good()
                """#)
        }
    }
}

import Testing

/// Replayed answers that the socket does not take at once.
@Suite struct ReplaySendTests {
    private func withKapo(_ body: (Sandbox, Kapo) throws -> Void) throws {
        try Sandbox.run { box in try body(box, box.kapo(ReplayClient.commandWithLongDocument)) }
    }

    private static let requests = #"""
        learn()
        requests = [(HEAD if number % 5 == 3 else OPTIONS if number % 7 == 4 else GET) for number in range(200)]


        """#

    @Test("a client that asks hundreds of times before it reads gets all answers, whole and in order")
    func kept() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                Self.requests + #"""
                    for ends in False, True, False:
                        with Client() as other, Client(slow=True) as client:
                            for request in GET, HEAD, OPTIONS:
                                check(request, other.ask(request))
                            fill(client, other, requests)
                            # Others are answered meanwhile.
                            check(GET, other.ask())
                            if ends:
                                client.socket.shutdown(socket.SHUT_WR)
                            widen(client)
                            for request in requests:
                                check(request, client.answer(request))
                            # The connection is good for more, one by one again.
                            for request in [] if ends else requests[:10] * 2:
                                check(request, client.ask(request))
                            client.expect_end() if ends else client.finish()
                    """#)
        }
    }

    @Test("the rest of an answer comes before the answer to what was asked meanwhile, wherever the socket stopped")
    func restFirst() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                Self.requests + #"""
                    for count in range(2, 12):
                        with Client() as other, Client(slow=True) as client:
                            for request in GET, HEAD, OPTIONS:
                                check(request, other.ask(request))
                            fill(client, other, [GET] * count)
                            for request in OPTIONS, GET, HEAD:
                                client.send(request)
                                client.wait_until_read()
                            widen(client)
                            for request in [GET] * count + [OPTIONS, GET, HEAD]:
                                check(request, client.answer(request))
                            client.finish()
                    """#)
        }
    }

    @Test("when the last of hundreds of unread answers closes the connection, all of them come and then the end")
    func closed() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                Self.requests + #"""
                    for last in LAST, OLD:
                        for count in 1, 2, 3, 4, 5, 200:
                            with Client() as other, Client(slow=True) as client:
                                for request in GET, HEAD, OPTIONS:
                                    check(request, other.ask(request))
                                with Client() as first:
                                    check(last, first.ask(last))
                                fill(client, other, requests[:count - 1] + [last])
                                widen(client)
                                for request in requests[:count - 1] + [last]:
                                    check(request, client.answer(request))
                                client.expect_end()
                    """#)
        }
    }

    @Test(
        "an answer that the socket takes in parts and that closes comes whole, to a half-closed client too"
    )
    func closedEach() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                Self.requests + #"""
                    for turn in range(40):
                        for request, closes in (OLD, True), (LAST, True), (GET, False):
                            with Client() as first:
                                check(request, first.ask(request))
                            with Client() as other, Client(slow=True) as client:
                                fill(client, other, [request])
                                if turn % 4 == 2 and closes:
                                    # Too late to be answered, and no reason for a reset.
                                    client.send(GET)
                                    client.wait_until_read()
                                if turn % 2 or not closes:
                                    client.socket.shutdown(socket.SHUT_WR)
                                widen(client)
                                check(request, client.answer(request))
                                client.expect_end()
                    """#)
            try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
            try eventually("the listener alone", that: { ProcessTable.sockets(kapo.pid) == 1 })
        }
    }
}

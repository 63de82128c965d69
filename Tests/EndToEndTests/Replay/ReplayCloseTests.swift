import Testing

/// How connections end that replayed answers go to.
@Suite struct ReplayCloseTests {
    private func withKapo(_ body: (Sandbox, Kapo) throws -> Void) throws {
        try Sandbox.run { box in try body(box, box.kapo(["run", "sleep", "600"])) }
    }

    private func expectNothingLeft(_ kapo: Kapo) throws {
        try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
        try eventually("the listener alone", that: { ProcessTable.sockets(kapo.pid) == 1 })
    }

    @Test(
        "500 connections each with Connection: close and with HTTP/1.0 end after the last byte, without a reset"
    )
    func closed() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                for request in LAST, OLD, LAST.replace(b"GET", b"HEAD"), b"OPTIONS / HTTP/1.0\r\n\r\n":
                    for turn in range(500):
                        with Client() as client:
                            check(request, client.ask(request))
                            client.expect_end()
                with Client() as client:
                    for turn in range(100):
                        check(GET, client.ask())
                    check(LAST, client.ask(LAST))
                    client.expect_end()
                """#)
            try expectNothingLeft(kapo)
        }
    }

    @Test("a client that says right behind its request that no more will come gets the whole answer")
    func halfClosed() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                for request in GET, HEAD, OPTIONS, LAST, OLD:
                    for turn in range(200):
                        with Client() as client:
                            client.send(request)
                            client.socket.shutdown(socket.SHUT_WR)
                            check(request, client.answer(request))
                            client.expect_end()
                for turn in range(200):
                    with Client() as client:
                        check(GET, client.ask())
                        client.send(GET)
                        client.socket.shutdown(socket.SHUT_WR)
                        check(GET, client.answer())
                        client.expect_end()
                """#)
            try expectNothingLeft(kapo)
        }
    }

    @Test("a check that connects and hangs up leaves nothing behind, with and without a byte")
    func bareCheck() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                with Client() as other:
                    for turn in range(300):
                        check(GET, other.ask())
                        connect().close()
                        if turn % 3 == 0:
                            # Its answer meets a reset.
                            with connect() as rude:
                                rude.sendall(GET)
                                rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                """#)
            try expectNothingLeft(kapo)
            #expect(try kapo.entry().Status == "running")
        }
    }

    @Test("connections that say nothing for three seconds are answered when they ask")
    func silent() throws {
        try withKapo { box, kapo in
            try box.replayClient(
                of: kapo,
                #"""
                learn()
                silent = [Client() for number in range(20)]
                time.sleep(3)
                with Client() as other:
                    for client in silent:
                        check(GET, other.ask())
                        with client:
                            check(GET, client.ask())
                            check(HEAD, client.ask(HEAD))
                            client.finish()
                """#)
            try expectNothingLeft(kapo)
        }
    }
}

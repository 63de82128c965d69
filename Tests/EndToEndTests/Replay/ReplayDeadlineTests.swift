import Testing

/// How long a connection lasts that replayed answers go to.
@Suite struct ReplayDeadlineTests {
    /// What each client does, all at the same time: to wait for one after the other would take a minute.
    private static let clients = [
        "a connection that is only ever replayed to outlives the time for a request": #"""
        with Client() as other, Client() as client:
            for turn in range(8):
                # Asked for elsewhere first, so that it is remembered.
                check(GET, other.ask())
                check(GET, client.ask())
                time.sleep(2 if turn < 7 else 0)
            client.finish()
        """#,
        "a request that is begun has ten seconds from its first byte": #"""
        with Client() as client:
            for turn in range(5):
                check(GET, client.ask())
            time.sleep(3)
            check(GET, client.ask())
            client.send(GET[:9])
            expect_cut_off(client)
        """#,
        "a client that takes its answer slowly has ten seconds from the request": #"""
        with Client() as other, Client(slow=True) as client:
            check(OPTIONS, client.ask(OPTIONS))
            time.sleep(3)
            check(GET, other.ask())
            fill(client, other, [GET])
            time.sleep(8)
            widen(client)
            check(GET, client.answer())
            client.finish()
        """#,
        "a client that does not take its answer is cut off after ten seconds": #"""
        with Client() as other, Client(slow=True) as client:
            check(GET, other.ask())
            fill(client, other, [GET])
            expect_cut_off(client)
        """#,
        "requests that all come with the beginning of the next have ten seconds each": #"""
        with Client() as client:
            check(GET, client.ask())
            client.send(GET[:10])
            started = time.monotonic()
            while time.monotonic() < started + 11:
                # The end of one, which is answered at once, and the beginning of one that takes a while to come.
                client.send(GET[10:] + GET[:10])
                check(GET, client.answer())
                time.sleep(0.05)
            client.send(GET[10:])
            check(GET, client.answer())
            client.finish()
        """#,
    ]

    private static let cutOff = #"""
        def expect_cut_off(client):
            started, seconds = time.monotonic(), 0
            own, other = client.socket.getsockname(), client.socket.getpeername()
            while seconds < 14 and diagnose(other, own)[0] == ESTABLISHED:
                time.sleep(0.05)
                seconds = time.monotonic() - started
            assert 9 < seconds < 14, seconds

        learn()


        """#

    @Test("each request has ten seconds, replayed or not; a connection lasts longer as long as it asks")
    func deadlines() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(ReplayClient.commandWithLongDocument)
            let running = try Self.clients.mapValues { try box.startReplayClient(of: kapo, Self.cutOff + $0) }
            for (name, client) in running {
                let ending = try client.wait(within: .seconds(40))
                #expect(ending == .code(0), "\(name): \(client.errors)")
            }
            #expect(kapo.process.isRunning, "\(kapo.log)")
        }
    }
}

import Testing

/// What a replayed answer costs. Each test asks a Kapo that replays nothing as well: so it is seen to tell them apart.
@Suite struct ReplayCostTests {
    /// Counts system calls by their names, from one quiet moment of Kapo to the next.
    static func counting(_ trace: String) -> String {
        #"""
        import collections

        def read_trace():
            """The trace, at a moment at which Kapo waits for events: the call has begun and not returned."""
            end = time.monotonic() + 15
            while True:
                with open("\#(trace)", "rb") as file:
                    trace = file.read()
                if trace.rpartition(b"\n")[2].startswith(b"epoll_wait("):
                    return trace
                assert time.monotonic() < end, trace[-500:]
                time.sleep(0.001)

        def count_calls(action):
            """Calls, but for the waiting, and for the accept that finds no further connection."""
            before = len(read_trace())
            action()
            # The first line is the end of the call that had begun; the last call has not returned.
            lines = read_trace()[before:].decode().split("\n")[1:-1]
            lines = [line for line in lines if not re.match(r"epoll_wait|accept4.* = -1 EAGAIN", line)]
            return collections.Counter(line.partition("(")[0] for line in lines)

        learn()
        dates = set()

        def ask(client, request):
            answer = client.ask(request)
            check(request, answer)
            dates.add(answer[1]["date"])


        """#
    }

    /// Runs the script, which ends with expectations of its own, as a client of a traced Kapo.
    private func trace(replays: Bool, _ script: String) throws {
        try Sandbox.run { box in
            let (kapo, trace) = try Tracer.start(["run", "sleep", "600"], in: box, replays: replays)
            try box.replayClient(of: kapo, Self.counting(trace) + "replays = \(replays ? "True" : "False")\n" + script)
        }
    }

    @Test(
        "200 identical requests on one connection cost 200 recvfrom, 200 sendto and no other call",
        .enabled(if: Tracer.obstacle == nil, "\(Tracer.obstacle ?? "")"), arguments: [true, false])
    func callsWhenKept(replays: Bool) throws {
        try trace(
            replays: replays,
            #"""
            with Client() as client:
                ask(client, GET)
                ask(client, GET)
                calls = count_calls(lambda: [ask(client, GET) for turn in range(200)])
                client.finish()
            # The first request of a second goes through evhttp, which writes in its own way.
            assert calls["recvfrom"] == 200 and calls["sendto"] + calls["writev"] == 200, calls
            assert calls["writev"] <= len(dates) if replays else calls["writev"] == 200, (calls, dates)
            assert set(calls) <= {"recvfrom", "sendto", "writev"}, calls
            """#)
    }

    @Test(
        "50 connections that ask once cost what accepting, answering and closing takes, and none enters epoll",
        .enabled(if: Tracer.obstacle == nil, "\(Tracer.obstacle ?? "")"), arguments: [true, false])
    func callsWhenClosed(replays: Bool) throws {
        try trace(
            replays: replays,
            #"""
            def ask_once():
                # The kernel hands the connection over with the request: TCP_DEFER_ACCEPT.
                with Client() as client:
                    ask(client, LAST)
                    client.expect_end()

            ask_once()
            calls = count_calls(lambda: [ask_once() for turn in range(50)])
            for name in "accept4", "recvfrom", "shutdown", "close":
                assert calls[name] == 50, (name, calls)
            assert calls["sendto"] + calls["writev"] == 50, calls
            assert calls["writev"] <= len(dates) if replays else calls["writev"] == 50, (calls, dates)
            assert set(calls) <= {"accept4", "recvfrom", "sendto", "writev", "shutdown", "close"}, calls
            """#)
    }

    @Test(
        "20,000 identical requests allocate nothing, but for the one of each second that is not replayed",
        .enabled(if: AllocationCounter.obstacle == nil, "\(AllocationCounter.obstacle ?? "")"))
    func allocations() throws {
        let (replayed, seconds) = try countAllocations(replays: true, requests: 20000)
        let (made, _) = try countAllocations(replays: false, requests: 1000)
        let each = made / 1000
        #expect(each > 10, "the counter counts: \(made) for 1,000 requests")
        #expect(replayed < 100 + each * (seconds + 1), "\(replayed) in \(seconds) seconds; evhttp makes \(each) each")
    }

    /// Allocations that so many identical requests on one connection cause, and the number of dates in the answers.
    private func countAllocations(replays: Bool, requests: Int) throws -> (count: Int, seconds: Int) {
        var numbers: [Int] = []
        try Sandbox.run { box in
            let (kapo, count) = try AllocationCounter.start(["run", "sleep", "600"], in: box, replays: replays)
            let output = try box.replayClient(
                of: kapo,
                #"""
                def count():
                    with open("\#(count)", "rb") as file:
                        return int.from_bytes(file.read(), "little")

                learn()
                dates = set()
                with Client() as client:
                    for turn in range(100):
                        check(GET, client.ask())
                    before = count()
                    for turn in range(\#(requests)):
                        client.send(GET)
                        answer = client.socket.recv(65536)
                        assert answer.endswith(b"\r\n\r\n" + document), answer
                        dates.add(answer[:answer.index(b" GMT")])
                    print(count() - before, len(dates))
                """#)
            numbers = output.split { !$0.isNumber }.compactMap { Int($0) }
        }
        try #require(numbers.count == 2)
        return (numbers[0], numbers[1])
    }
}

import Testing

/// Health that is asked for again with the same bytes: what it costs, and that it is never out of date.
@Suite struct HealthReplayTests {
    @Test("what the document says, /readyz says from then on, while a command ends and starts all the time")
    func neverOlder() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["supervise", "--wait", "0.005", "sleep", "0.01"])
            try box.replayClient(
                of: kapo,
                #"""
                READYZ, LIVEZ = (GET.replace(b"/ ", path) for path in (b"/readyz ", b"/livez "))

                def look(client):
                    """Where the state stands in the course of time: starts, and whether the last run is over."""
                    status, headers, body = client.ask(GET)
                    entry = json.loads(body)[0]
                    assert status == 200
                    return entry["Restarts"], entry["Status"] != "running"

                seen, end = {(200, b"ok"): 0, (503, b"not ready: stopped"): 0}, time.monotonic() + 30
                with Client() as document, Client() as health:
                    before = look(document)
                    while min(seen.values()) < 300:
                        assert time.monotonic() < end, seen
                        for turn in range(3):
                            status, headers, body = health.ask(READYZ)
                            assert health.ask(LIVEZ)[::2] == (200, b"ok")
                            after = look(document)
                            assert before <= after
                            # Nothing happened meanwhile, so there is only one right answer.
                            if before == after and body != b"not ready: starting":
                                assert status == (503 if before[1] else 200), (before, status, body)
                                seen[status, body] += 1
                            before = after
                """#)
        }
    }

    @Test("once the kernel shows that a command is paused or goes on, /readyz says so, and then keeps to it")
    func paused() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "sleep", "600"])
            let pid = try kapo.commandPid()
            try box.replayClient(
                of: kapo,
                #"""
                READYZ = GET.replace(b"/ ", b"/readyz ")
                with Client() as client:
                    for turn in range(100):
                        for signal, expected in (19, (503, b"not ready: paused")), (18, (200, b"ok")):
                            os.kill(\#(pid), signal)
                            end = time.monotonic() + 15
                            while client.ask(READYZ)[::2] != expected:
                                assert time.monotonic() < end, expected
                            for number in range(10):
                                assert client.ask(READYZ)[::2] == expected, (turn, expected)
                """#)
        }
    }

    @Test(
        "200 identical requests for health on one connection cost 200 recvfrom, 200 sendto and no other call",
        .enabled(if: Tracer.obstacle == nil, "\(Tracer.obstacle ?? "")"),
        arguments: [("/readyz", ""), ("/livez", ""), ("/health", "Accept: application/health+json\\r\\n")],
        [["sleep", "600"], ["--ready", "fd:3", "sleep", "600"]])
    func cost(_ request: (path: String, header: String), _ command: [String]) throws {
        try Sandbox.run { box in
            let (kapo, trace) = try Tracer.start(["run"] + command, in: box, replays: true)
            try kapo.entry("a process") { $0.PID != 0 }
            try box.replayClient(
                of: kapo,
                ReplayCostTests.counting(trace)
                    + #"""
                    request = b"GET \#(request.path) HTTP/1.1\r\nHost: x\r\n\#(request.header)\r\n"
                    with Client() as client:
                        def ask_once():
                            status, headers, body = client.ask(request)
                            assert (status, body) == (first[0], first[2])
                            dates.add(headers["date"])
                        first = client.ask(request)
                        assert first[0] == \#(command.contains("--ready") && request.path != "/livez" ? 503 : 200)
                        ask_once()
                        calls = count_calls(lambda: [ask_once() for turn in range(200)])
                        client.finish()
                    # The first request of a second goes through evhttp, which writes in its own way.
                    assert calls["recvfrom"] == 200 and calls["sendto"] + calls["writev"] == 200, calls
                    assert calls["writev"] <= len(dates) and calls["sendto"] > 100, (calls, dates)
                    assert set(calls) <= {"recvfrom", "sendto", "writev"}, calls
                    """#)
        }
    }
}

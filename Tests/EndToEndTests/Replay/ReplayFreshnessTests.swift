import Testing

/// A replayed answer is never older than what Kapo knows.
@Suite struct ReplayFreshnessTests {
    /// What the scripts below tell states apart by.
    private static let states = #"""
        # Longer than what is remembered of a request: each of these is answered anew.
        PROBE = b"GET /probe HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 2000 + b"\r\n\r\n"

        def ask_entry(client, request=GET):
            status, headers, body = client.ask(request)
            assert status == 200
            return json.loads(body)[0]

        def place(entry):
            """Where the state stands in the course of time."""
            return entry["Restarts"], entry["Status"] != "running"

        def is_there(pid):
            """False once it has ended and Kapo has collected it; a zombie is there."""
            try:
                os.kill(pid, 0)
                return True
            except ProcessLookupError:
                return False


        """#

    @Test("while a command ends and starts all the time, no answer to remembered bytes is older than one to new bytes")
    func neverOlder() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.005", "sleep", "0.01"])
            try box.replayClient(
                of: kapo,
                Self.states + #"""
                    asked, last, running = 0, (0, False), 0
                    with Client() as remembered, Client() as fresh:
                        while asked < 4000 or last[0] < 40:
                            now = place(ask_entry(fresh, PROBE))
                            assert now >= last, (now, last)
                            last = now
                            for turn in range(10):
                                has_ended = running != 0 and not is_there(running)
                                entry = ask_entry(remembered)
                                asked += 1
                                assert place(entry) >= last, (entry, last)
                                last = place(entry)
                                # The process lived when it was asked for, or later.
                                assert not (has_ended and entry["PID"] == running), entry
                                assert (entry["PID"] != 0) == (entry["Status"] == "running"), entry
                                running = entry["PID"]
                    """#)
        }
    }

    @Test(
        "once Kapo has noticed an end, the very next answer to remembered bytes says so: fifty times, proved in 3 ways")
    func nextAnswer() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0", "sleep", "600"])
            try kapo.entry("running") { $0.Status == "running" }
            try box.replayClient(
                of: kapo,
                Self.states + #"""
                    def wait_for(condition):
                        end = time.monotonic() + 15
                        while not condition():
                            assert time.monotonic() < end, "Kapo does not notice"

                    def read_log():
                        with open("\#(kapo.process.errorPath)") as log:
                            return log.read()

                    with Client() as remembered, Client() as other:
                        for turn in range(50):
                            before = [ask_entry(remembered) for number in range(3)][-1]
                            pid, expected = before["PID"], (before["Restarts"] + 1, False)
                            assert before["Status"] == "running", before
                            os.kill(pid, 9)
                            if turn % 3 == 0:
                                wait_for(lambda: not is_there(pid))
                            elif turn % 3 == 1:
                                wait_for(lambda: f'killed by SIGKILL" pid={pid}\n' in read_log())
                            else:
                                new = b"GET /?n=%d HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1024 + b"\r\n\r\n"
                                numbers = iter(range(turn * 1000000, (turn + 1) * 1000000))
                                wait_for(lambda: place(ask_entry(other, new % next(numbers))) >= expected)
                            after = ask_entry(remembered)
                            assert after["PID"] != pid and place(after) >= expected, (turn, before, after)
                            assert after["LastSignal"] == 9, after
                            wait_for(lambda: ask_entry(remembered)["Status"] == "running")
                    """#)
            #expect(try kapo.entry().Restarts == 50)
        }
    }

    @Test("the date of replayed answers follows the clock")
    func date() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.replayClient(
                of: kapo,
                #"""
                import calendar
                dates, started = [], time.monotonic()
                with Client() as client:
                    while time.monotonic() < started + 4:
                        before = time.time()
                        headers = client.ask()[1]
                        after = time.time()
                        date = calendar.timegm(time.strptime(headers["date"], "%a, %d %b %Y %H:%M:%S GMT"))
                        # A date stands for its whole second; the loop's clock is a few milliseconds off.
                        assert before - 1.1 < date < after + 0.1, (before, date, after)
                        dates.append(date)
                        time.sleep(0.05)
                assert dates == sorted(dates) and len(set(dates)) >= 4, dates
                """#)
        }
    }
}

import Testing

/// What a request gets that was asked before, byte for byte, and how it is counted.
@Suite struct ReplayAnswerTests {
    @Test("the same bytes get the same answers, but for the date, when answers are replayed and when they are not")
    func sameAnswers() throws {
        try Sandbox.run { box in
            // Nothing goes by this name: the documents of both are the same, without a pid and without a time.
            let words = ["watch", box.path("nobody")]
            let kapo = try box.kapo(words)
            let plain = try box.kapo(words, environment: ["KAPO_REPLAY": "0"])
            try box.replayClient(
                of: kapo,
                #"""
                bodies = [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
                kept = [GET, HEAD, OPTIONS, b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                        b"HEAD /x?y=z HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                        b"OPTIONS * HTTP/1.1\r\n\r\n", b"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
                        b"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"GET /%00 HTTP/1.1\nHost: x\n\n",
                        b"GET / HTTP/1.1\r\nConnection: TE\r\nX: a\r\n b\r\n\r\n"]
                closing = [LAST, OLD, b"OPTIONS / HTTP/1.0\r\n\r\n", b"HEAD / HTTP/1.1\r\nConnection: a,close\r\n\r\n",
                           b"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", b"garbage\r\n\r\n",
                           b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"FOO / HTTP/1.0\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n",
                           b"GET / HTTP/1.1\r\nno colon\r\n\r\n"]
                closing += [b"%s / HTTP/1.1\r\n" % method + body for method in (b"GET", b"POST") for body in bodies]

                def undated(answer):
                    return re.sub(rb"(\r\nDate: )[^\r]*", rb"\1-", answer)

                def read(client, request):
                    """One answer, byte for byte."""
                    answer = b""
                    while not answer.endswith(b"\r\n\r\n"):
                        byte = client.stream.read(1)
                        assert byte, (request, answer)
                        answer += byte
                    length = int(re.search(rb"\r\nContent-Length: (\d+)", answer)[1])
                    return undated(answer + (b"" if request.startswith(b"HEAD") else client.stream.read(length)))

                def ask_kept(port, request):
                    with Client(port=port) as client:
                        answers = []
                        for turn in range(5):
                            client.send(request)
                            answers.append(read(client, request))
                        client.finish()
                    return answers

                def ask_closing(port, request):
                    answers = []
                    for turn in range(3):
                        with Client(port=port) as client:
                            client.send(request)
                            answers.append(undated(client.stream.read()))
                    return answers

                for requests, ask in (kept, ask_kept), (closing, ask_closing):
                    for request in requests:
                        replayed, plain = ask(port, request), ask(\#(plain.port), request)
                        assert replayed == plain, (request, replayed, plain)
                        assert set(replayed) == {replayed[0]} and b"HTTP/1." in replayed[0], (request, replayed)
                """#)
            #expect(plain.process.isRunning, "\(plain.log)")
        }
    }

    @Test("KAPO_REPLAY is a switch: any other value exits with 64, names the variable and starts nothing")
    func variable() throws {
        try Sandbox.run { box in
            for value in ["yes", "on", "2", " 1", "no"] {
                let outcome = try box.finish(
                    [Programs.kapo, "-p", "0", "run", "touch", box.path("started")], environment: ["KAPO_REPLAY": value]
                )
                #expect(outcome.ending == .code(64), "'\(value)'")
                #expect(outcome.output == "")
                for word in ["KAPO_REPLAY", "'\(value)'", "true", "false"] {
                    #expect(outcome.errors.contains(word), "'\(value)': \(outcome.errors)")
                }
                #expect(!Files.exists(box.path("started")), "'\(value)'")
            }
            for value in ["", "1", "0", "true", "False"] {
                let outcome = try box.finish(
                    [Programs.kapo, "-i", "127.0.0.1", "-p", "0", "run", "true"], environment: ["KAPO_REPLAY": value])
                #expect(outcome.ending == .code(0), "'\(value)': \(outcome.errors)")
            }
        }
    }

    @Test("replayed requests are counted like all others, to the last one")
    func counted() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.replayClient(
                of: kapo,
                #"""
                asked = 0
                with Client() as client:
                    for turn in range(200):
                        for request in GET, GET, HEAD, OPTIONS, b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % turn:
                            assert client.ask(request)[0] == 200
                            asked += 1
                    # Together, and in pieces.
                    for count in range(2, 20):
                        client.send(GET * count)
                        asked += sum(client.answer()[0] == 200 for number in range(count))
                        client.send_pieces(GET[:count], GET[count:])
                        asked += client.answer()[0] == 200
                    assert asked == 1000 + sum(range(2, 20)) + 18
                    statuses = {LAST: 200, OLD: 200, b"POST / HTTP/1.1\r\n\r\n": 405, b"?\r\n": 400}
                    for turn in range(50):
                        for request, status in statuses.items():
                            with Client() as other:
                                assert other.ask(request)[0] == status
                                other.expect_end()
                                asked += 1
                    served = json.loads(client.ask(VARS)[2])["kapo"]
                    assert served["requests_served"] == asked + 1, (served, asked)
                    assert served["connections_accepted"] == 201 and served["connections_open"] == 1, served
                """#)
        }
    }

    @Test("/debug/vars is made anew for the same bytes: each answer counts itself")
    func varsAreLive() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.replayClient(
                of: kapo,
                #"""
                vars_and_close = b"GET /debug/vars HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                with Client() as client:
                    served = []
                    for turn in range(50):
                        served.append(json.loads(client.ask(VARS)[2])["kapo"]["requests_served"])
                    assert served == list(range(1, 51)), served
                    # The same when other requests are remembered in between, and on connections of their own.
                    for turn in range(20):
                        assert client.ask()[0] == client.ask()[0] == 200
                        with Client() as other:
                            counters = json.loads(other.ask(vars_and_close)[2])["kapo"]
                            other.expect_end()
                        assert counters["requests_served"] == 50 + 3 * (turn + 1), (turn, counters)
                        assert counters["connections_accepted"] == turn + 2, (turn, counters)
                """#)
        }
    }

    @Test("twenty clients that mix more requests than are remembered get what each of their 20,000 requests must get")
    func manyClients() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            try box.replayClient(
                of: kapo,
                #"""
                import concurrent.futures
                learn()
                methods = [b"GET"] * 5 + [b"HEAD"] * 4 + [b"OPTIONS"] * 3
                requests = [b"%s /%d HTTP/1.1\r\nHost: x\r\n\r\n" % (method, n) for n, method in enumerate(methods)]

                def ask_much(seed):
                    chance = random.Random(seed)
                    asked = 0
                    with Client() as client:
                        while asked < 1000:
                            # Mostly one of a few, alone; now and then some together.
                            count = chance.choice([1] * 9 + [3])
                            some = chance.choices(requests, weights=[20] * 2 + [1] * 8 + [20] * 2, k=count)
                            client.send(b"".join(some))
                            for request in some:
                                check(request, client.answer(request))
                            asked += count
                        client.finish()
                    return asked

                with concurrent.futures.ThreadPoolExecutor(20) as pool:
                    asked = sum(pool.map(ask_much, range(20)))
                assert asked >= 20000
                with Client() as client:
                    served = json.loads(client.ask(VARS)[2])["kapo"]["requests_served"]
                assert served == asked + 2, (served, asked)
                """#)
        }
    }
}

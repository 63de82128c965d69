import Glibc
import Testing

/// `GET /events` and `/debug/vars` of services.
@Suite struct ServiceEventsTests {
    @Test("a storm of changes is told in few events, in order, and the last one has all of it")
    func storm() throws {
        try Sandbox.run { box in
            let names = (0..<40).map { "s\($0)" }
            let directory = try box.directoryOfServices(
                Dictionary(uniqueKeysWithValues: names.map { ($0, "cmd: sleep 600") }))
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            let listener = try box.start(
                ["curl", "--silent", "--no-buffer", "--noproxy", "*", "http://127.0.0.1:\(kapo.port)/events"])
            try listener.waitForOutput(containing: "\n\n")
            for pid in try kapo.document().map(\.PID) { kill(pid, SIGKILL) }
            try kapo.document("all again") { entries in
                entries.allSatisfy { $0.Restarts == 1 && $0.Status == "running" }
            }
            // The last event is the document as it stays.
            let document = try kapo.get()
            try eventually("the last document in the last event: \(listener.output.suffix(200))") {
                listener.output.hasSuffix("data: \(document)\n")
            }
            let numbers = listener.output.split(separator: "\n").filter { $0.hasPrefix("id: ") }
                .compactMap { Int($0.dropFirst(4)) }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
            // Each of the 40 was killed, started and runs: changes that the numbers count, and that events share.
            let changes = try #require(numbers.last) - numbers[0]
            #expect(changes >= 80 && numbers.count < changes, "\(numbers)")
            #expect(try kapo.get("/debug/vars").contains("\"restarts\":40"))

            #expect(try kapo.stop() == .code(0))
            #expect(try listener.wait() == .code(0))
            #expect(listener.output.hasSuffix("data: []\n\n"), "what came last is told before the end")
        }
    }

    @Test("who comes in the middle hears the state of then once, and what follows")
    func latecomer() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            try box.client(
                of: kapo,
                #"""
                def listen():
                    connection = connect()
                    connection.sendall(b"GET /events HTTP/1.0\r\n\r\n")
                    stream = connection.makefile("rb")
                    while stream.readline() != b"\r\n":
                        pass
                    return stream

                def hear(stream):
                    number, kind, data, end = (stream.readline().decode() for line in range(4))
                    assert number.startswith("id: ") and kind == "event: status\n" and end == "\n"
                    return int(number[4:]), json.loads(data[6:])

                first = listen()
                last = hear(first)
                for turn in range(5):
                    os.kill(last[1][0]["PID"], 9)
                    heard = [hear(other) for other in (first, listen())]
                    # The second one may have come before the kill was noticed.
                    while heard[0][1][0]["Restarts"] <= turn or heard[0][1][0]["PID"] in (0, last[1][0]["PID"]):
                        before = heard[0][0]
                        heard[0] = hear(first)
                        assert heard[0][0] > before, "nothing is told twice"
                    last = heard[0]
                    # Less than a second after a start it is not started again.
                    time.sleep(1.1)
                """#)
            #expect(try kapo.stop() == .code(0))
        }
    }
}

import Glibc
import Testing

/// `--drain`: between the TERM that Kapo gets and the one that the command gets. What must come in an order is seen in
/// that order, by one client that asks and looks in turn; the clock is asked only for "not before".
@Suite struct DrainTests {
    /// A command that writes down when it hears TERM, what Kapo says then, and on HUP that it heard that.
    private static func worker(_ box: Sandbox) -> [String] {
        let heard = box.path("heard")
        return [
            "sh", "-c",
            """
            trap 'date +%s.%N >\(heard).new; mv \(heard).new \(heard); exit 7' TERM
            trap 'echo hup' HUP
            echo working
            while :; do sleep 0.02; done
            """,
        ]
    }

    /// Starts it, and waits until it works: its traps are set by then.
    private func start(_ mode: [String], in box: Sandbox) throws -> Kapo {
        let kapo = try box.kapoWithAgent(mode + Self.worker(box))
        try kapo.process.waitForOutput(containing: "working")
        try box.expectReady(kapo)
        return kapo
    }

    @Test(
        "at once nothing is ready any more; the command hears of it later, and ends as it likes",
        arguments: [
            ["run"], ["supervise", "--wait", "0"],
        ])
    func order(_ mode: [String]) throws {
        try Sandbox.run { box in
            let kapo = try start(mode + ["--drain", "3"], in: box)
            let sentAt = WallTime.now
            try box.healthClient(
                of: kapo,
                #"""
                def has_heard():
                    return os.path.exists("\#(box.path("heard"))")

                os.kill(\#(kapo.pid), 15)
                with connect() as connection, connection.makefile("rb") as stream:
                    def ask_kept(path):
                        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                        return read_answer(stream)
                    wait_for("the drain", lambda: ask_kept("/readyz")[::2] == (503, b"not ready: draining"))
                    assert not has_heard(), "the command heard of it before the load balancer"
                    # Everything else goes on, on connections that were there and on new ones.
                    assert ask_agent() == "drain\n" and ask("/livez")[0] == 200
                    entry = json.loads(ask_kept("/")[2])[0]
                    assert entry["Status"] == "stopping" and entry["PID"] > 0 and entry["EndTime"][:4] == "0001", entry
                """#)
            #expect(try kapo.process.wait() == .code(7))
            let heardAt = try #require(Double(Files.text(box.path("heard")).dropLast()))
            #expect(heardAt - sentAt >= 3, "not before the time is over")
            #expect(kapo.log.contains("draining: sh is told to stop in 3 s"))
            #expect(!kapo.log.contains("again"), "nothing is started any more")
        }
    }

    @Test("a second TERM, or an INT, skips the rest; the next one kills", arguments: [SIGTERM, SIGINT])
    func second(_ signal: Int32) throws {
        try Sandbox.run { box in
            let kapo = try start(["supervise", "--drain", "600"], in: box)
            kapo.process.signal(SIGTERM)
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            #expect(!Files.exists(box.path("heard")))
            #expect(try kapo.stop(signal) == (signal == SIGTERM ? .code(7) : .code(128 + SIGINT)))
            #expect(Files.exists(box.path("heard")) == (signal == SIGTERM))
        }
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent([
                "run", "--drain", "600", "sh", "-c", "trap '' TERM INT; echo working; while :; do sleep 0.02; done",
            ])
            try kapo.process.waitForOutput(containing: "working")
            kapo.process.signal(SIGTERM)
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            kapo.process.signal(signal)
            try box.expectNotReady(kapo, "stopping", live: true, part: "drain")
            #expect(try kapo.stop(signal) == .code(128 + SIGKILL))
        }
    }

    @Test("an INT does not drain: who types it waits for the end")
    func interrupt() throws {
        try Sandbox.run { box in
            let kapo = try start(["run", "--drain", "600"], in: box)
            #expect(try kapo.stop(SIGINT) == .code(128 + SIGINT))
            #expect(!kapo.log.contains("draining"))
        }
    }

    @Test("a command that ends by itself meanwhile ends Kapo, and is not started again")
    func ownEnd() throws {
        try Sandbox.run { box in
            let kapo = try start(["supervise", "--wait", "0", "--drain", "600"], in: box)
            let pid = try kapo.commandPid()
            kapo.process.signal(SIGTERM)
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            kill(pid, SIGKILL)
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
            #expect(!kapo.log.contains("again"))
        }
    }

    @Test("other signals are passed on meanwhile, and a command that is paused hears the end all the same")
    func signals() throws {
        try Sandbox.run { box in
            let kapo = try start(["run", "--drain", "600"], in: box)
            kapo.process.signal(SIGTERM)
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            kapo.process.signal(SIGHUP)
            try kapo.process.waitForOutput(containing: "hup")
            let pid = try kapo.commandPid()
            kill(pid, SIGSTOP)
            try eventually("the pause", that: { ProcessTable.stat(pid)?.first == "T" })
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            #expect(try kapo.stop() == .code(7))
        }
    }

    @Test("without a command that runs there is nothing to drain: Kapo ends at once")
    func nothingToDrain() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["supervise", "--wait", "600", "--drain", "600", "sh", "-c", "exit 5"])
            try box.expectNotReady(kapo, "stopped", live: true, part: "command")
            #expect(try kapo.stop() == .code(5))
            #expect(!kapo.log.contains("draining"))
        }
    }

    @Test("without --drain the command hears TERM at once, and is not ready from then on")
    func without() throws {
        try Sandbox.run { box in
            let kapo = try start(["run"], in: box)
            #expect(try kapo.stop() == .code(7))
            #expect(!kapo.log.contains("draining"))
        }
    }
}

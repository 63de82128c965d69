import Glibc
import Testing

/// `kapo supervise --check`.
@Suite struct CheckRestartTests {
    @Test("a server that hangs is restarted, and what is told of it is true everywhere")
    func hangs() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", server.check("/ping"), "--check-grace", "60"]
                    + Sandbox.often
                    + ["--notify-exec", "cat >>\(box.path("events"))"] + server.words)
            let passing = try kapo.check(verdict: "passing")
            #expect(passing.Check == server.check("/ping") && passing.LastMessage == "200 OK")
            #expect(passing.LastResult == "passed" && passing.Passed > 0 && (passing.LastLatency ?? 0) > 0)
            #expect(try kapo.get("/readyz?verbose").contains("[+]check \(server.check("/ping")) ok\n"))
            let pid = try kapo.entry().PID

            try server.make(.hang, inRun: 1)
            try kapo.entry("another run that passes") {
                $0.Restarts >= 1 && $0.PID != pid && $0.Checks?.first?.Verdict == "passing"
            }
            #expect(!ProcessTable.isAlive(pid))
            #expect(try kapo.checks[0].Failed >= 1)
            let line = "check \(server.check("/ping")) fails: restarting python3"
            #expect(kapo.log.contains("level=error msg=\"\(line)\" result=\"no answer within 2 s\""), "\(kapo.log)")
            #expect(kapo.log.contains("python3 fails its checks, stopping it"))
            try eventually("both events", that: { try box.events(in: "events").count == 2 })
            #expect(try box.events(in: "events").last?.Event == "passing")
            let event = try #require(try box.events(in: "events").first)
            #expect((event.Event, event.Command, event.PID, event.Name) == ("restarting", "python3", pid, nil))
            #expect(event.Check.Verdict == "failing" && event.Check.LastMessage == "no answer within 2 s")
            let metrics = try kapo.get("/metrics")
            #expect(metrics.contains("kapo_check_up{check=\"\(server.check("/ping"))\"} 1\n"))
            #expect(metrics.contains("result=\"failed\"} "))
        }
    }

    @Test("a healthy server is left alone, and it alone: the one that fails is of another service")
    func services() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            try server.make(.fail, inRun: 1)
            _ = try box.finish(["mkdir", box.path("services")])
            let command = server.words.joined(separator: " ")
            let options = "check-interval: 0.2, wait: 0"
            try Files.write(
                box.path("services/bad.yml"),
                "cmd: \(command)\nkapo: {check: '\(server.check())', \(options)}\n".utf8)
            try Files.write(
                box.path("services/good.yml"),
                "cmd: sleep 600\nkapo: {check: ['exec:true', 'exec:exit 0'], \(options)}\n".utf8)
            let kapo = try box.kapo(["supervise", "--config-dir", box.path("services")])
            try kapo.document("the restart of the bad one") { entries in
                entries.contains {
                    $0.Name == "bad" && $0.Restarts >= 1 && $0.Checks?.first?.Verdict == "passing"
                }
            }
            try kapo.document("checks of the good one") { entries in
                entries.contains { $0.Name == "good" && $0.Checks?.map(\.Verdict) == ["passing", "passing"] }
            }
            #expect(try kapo.document().first { $0.Name == "good" }?.Restarts == 0)
            #expect(try kapo.get("/metrics").contains("kapo_check_up{service=\"good\",check=\"exec:true\"} 1\n"))
        }
    }

    @Test("one that is slow at start is not restarted in its time of grace, and is checked behind it")
    func slow() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            try box.allow("slow")
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", server.check(), "--check-grace", "600"] + Sandbox.often
                    + server.words)
            try kapo.check("failures that do not count") { $0.Failed >= 3 }
            #expect(try kapo.entry().Restarts == 0 && kapo.checks[0].Verdict == "pending")
            #expect(try kapo.ask("/readyz").status == 200)
            _ = try box.finish(["rm", box.path("slow")])
            try kapo.check(verdict: "passing")
            #expect(server.runs == 1)
            try server.make(.fail, inRun: 1)
            try kapo.entry("a restart: it has passed once, and the grace is over") { $0.Restarts == 1 }
        }
    }

    @Test("flapping below --check-fall is borne")
    func flapping() throws {
        try Sandbox.run { box in
            // Every third check passes.
            let count = "n=$(($(cat \(box.path("n"))) + 1)); echo $n >\(box.path("n")); [ $((n % 3)) = 0 ]"
            try Files.write(box.path("n"), "0\n".utf8)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", "exec:\(count)", "--check-fall", "3"] + Sandbox.often
                    + ["sleep", "600"])
            try kapo.check("two rounds") { $0.Passed >= 2 && $0.Failed >= 4 }
            #expect(try kapo.entry().Restarts == 0 && kapo.checks[0].Verdict == "passing")
            #expect(try kapo.ask("/readyz").status == 200)
        }
    }

    @Test("beyond the restart limit it is unready, and no restart follows until a check has passed")
    func limit() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            try server.make(.fail)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--check", server.check(), "--check-restart-limit", "2/3600"]
                    + Sandbox.often + ["--notify-exec", "cat >>\(box.path("events"))"] + server.words)
            try kapo.entry("the last restart") { $0.Restarts == 2 && $0.Checks?.first?.Verdict == "failing" }
            let answer = try kapo.ask("/readyz")
            #expect((answer.status, answer.body) == (503, "not ready: unhealthy"))
            let failed = try kapo.checks[0].Failed
            try kapo.check("further failures") { $0.Failed >= failed + 3 }
            #expect(try kapo.entry().Restarts == 2)
            try server.end(.fail)
            try kapo.check(verdict: "passing")
            #expect(try kapo.ask("/readyz").status == 200)
            try eventually("the events", that: { try box.events(in: "events").count == 4 })
            #expect(
                try box.events(in: "events").map(\.Event) == ["restarting", "restarting", "limited", "passing"])
        }
    }

    @Test("a command that ignores TERM is killed, and its restart counts as a failure")
    func stubborn() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--kill-after", "0.2", "--check", "exec:[ ! -e \(box.path("bad")) ]"]
                    + Sandbox.often + ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
            try kapo.check(verdict: "passing")
            try box.allow("bad")
            try kapo.entry("the restart") { $0.Restarts >= 1 && $0.LastSignal == SIGKILL }
        }
    }
}

import Glibc
import Testing

/// `kapo run --check`, and the action `unready` and `none`.
@Suite struct CheckUnreadyTests {
    @Test("a server that leaks into 500s is not ready any more, goes on, and is ready when it has recovered")
    func fails() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            let kapo = try box.kapo(["run", "--check", server.check()] + Sandbox.often + server.words)
            try kapo.check(verdict: "passing")
            #expect(try kapo.ask("/readyz").status == 200)
            let pid = try kapo.entry().PID
            try server.make(.fail)
            try kapo.check(verdict: "failing")
            let answer = try kapo.ask("/readyz?verbose")
            #expect(answer.status == 503)
            #expect(answer.body.contains("[-]checks failed: unhealthy\n"))
            #expect(answer.body.contains("[-]check \(server.check()) failed: 500 Internal Server Error: all is well\n"))
            #expect(try kapo.ask("/livez").status == 200)
            #expect(try kapo.entry().Status == "running" && kapo.entry().PID == pid)
            try server.end(.fail)
            try kapo.check(verdict: "passing")
            #expect(try kapo.ask("/readyz").status == 200)
            #expect(try kapo.entry().PID == pid && server.runs == 1)
            #expect(kapo.log.contains("level=notice msg=\"check \(server.check()) passes again\" result=\"200 OK\""))
        }
    }

    @Test("with the action none it is told, and the command stays ready")
    func none() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--check", "exec:echo so; exit 3", "--check-action", "none"] + Sandbox.often
                    + ["sleep", "600"])
            let check = try kapo.check(verdict: "failing")
            #expect(check.LastMessage == "exit code 3: so")
            try kapo.check("more of them") { $0.Failed >= 3 }
            #expect(try kapo.entry().Restarts == 0 && kapo.ask("/readyz").status == 200)
            let answer = try kapo.get("/readyz?verbose")
            #expect(answer.contains("[-]check exec:echo so; exit 3 failed: exit code 3: so\n"))
            #expect(answer.hasSuffix("readyz check passed\n"))
            #expect(kapo.log.split(separator: "\n").count { $0.contains(" fails\"") } == 1, "it is told once")
        }
    }

    @Test("each change is an event of /events")
    func events() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run", "--check", "exec:[ ! -e \(box.path("bad")) ]"] + Sandbox.often + ["sleep", "600"])
            let curl = try box.start(
                ["curl", "-sN", "--noproxy", "*", "--max-time", "60", "http://127.0.0.1:\(kapo.port)/events"])
            try eventually("a check that passes", that: { curl.output.contains("\"Verdict\":\"passing\"") })
            try box.allow("bad")
            try eventually("one that fails", that: { curl.output.contains("\"Verdict\":\"failing\"") })
            curl.signal(SIGTERM)
            _ = try curl.wait()
        }
    }

    @Test("a command that is paused is not asked, and is asked again when it goes on")
    func paused() throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            let kapo = try box.kapo(["run", "--check", server.check()] + Sandbox.often + server.words)
            try kapo.check(verdict: "passing")
            let pid = try kapo.entry().PID
            kill(pid, SIGSTOP)
            try eventually("the pause", that: { try kapo.ask("/readyz").body == "not ready: paused" })
            let before = try kapo.checks
            pause(.seconds(1))
            #expect(try kapo.checks == before)
            kill(pid, SIGCONT)
            try kapo.check("further checks") { $0.Passed >= before[0].Passed + 2 }
            #expect(try kapo.checks[0].Failed == before[0].Failed)
        }
    }
}

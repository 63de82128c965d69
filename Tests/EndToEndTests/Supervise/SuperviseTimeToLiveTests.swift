import Glibc
import Testing

/// `--ttl` of supervise.
@Suite struct SuperviseTimeToLiveTests {
    @Test("a run whose time is over is replaced; that is no failure")
    func refresh() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--ttl", "1", "--wait", "0.05", "--restart", "on-failure", "--backoff", "100", "sleep",
                "600",
            ])
            let first = try kapo.entry("running") { $0.Status == "running" }
            #expect(first.TTL == 1)
            let second = try kapo.entry("another run") { $0.Status == "running" && $0.Restarts == 1 }
            #expect(second.PID != first.PID && second.LastSignal == SIGTERM && second.TTL == 1)
            let starts = [first, second].compactMap { WallTime.seconds($0.StartTime) }
            #expect(starts.count == 2 && starts[1] - starts[0] >= 1.05, "\(starts)")
            #expect(kapo.log.contains("time to live is over"))
            #expect(kapo.log.contains("again in 0.05 s"))
            #expect(!kapo.log.contains("killing"))
        }
    }

    @Test(
        "a run that ignores its TERM is killed after --kill-after, with its whole group; INT is sent if it is asked for"
    )
    func killed() throws {
        try Sandbox.run { box in
            let script = "trap '' TERM; trap 'echo INT' INT; sleep 600 & while :; do sleep 0.05; done"
            let kapo = try box.kapo([
                "supervise", "--ttl", "1", "--kill-after", "0.3", "--stop-signal", "INT", "--wait", "600", "sh", "-c",
                script,
            ])
            let entry = try kapo.entry("killed") { $0.Status == "killed" }
            #expect(entry.Signal == SIGKILL)
            let life = (WallTime.seconds(entry.EndTime) ?? 0) - (WallTime.seconds(entry.StartTime) ?? 0)
            #expect(life >= 1.3)
            #expect(kapo.process.output == "INT\n")
            #expect(kapo.log.contains("killing sh and its process group"))
            try eventually("the end of the whole group", that: { box.processes == [kapo.pid] })
        }
    }

    @Test("each run draws from a range anew, and the document has the number of the run that it shows")
    func range() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--ttl", "1000-1999", "--wait", "0", "sleep", "0.1"])
            var drawn: [String: Set<Int>] = [:]
            try eventually("eight runs, where there are: \(drawn); log: \(kapo.log)") {
                let entry = try kapo.entry()
                if entry.Status == "running" { drawn[entry.StartTime, default: []].insert(entry.TTL) }
                return drawn.count >= 8
            }
            #expect(drawn.values.allSatisfy { $0.count == 1 }, "one number for each run: \(drawn)")
            let all = drawn.values.flatMap { $0 }
            #expect(all.allSatisfy { 1000...1999 ~= $0 })
            // Eight draws from 1000 numbers are all equal once in 10 to the power of 21.
            #expect(Set(all).count > 1)
        }
    }

    @Test("with --restart never, the time is the end of Kapo as well")
    func never() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--ttl", "1", "--restart", "never", "sleep", "600"])
            #expect(try kapo.process.wait() == .code(128 + SIGTERM))
        }
    }
}

import FoundationEssentials
import Testing

@Suite struct VarsTests {
    /// The part of Go's expvar that tools such as expvarmon read.
    private struct Vars: Decodable {
        struct Memory: Decodable {
            var Alloc, TotalAlloc, Sys, Mallocs, Frees, HeapAlloc, HeapSys, HeapIdle, HeapInuse, HeapReleased: UInt64
            var HeapObjects, NextGC, LastGC, PauseTotalNs, NumGC: UInt64
            var PauseNs: [UInt64]
            var EnableGC: Bool
        }

        var cmdline: [String]
        var memstats: Memory
        var kapo: Counters
    }

    private func vars(_ kapo: Kapo) throws -> Vars {
        try JSONDecoder().decode(Vars.self, from: Data(kapo.get("/debug/vars").utf8))
    }

    @Test("/debug/vars has Go's shape, and what it says is so")
    func shape() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.1", "sleep", "600"])
            let first = try vars(kapo)
            #expect(first.cmdline == kapo.process.words)
            #expect(first.memstats.PauseNs.count == 256)
            #expect(first.memstats.NumGC == 0 && !first.memstats.EnableGC)
            let resident = UInt64(ProcessTable.residentKiB(kapo.pid)) * 1024
            #expect(first.memstats.Sys > resident / 2 && first.memstats.Sys < resident * 2)
            #expect(first.memstats.HeapAlloc > 0 && first.memstats.HeapAlloc <= first.memstats.HeapSys)
            #expect(first.memstats.HeapInuse + first.memstats.HeapIdle <= first.memstats.HeapSys + 4096)
            #expect(first.kapo.connections_open == 1)
            #expect(first.kapo.restarts == 0)

            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            #expect(try box.shell("kill -9 \(pid)").code == 0)
            try kapo.entry("restarted") { $0.Restarts == 1 && $0.Status == "running" }
            let later = try eventually("an uptime of a second") { () -> Vars? in
                let now = try vars(kapo)
                return now.kapo.uptime_seconds >= 1 ? now : nil
            }
            #expect(later.kapo.restarts == 1)
            #expect(later.kapo.requests_served >= first.kapo.requests_served + 3)
            #expect(later.kapo.connections_accepted >= first.kapo.connections_accepted + 3)
            let answer = try kapo.ask("/debug/vars")
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["cache-control"] == "no-store")
        }
    }
}

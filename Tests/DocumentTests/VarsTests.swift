import FoundationEssentials
import Testing

@testable import Document

@Suite("The answer of /debug/vars")
struct VarsTests {
    private static let vars = Vars(
        cmdline: ["kapo", "run", "say \"hi\""],
        kapo: Vars.Counters(
            connectionsAccepted: .max, connectionsOpen: 2, requestsServed: 17, restarts: 3, uptimeSeconds: 86_400),
        memstats: Vars.Memory(resident: 6_000, heap: 5_000, allocated: 4_000, free: 1_000, releasable: 500))

    @Test("byte for byte, members in alphabetical order")
    func bytes() {
        let pauses = Array(repeating: "0", count: 256).joined(separator: ",")
        let expected =
            #"{"cmdline":["kapo","run","say \"hi\""],"#
            + #""kapo":{"connections_accepted":18446744073709551615,"connections_open":2,"requests_served":17,"#
            + #""restarts":3,"uptime_seconds":86400},"#
            + #""memstats":{"Alloc":4000,"EnableGC":false,"Frees":0,"HeapAlloc":4000,"HeapIdle":1000,"#
            + #""HeapInuse":4000,"HeapObjects":0,"HeapReleased":500,"HeapSys":5000,"LastGC":0,"Mallocs":0,"#
            + #""NextGC":0,"NumGC":0,"PauseNs":[\#(pauses)],"PauseTotalNs":0,"Sys":6000,"TotalAlloc":0}}"# + "\n"
        #expect(text(Self.vars.bytes) == expected)
    }

    /// The fields that expvar's readers look for, of Go's types: a missing one fails to decode.
    private struct Answer: Decodable {
        struct MemStats: Decodable {
            var Alloc, TotalAlloc, Sys, Mallocs, Frees: UInt64
            var HeapAlloc, HeapSys, HeapIdle, HeapInuse, HeapReleased, HeapObjects: UInt64
            var NextGC, LastGC, PauseTotalNs: UInt64
            var PauseNs: [UInt64]
            var NumGC: UInt32
            var EnableGC: Bool
        }

        var cmdline: [String]
        var memstats: MemStats
    }

    @Test("a reader of Go's expvar finds every field of the type that it expects")
    func shape() throws {
        let answer = try JSONDecoder().decode(Answer.self, from: Data(Self.vars.bytes))
        #expect(answer.cmdline == ["kapo", "run", "say \"hi\""])
        #expect(answer.memstats.PauseNs == [UInt64](repeating: 0, count: 256))
        #expect(answer.memstats.HeapSys == 5_000)
        #expect(answer.memstats.HeapInuse + answer.memstats.HeapIdle == answer.memstats.HeapSys)
    }
}

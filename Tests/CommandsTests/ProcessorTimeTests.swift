import Host
import Testing

@testable import Program

@Suite("CPU time of processes that come and go")
struct ProcessorTimeTests {
    /// A process that has used so many seconds. Any process's line will do for what is not looked at.
    private static func usage(_ pid: Int32, _ seconds: Int64, startTicks: UInt64 = 1) throws -> ProcessUsage {
        var usage = try #require(ProcessUsage.own)
        usage.pid = pid
        usage.startTicks = startTicks
        usage.processorTime = seconds * 1_000_000_000
        return usage
    }

    /// The sums in seconds after each of these looks.
    private static func totals(_ looks: [[ProcessUsage]]) -> [Int64] {
        var time = ProcessorTime()
        return looks.map { look in
            time.look(at: look)
            return time.total / 1_000_000_000
        }
    }

    @Test("it is the sum of what each has used, and does not fall when one ends")
    func sum() throws {
        let looks = try [
            [], [Self.usage(1, 5)], [Self.usage(1, 7), Self.usage(2, 100)], [Self.usage(1, 8)], [],
        ]
        #expect(Self.totals(looks) == [0, 5, 107, 108, 108])
    }

    @Test("a process that follows another begins anew, with the same pid too")
    func restart() throws {
        let looks = try [[Self.usage(1, 5)], [Self.usage(1, 9, startTicks: 2)], [Self.usage(1, 10, startTicks: 2)]]
        #expect(Self.totals(looks) == [5, 14, 15])
    }

    @Test("a figure that goes back counts once")
    func backwards() throws {
        #expect(Self.totals(try [[Self.usage(1, 5)], [Self.usage(1, 4)], [Self.usage(1, 6)]]) == [5, 5, 6])
    }
}

import Testing

@testable import Host

@Suite("Clocks and memory")
struct ClockTests {
    @Test("the monotonic clock never goes back")
    func monotonic() {
        var last = Clock.monotonic
        var wentBack = 0
        for _ in 0..<10_000 {
            let now = Clock.monotonic
            if now < last { wentBack += 1 }
            last = now
        }
        #expect(wentBack == 0)
        #expect(last > 0)
    }

    @Test("the system was booted before now, and the time of day is after this was written")
    func wall() {
        #expect(Clock.bootWall < Clock.wall)
        #expect(Clock.wall > 1_700_000_000 * 1_000_000_000)
    }

    @Test("the boot time is that of /proc/stat, to the seconds that it has")
    func boot() throws {
        let text = String(decoding: try File.read(Word("/proc/stat"), limit: 10_000_000), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("btime ") })
        let seconds = try #require(Int64(line.dropFirst("btime ".count)))
        // The kernel rounds in its own way, and the time of day can be set meanwhile by a second or two.
        #expect(abs(Clock.bootWall / 1_000_000_000 - seconds) <= 5)
    }

    @Test("memory is what the kernel and the allocator say, in bytes")
    func memory() {
        let block = [UInt8](repeating: 1, count: 8 << 20)
        #expect(Memory.heap.taken >= UInt64(block.count))
        #expect(Memory.heap.used >= UInt64(block.count))
        #expect(Memory.resident >= UInt64(block.count))
    }
}

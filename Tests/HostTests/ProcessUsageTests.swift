import Glibc
import Testing

@testable import Host

@Suite("What a process uses")
struct ProcessUsageTests {
    /// A line with 11 in the place of utime, 12 in that of stime, and so on.
    private static let line =
        "7 (a) b) S 1 2 3 4 -1 4194560 6 7 8 9 250 50 12 13 20 0 4 0 987654321 5000000 300 18446744073709551615 0\n"

    private static func usage(_ line: String, ticksPerSecond: Int64 = 100) -> ProcessUsage? {
        ProcessUsage(line: Array(line.utf8), ticksPerSecond: ticksPerSecond, pageBytes: 4096)
    }

    @Test("ticks become nanoseconds, and pages bytes")
    func units() throws {
        let usage = try #require(Self.usage(Self.line))
        #expect(usage.pid == 7)
        #expect(usage.startTicks == 987_654_321)
        #expect(usage.processorTime == 3_000_000_000)
        #expect(usage.virtualBytes == 5_000_000)
        #expect(usage.residentBytes == 300 * 4096)
        #expect(usage.threads == 4)
        #expect(usage.descriptors == nil)
        #expect(Self.usage(Self.line, ticksPerSecond: 1000)?.processorTime == 300_000_000)
    }

    @Test("a line that is cut, or has words where numbers are, is none; no size of a number makes it crash")
    func nonsense() {
        let whole = Self.line.split(separator: " ")
        for length in 0..<whole.count - 2 {
            #expect(Self.usage(whole.prefix(length).joined(separator: " ")) == nil, "\(length) words")
        }
        for (index, value) in [(14, "x"), (15, "-1"), (23, "0x1"), (24, "99999999999999999999")] {
            // Two words make the name.
            var words = whole
            words[index] = Substring(value)
            #expect(Self.usage(words.joined(separator: " ")) == nil, "\(index)")
            words[index] = "18446744073709551615"
            #expect(Self.usage(words.joined(separator: " ")) != nil, "\(index)")
        }
    }

    @Test("a child is seen with its memory, its threads, its descriptors and its CPU time")
    func child() throws {
        let pipe = try Pipe()
        let script = """
            import os, sys, threading, time
            keep = bytearray(b'x' * (50 << 20))
            files = [open('/dev/null') for _ in range(20)]
            for _ in range(3): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            while time.process_time() < 0.3: pass
            os.write(1, b'%d' % (len(os.listdir('/proc/self/fd')) - 1))
            time.sleep(600)
            """
        var command = Command(
            words: [Word("/usr/bin/python3"), Word("-c"), Word(script)], environment: Invocation.environment)
        command.output = pipe.writeEnd.number
        let pid = try command.spawn(Start.plain)
        defer {
            kill(pid, SIGKILL)
            #expect(reap(pid) == 128 + SIGKILL)
        }
        let (readEnd, writeEnd) = pipe.release()
        close(writeEnd)
        defer { close(readEnd) }
        var chunk = [UInt8](repeating: 0, count: 64)
        // The child writes one number at once; the kernel writes at most as many bytes as the array has.
        let count = retryingOnInterrupt { unsafe read(readEnd, &chunk, chunk.count) }
        let descriptors = try #require(Int(String(decoding: chunk.prefix(max(0, count)), as: UTF8.self)))
        #expect(descriptors > 20)

        let usage = try #require(ProcessUsage(pid: pid))
        #expect(usage.pid == pid)
        #expect(
            usage.startTicks == (try ProcessStat(line: File.read(Word("/proc/\(pid)/stat"), limit: 4096)))?.startTicks)
        #expect(usage.residentBytes > 50 << 20 && usage.residentBytes < 500 << 20)
        #expect(usage.virtualBytes >= usage.residentBytes)
        #expect(usage.threads == 4)
        #expect(usage.processorTime >= 250_000_000)
        #expect(usage.descriptors == descriptors)
        // The way of kernels before 6.2, which say no number.
        #expect(ProcessUsage.count(in: Word("/proc/\(pid)/fd"), of: pid) == descriptors)
    }

    @Test("Kapo's own usage is that of its pid, and to look does not count itself")
    func own() throws {
        let own = try #require(ProcessUsage.own)
        #expect(own.pid == getpid())
        #expect(own.startTicks == ProcessUsage(pid: getpid())?.startTicks)
        #expect(own.residentBytes > 1 << 20)
        // Other tests open and close meanwhile.
        #expect(
            holdsInTime {
                ProcessUsage.count(in: Word("/proc/self/fd"), of: getpid()) == ProcessUsage.own?.descriptors
            })
    }

    @Test("who is not there uses nothing that could be known")
    func nobody() {
        #expect(ProcessUsage(pid: -1) == nil)
        #expect(ProcessUsage(pid: .max) == nil)
    }

    @Test("entries of a directory are counted up to a limit, and a directory that cannot be read has no number")
    func entries() throws {
        let directory = try TemporaryDirectory()
        #expect(File.count(in: Word(directory.path), most: 3) == 0)
        for name in ["a", "b", "c"] { _ = try directory.write(name, []) }
        #expect(File.count(in: Word(directory.path), most: 3) == 3)
        #expect(File.count(in: Word(directory.path), most: 2) == nil)
        #expect(File.count(in: Word("\(directory.path)/none"), most: 3) == nil)
        #expect(File.size(Word("\(directory.path)/none")) == nil)
        #expect(File.size(Word(try directory.write("d", [1, 2, 3]))) == 3)
    }
}

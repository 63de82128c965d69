import Glibc

/// What a process uses, as the kernel tells it right now in /proc/PID/stat (proc(5)).
package struct ProcessUsage: Equatable, Sendable {
    /// Descriptors that are counted one by one at most, where the kernel does not have their number.
    static let mostCounted = 65536

    package var pid: Int32
    /// Clock ticks between boot and its start. With the pid it tells a process from all others.
    package var startTicks: UInt64
    /// CPU time of all its threads, those that have ended too, in nanoseconds and as precise as the clock tick (10 ms).
    /// That of its children is not in it.
    package var processorTime: Int64
    package var residentBytes: UInt64
    package var virtualBytes: UInt64
    package var threads: Int
    /// Open descriptors; nil when Kapo may not look, or when there are too many to count.
    package var descriptors: Int?

    /// The usage of that process; nil when there is none, or no /proc. The work is bounded: one small file, and one
    /// stat(2) or a list of at most `mostCounted` names.
    package init?(pid: Int32) { self.init(directory: "/proc/\(pid)") }

    /// The usage of this process itself.
    package static var own: ProcessUsage? { ProcessUsage(directory: "/proc/self") }

    private init?(directory: String) {
        guard let line = try? File.read(Word("\(directory)/stat"), limit: 4096) else { return nil }
        self.init(
            line: line, ticksPerSecond: Int64(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: UInt64(sysconf(Int32(_SC_PAGESIZE))))
        descriptors = Self.descriptors(in: Word("\(directory)/fd"), of: pid)
    }

    /// Reads a line of /proc/PID/stat, which has everything but the descriptors. statm has no other figures.
    init?(line: [UInt8], ticksPerSecond: Int64, pageBytes: UInt64) {
        // Behind the name: utime is field 14 of proc(5), stime 15, vsize 23, rss 24.
        guard let stat = ProcessStat(line: line), let fields = ProcessStat.split(line)?.fields, fields.count > 21,
            let user = Self.number(fields[11]), let system = Self.number(fields[12]),
            let virtual = Self.number(fields[20]), let resident = Self.number(fields[21])
        else { return nil }
        pid = stat.pid
        startTicks = stat.startTicks
        threads = stat.threads
        // No process runs for the 292 years that fit.
        processorTime = Int64(clamping: user &+ system) &* (1_000_000_000 / ticksPerSecond)
        virtualBytes = virtual
        residentBytes = resident &* pageBytes
    }

    private static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: field, as: UTF8.self))
    }

    private static func descriptors(in directory: Word, of pid: Int32) -> Int? {
        // Since Linux 6.2 the size of this directory is the number of its entries; before, it is 0.
        if let size = File.size(directory), size > 0 { return size }
        return count(in: directory, of: pid)
    }

    /// Counts them one by one. To look at Kapo's own opens one more.
    static func count(in directory: Word, of pid: Int32) -> Int? {
        File.count(in: directory, most: mostCounted).map { pid == getpid() ? $0 - 1 : $0 }
    }
}

import Host

/// CPU time of all the processes that were ever looked at: a sum that does not fall when one of them ends.
///
/// The sum over those that run now would, and whoever computes a rate from it takes that for a restart of the counter
/// and adds all that the others have used once more. What a process uses after the last look at it is lost.
struct ProcessorTime {
    /// A process: a pid alone is not one, for pids are used again.
    private struct Identity: Hashable {
        var pid: Int32
        var startTicks: UInt64
    }

    /// What those that ran at the last look had used then, in nanoseconds.
    private var seen: [Identity: Int64] = [:]
    /// The sum in nanoseconds.
    private(set) var total: Int64 = 0

    /// Adds what these processes, which are all that run now, have used since the last look.
    mutating func look(at usages: [ProcessUsage]) {
        var now: [Identity: Int64] = [:]
        for usage in usages {
            let identity = Identity(pid: usage.pid, startTicks: usage.startTicks)
            // The kernel's figures are sums of estimates, and have been seen to go back by a tick.
            now[identity] = max(usage.processorTime, seen[identity] ?? 0)
            total += (now[identity] ?? 0) - (seen[identity] ?? 0)
        }
        seen = now
    }
}

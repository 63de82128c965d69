import CLinux
import Glibc

/// The processes of this system, from /proc.
package enum ProcessList {
    /// A process that was found, and when it started.
    package struct Found: Equatable, Sendable {
        package var pid: Int32
        package var startTicks: UInt64
        /// Wall time in nanoseconds since 1970, as precise as the kernel's clock tick (10 ms).
        package var startedAt: Int64
    }

    /// True when /proc is there and its pids are those of this process's PID namespace: a /proc of another one tells
    /// of strangers. proc(5): NSpid has the pid in the namespace of /proc, and in each one below it.
    package static var isOwn: Bool {
        guard let status = try? File.read(Word("/proc/self/status"), limit: 65536) else { return false }
        let lines = status.split(separator: UInt8(ascii: "\n"))
        // A kernel without PID namespaces does not have the line.
        guard let line = lines.first(where: { $0.starts(with: Array("NSpid:".utf8)) }) else { return true }
        return line.split(whereSeparator: { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }).count == 2
    }

    /// A descriptor that becomes readable when this process ends, or what kept Kapo from having one. ESRCH: it is gone.
    package static func follow(pid: Int32, startTicks: UInt64) throws(SystemError) -> Descriptor {
        let number = kapo_pidfd_open(pid)
        guard number >= 0 else { throw SystemError("pidfd_open") }
        let descriptor = Descriptor(owning: number)
        // The pid may have been used again between the look and now: then this is another process.
        guard let stat = stat(of: pid), stat.startTicks == startTicks else { throw SystemError("pidfd_open", ESRCH) }
        return descriptor
    }

    /// The living processes that go by `name`: all of them, or only the one with this pid. Never Kapo itself. `isKnown`
    /// says of a pid and its start whether it went by the name before, for a process that can no longer be asked.
    package static func find(
        _ name: ProcessName, pid: Int32?, isKnown: (Int32, UInt64) -> Bool = { _, _ in false }
    ) -> [Found] {
        let own = getpid()
        let boot = Clock.bootWall
        let ticksPerSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        let pids = pid.map { [$0] } ?? File.names(in: Word("/proc")).compactMap { Int32($0.text) }
        return pids.compactMap { pid in
            guard pid != own, let stat = stat(of: pid), !stat.isDead,
                name.matches(candidate(stat)) || (stat.hasLostFirstThread && isKnown(pid, stat.startTicks))
            else { return nil }
            let sinceBoot = Int64(clamping: stat.startTicks).multipliedReportingOverflow(
                by: 1_000_000_000 / ticksPerSecond)
            return Found(
                pid: pid, startTicks: stat.startTicks,
                startedAt: sinceBoot.overflow ? boot : boot + sinceBoot.partialValue)
        }
    }

    private static func stat(of pid: Int32) -> ProcessStat? {
        guard let line = try? File.read(path(pid, "stat"), limit: 4096) else { return nil }
        return ProcessStat(line: line)
    }

    private static func candidate(_ stat: ProcessStat) -> ProcessName.Candidate {
        let pid = stat.pid
        return ProcessName.Candidate(
            kernelName: stat.name,
            executable: { File.link(path(pid, "exe")) },
            arguments: {
                let line = (try? File.read(path(pid, "cmdline"), limit: 65536)) ?? []
                return line.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
            },
            fileStart: { argument in
                let isAbsolute = argument.first == UInt8(ascii: "/")
                // Seen from the process: below its root, and its working directory.
                let whole = Word(bytes: path(pid, isAbsolute ? "root" : "cwd/").bytes + argument)
                return File.isRegular(whole) ? try? File.read(whole, limit: 256) : nil
            })
    }

    private static func path(_ pid: Int32, _ name: String) -> Word {
        Word("/proc/\(pid)/\(name)")
    }
}

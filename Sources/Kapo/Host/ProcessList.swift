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

    /// The process of that pid and start, whose end can be waited for. Throws what kept Kapo from having it. ESRCH: it
    /// is gone.
    package static func follow(pid: Int32, startTicks: UInt64) throws(SystemError) -> ProcessHandle {
        let process = try ProcessHandle(pid: pid)
        // The pid may have been used again between the look and now: then this is another process.
        guard try stat(of: pid)?.startTicks == startTicks else { throw SystemError("pidfd_open", ESRCH) }
        return process
    }

    /// The living processes that go by `name`: all of them, or only the one with this pid. Never Kapo itself. `isKnown`
    /// says of a pid and its start whether it went by the name before, for a process that can no longer be asked.
    package static func find(
        _ name: ProcessName, pid: Int32?, isKnown: (Int32, UInt64) -> Bool = { _, _ in false }
    ) -> [Found] {
        let own = getpid()
        let boot = Clock.bootWall
        let pids = pid.map { [$0] } ?? File.names(in: Word("/proc")).compactMap { Int32($0.text) }
        return pids.compactMap { pid in
            guard pid != own, let stat = try? stat(of: pid), !stat.isDead,
                name.matches(candidate(stat)) || (stat.hasLostFirstThread && isKnown(pid, stat.startTicks))
            else { return nil }
            return Found(
                pid: pid, startTicks: stat.startTicks, startedAt: Clock.wall(ofTicks: stat.startTicks, boot: boot))
        }
    }

    /// What /proc says of the process of that pid; nil when there is none. Throws what keeps Kapo from reading it.
    static func stat(of pid: Int32) throws(SystemError) -> ProcessStat? {
        do throws(SystemError) {
            return ProcessStat(line: try File.read(path(pid, "stat"), limit: 4096))
        } catch {
            // ENOENT: it is gone.
            if error.code == ENOENT || error.isNoSuchProcess { return nil }
            throw error
        }
    }

    /// The real and the effective user of the process of that pid; none when there is none.
    static func users(of pid: Int32) -> [UInt32] {
        guard let status = try? File.read(path(pid, "status"), limit: 65536) else { return [] }
        let name = Array("Uid:".utf8)
        // Real, effective, saved and file system's, behind tabs (proc(5)). A name has its newlines escaped.
        let line = status.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: name) }
        let fields = line?.dropFirst(name.count).split(separator: UInt8(ascii: "\t")) ?? []
        return fields.prefix(2).compactMap { UInt32(String(decoding: $0, as: UTF8.self)) }
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

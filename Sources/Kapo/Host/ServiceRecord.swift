import CLinux
import Glibc

/// The file `running` in the directory of a service: which process runs, for a Kapo that starts when the last one was
/// killed. It says `PID NANOSECONDS SYSTEM` and a newline: the pid, what CLOCK_BOOTTIME said while the process ran, and
/// the boot and the namespaces in which both hold.
///
/// The command itself writes it before it is executed (`Command.record`). So there is never a command without a record:
/// the command keeps what Kapo had open, a lock of Kapo's among it, until its record is written. Who has that lock next
/// finds the record, and can trust that there is no process where there is none.
package enum ServiceRecord {
    static let name = Word("running")
    private static let mostBytes = 512

    /// A process that a record names, and that lives.
    package struct Living: ~Copyable {
        /// The process, whose end can be waited for.
        package let process: ProcessHandle
        /// Clock ticks between boot and its start, as proc(5) has it.
        package let startTicks: UInt64
        /// Wall time in nanoseconds since 1970, as precise as the kernel's clock tick (10 ms).
        package let startedAt: Int64

        /// Hands the process to somebody who will follow it.
        package consuming func release() -> ProcessHandle { process }
    }

    /// What makes a pid and a boot time mean one thing only: `BOOT_ID pid:[INODE] time:[INODE]` (random(4) and
    /// namespaces(7)). Another container has the same boot, and its own pids.
    package static func system() throws(SystemError) -> [UInt8] {
        let boot = try File.read(Word("/proc/sys/kernel/random/boot_id"), limit: 64).prefix { $0 > 0x20 }
        guard let pids = File.link(Word("/proc/self/ns/pid")) else { throw SystemError("readlink") }
        // A kernel without time namespaces has no such link.
        let times = File.link(Word("/proc/self/ns/time")) ?? []
        return Array([Array(boot), pids, times].joined(separator: [0x20]))
    }

    /// Writes the record of a process that was found, and is no child of Kapo. ESRCH when it has ended.
    package static func write(_ process: borrowing ProcessHandle, in directory: Int32) throws(SystemError) {
        let start = Array("\(process.pid) \(Clock.sinceBoot) ".utf8)
        // It lives after the clock was read, and so it did then.
        if process.hasEnded { throw SystemError("pidfd_open", ESRCH) }
        // To replace a file costs milliseconds on ext4, which then writes it out; and what is there is of one that
        // ended.
        try clear(in: directory)
        try File.replace(name, with: start + system() + [0x0a], in: directory)
    }

    /// Removes the record. That there is none is no error.
    package static func clear(in directory: Int32) throws(SystemError) {
        let removed = unsafe withPath(name) { unsafe unlinkat(directory, $0, 0) }
        guard removed == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }

    /// The process that the record names, if it is there still; nil when it has ended, when there is no record, and
    /// when it is none of this boot. Throws what keeps Kapo from knowing: then a command may run, and to start another
    /// one would be a mistake.
    ///
    /// Why it is the same process. The process had its pid at the time T of the record. Another one with this pid can
    /// only have started later. /proc rounds a start down to ticks, so what started before T shows a tick not above
    /// T's. What started later shows one above, but for the rest of T's own tick, 10 ms, in which the process would
    /// have to end and all the other pids be used. The handle is opened after T and before that look: who had the pid
    /// at both times had it in between.
    package static func living(in directory: Int32) throws(SystemError) -> Living? {
        guard let record = try read(in: directory) else { return nil }
        do throws(SystemError) {
            let process = try ProcessHandle(pid: record.pid)
            guard ProcessList.isOwn else { throw SystemError("open /proc", ENOTSUP) }
            guard let stat = try ProcessList.stat(of: record.pid), !stat.isDead,
                stat.startTicks <= UInt64(record.nanoseconds) / UInt64(Clock.tickNanoseconds)
            else { return nil }
            return Living(
                process: process, startTicks: stat.startTicks, startedAt: Clock.wall(ofTicks: stat.startTicks))
        } catch {
            if error.isNoSuchProcess { return nil }
            throw error
        }
    }

    /// False when no process can be the one that the record names.
    package static func mayName(in directory: Int32) -> Bool {
        do throws(SystemError) {
            switch try living(in: directory) {
            case .some: return true
            case nil: return false
            }
        } catch {
            return true
        }
    }

    private static func read(in directory: Int32) throws(SystemError) -> (pid: Int32, nanoseconds: Int64)? {
        let line: [UInt8]
        do throws(SystemError) {
            guard let bytes = try File.contents(of: name, in: directory, limit: mostBytes) else { return nil }
            line = bytes
        } catch {
            // Longer than any record, or not there.
            if error.code == EFBIG || error.code == ENOENT { return nil }
            throw error
        }
        // Without the newline it is not whole: its process was killed before it was executed.
        guard line.last == 0x0a else { return nil }
        let parts = line.dropLast().split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let pid = Int32(String(decoding: parts[0], as: UTF8.self)),
            let nanoseconds = Int64(String(decoding: parts[1], as: UTF8.self)), PidFile.pids.contains(pid),
            nanoseconds >= 0, try Array(parts[2]) == system()
        else { return nil }
        return (pid, nanoseconds)
    }
}

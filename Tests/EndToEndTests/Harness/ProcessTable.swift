import Glibc

/// What /proc says of processes; independent of how Kapo reads it.
enum ProcessTable {
    /// The processes that were started with the variable `name` set to `value`, zombies aside.
    static func pids(withVariable name: String, _ value: String) -> [pid_t] {
        let wanted = Array("\(name)=\(value)".utf8)[...]
        return Files.names(in: "/proc").compactMap { pid_t($0) }.filter { pid in
            let entries = (Files.read("/proc/\(pid)/environ") ?? []).split(separator: 0)
            return entries.contains(wanted) && isAlive(pid)
        }
    }

    /// The fields of /proc/PID/stat behind the name: the state is the first, field 3 of proc(5).
    static func stat(_ pid: pid_t) -> [Substring]? {
        let line = Files.text("/proc/\(pid)/stat")
        guard let close = line.lastIndex(of: ")") else { return nil }
        return line[line.index(after: close)...].split(separator: " ")
    }

    /// True for a process that has not ended; a zombie has.
    static func isAlive(_ pid: pid_t) -> Bool {
        guard let state = stat(pid)?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// CPU time that it has used, in clock ticks (100 a second on Linux).
    static func ticksUsed(_ pid: pid_t) -> Int {
        guard let fields = stat(pid), fields.count > 12 else { return 0 }
        return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }

    /// Resident memory in KiB: VmRSS.
    static func residentKiB(_ pid: pid_t) -> Int {
        let line = Files.text("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Resident memory, and what of it belongs to no file, in KiB: /proc/PID/smaps_rollup.
    static func memoryKiB(_ pid: pid_t) -> (resident: Int, anonymous: Int) {
        let lines = Files.text("/proc/\(pid)/smaps_rollup").split(separator: "\n")
        func value(_ name: String) -> Int {
            lines.first { $0.hasPrefix(name + ":") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
        return (value("Rss"), value("Anonymous"))
    }

    /// Its arguments, for people.
    static func commandLine(_ pid: pid_t) -> String {
        (Files.read("/proc/\(pid)/cmdline") ?? []).split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    /// How many descriptors it has open.
    static func descriptors(_ pid: pid_t) -> Int { Files.names(in: "/proc/\(pid)/fd").count }

    /// How many sockets it has open. A Kapo that nobody talks to has one, its listener.
    static func sockets(_ pid: pid_t) -> Int {
        Files.names(in: "/proc/\(pid)/fd")
            .filter { Files.target(ofLink: "/proc/\(pid)/fd/\($0)")?.hasPrefix("socket:") == true }.count
    }
}

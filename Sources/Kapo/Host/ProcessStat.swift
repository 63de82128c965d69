/// What Kapo needs of a line of /proc/PID/stat (proc(5)).
package struct ProcessStat: Equatable, Sendable {
    package var pid: Int32
    /// The kernel's name of the process: at most 15 bytes.
    package var name: [UInt8]
    /// `R`, `S`, `Z`, …
    package var state: UInt8
    package var parent: Int32
    /// Its process group.
    package var group: Int32
    /// Threads, the first one among them even if it has ended.
    package var threads: Int
    /// Clock ticks between boot and its start.
    package var startTicks: UInt64

    /// Reads the line. The name stands in parentheses and may itself contain anything, `) R 1` included, so it ends at
    /// the last closing parenthesis. Nil for what is no such line.
    package init?(line: [UInt8]) {
        guard let (head, fields) = Self.split(line), let open = head.firstIndex(of: UInt8(ascii: "(")),
            let pid = Int32(String(decoding: line[..<open].filter { $0 != UInt8(ascii: " ") }, as: UTF8.self))
        else { return nil }
        // Behind the name: state is field 3 of proc(5), ppid 4, pgrp 5, num_threads field 20, starttime field 22.
        guard fields.count >= 20, fields[0].count == 1, let state = fields[0].first,
            let parent = Int32(String(decoding: fields[1], as: UTF8.self)),
            let group = Int32(String(decoding: fields[2], as: UTF8.self)),
            let threads = Int(String(decoding: fields[17], as: UTF8.self)),
            let startTicks = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.pid = pid
        self.name = Array(head[(open + 1)...])
        self.state = state
        self.parent = parent
        self.group = group
        self.threads = threads
        self.startTicks = startTicks
    }

    /// What stands before the last closing parenthesis, pid and name, and the fields behind it: the first is field 3 of
    /// proc(5).
    static func split(_ line: [UInt8]) -> (head: ArraySlice<UInt8>, fields: [ArraySlice<UInt8>])? {
        guard let close = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        return (line[..<close], line[(close + 1)...].split(separator: UInt8(ascii: " ")))
    }

    /// True when other threads run on after the first one has ended: its names can no longer be read then.
    package var hasLostFirstThread: Bool { state == UInt8(ascii: "Z") && threads > 1 }

    /// True when the process has ended and only its parent has not asked yet. A first thread that has ended leaves a
    /// process of the others, though its state is Z.
    package var isDead: Bool {
        (state == UInt8(ascii: "Z") && !hasLostFirstThread) || state == UInt8(ascii: "X") || state == UInt8(ascii: "x")
    }
}

/// What Kapo needs of a line of /proc/PID/stat (proc(5)).
package struct ProcessStat: Equatable, Sendable {
    package var pid: Int32
    /// The kernel's name of the process: at most 15 bytes.
    package var name: [UInt8]
    /// `R`, `S`, `Z`, …
    package var state: UInt8
    /// Threads, the first one among them even if it has ended.
    package var threads: Int
    /// Clock ticks between boot and its start.
    package var startTicks: UInt64

    /// Reads the line. The name stands in parentheses and may itself contain anything, `) R 1` included, so it ends at
    /// the last closing parenthesis. Nil for what is no such line.
    package init?(line: [UInt8]) {
        guard let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")")),
            open < close,
            let pid = Int32(String(decoding: line[..<open].filter { $0 != UInt8(ascii: " ") }, as: UTF8.self))
        else { return nil }
        let fields = line[(close + 1)...].split(separator: UInt8(ascii: " "))
        // Behind the name: state is field 3 of proc(5), num_threads field 20, starttime field 22.
        guard fields.count >= 20, fields[0].count == 1, let state = fields[0].first,
            let threads = Int(String(decoding: fields[17], as: UTF8.self)),
            let startTicks = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.pid = pid
        self.name = Array(line[(open + 1)..<close])
        self.state = state
        self.threads = threads
        self.startTicks = startTicks
    }

    /// True when other threads run on after the first one has ended: its names can no longer be read then.
    package var hasLostFirstThread: Bool { state == UInt8(ascii: "Z") && threads > 1 }

    /// True when the process has ended and only its parent has not asked yet. A first thread that has ended leaves a
    /// process of the others, though its state is Z.
    package var isDead: Bool {
        (state == UInt8(ascii: "Z") && !hasLostFirstThread) || state == UInt8(ascii: "X") || state == UInt8(ascii: "x")
    }
}

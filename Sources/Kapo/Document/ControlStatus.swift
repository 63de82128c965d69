/// What a control socket says of its service: immortal's answer, with its members in its order.
package struct ControlStatus: Equatable, Sendable {
    /// What the service does.
    package enum Phase: Equatable, Sendable {
        /// It has run for a time.
        case up(String)
        /// It has not run for a time.
        case down(String)
        /// It is about to be started, and this says when: `Starting in 1.5 seconds`.
        case waiting(String)
    }

    /// The pid of the command; 0 when there is none.
    package var pid: Int32
    package var phase: Phase
    /// The command in words.
    package var command: String
    /// True when the process that is supervised is one that a pid file named.
    package var followsPidFile: Bool
    /// Starts so far.
    package var count: Int

    /// A status. Durations are in immortal's form.
    package init(pid: Int32, phase: Phase, command: String, followsPidFile: Bool, count: Int) {
        (self.pid, self.phase, self.command) = (pid, phase, command)
        (self.followsPidFile, self.count) = (followsPidFile, count)
    }

    /// The answer, ended by a newline. A waiting service has the pid 0, and neither `up` nor `down`.
    package var bytes: [UInt8] {
        var (output, pid, status): ([UInt8], Int32, String?) = ([], pid, nil)
        var time: (name: String, text: String)?
        switch phase {
        case .up(let text): time = ("up", text)
        case .down(let text): time = ("down", text)
        case .waiting(let text): (pid, status) = (0, text)
        }
        output += "{\"pid\":\(pid)".utf8
        if let time { Self.append(time.name, time.text, to: &output) }
        Self.append("cmd", command, to: &output)
        output += ",\"fpid\":\(followsPidFile),\"count\":\(count)".utf8
        if let status { Self.append("status", status, to: &output) }
        output += "}\n".utf8
        return output
    }

    private static func append(_ name: String, _ text: String, to output: inout [UInt8]) {
        output += ",\"\(name)\":".utf8
        GoText.append(text, to: &output)
    }

    /// Reads an answer, Kapo's or immortal's; members that are not known are passed over, those that are missing are 0,
    /// empty or false. Nil for what is no object of JSON, or has a member of another type.
    package init?(answer: [UInt8]) {
        guard let object = FlatJSON(answer), let pid = object.integer("pid", 0), let pid = Int32(exactly: pid),
            let count = object.integer("count", 0), let count = Int(exactly: count), let up = object.text("up"),
            let down = object.text("down"), let status = object.text("status"), let command = object.text("cmd"),
            let follows = object.bool("fpid", false)
        else { return nil }
        let phase: Phase = !status.isEmpty ? .waiting(status) : !up.isEmpty ? .up(up) : .down(down)
        self.init(pid: pid, phase: phase, command: command, followsPidFile: follows, count: count)
    }
}

extension ControlStatus.Phase {
    /// It has run for that many nanoseconds.
    package static func up(nanoseconds: Int64) -> Self { .up(ImmortalDuration.text(nanoseconds: nanoseconds)) }

    /// It has not run for that many nanoseconds.
    package static func down(nanoseconds: Int64) -> Self { .down(ImmortalDuration.text(nanoseconds: nanoseconds)) }

    /// It is to be started in that many nanoseconds, rounded to a tenth of a second: `Starting in 1.5 seconds`.
    package static func starting(inNanoseconds nanoseconds: Int64) -> Self {
        let tenths = (max(0, nanoseconds) / 10_000_000 + 5) / 10
        return .waiting("Starting in \(tenths / 10).\(tenths % 10) seconds")
    }
}

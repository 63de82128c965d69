import Machine

/// One entry of the status document: what was asked for, and what a machine reports. docs/wire.md is its contract.
package struct StatusEntry: Equatable, Sendable {
    /// `Mode` of the document.
    package enum Mode: String, Sendable {
        case run, supervise, watch
    }

    /// The part of an entry that never changes once Kapo serves.
    package struct Subject: Equatable, Sendable {
        package var mode: Mode
        /// As typed. Bytes that are not UTF-8 show as U+FFFD.
        package var command: String
        /// Empty when there are none.
        package var arguments: [String]
        /// 0 when there is none.
        package var sidebindPort: UInt16
        /// 0 when there is none.
        package var ttlSeconds: Int64
        package var waitNanoseconds: Int64

        /// What was asked for.
        package init(
            mode: Mode, command: String, arguments: [String], sidebindPort: UInt16, ttlSeconds: Int64,
            waitNanoseconds: Int64
        ) {
            self.mode = mode
            self.command = command
            self.arguments = arguments
            self.sidebindPort = sidebindPort
            self.ttlSeconds = ttlSeconds
            self.waitNanoseconds = waitNanoseconds
        }
    }

    package var subject: Subject
    package var report: Report

    /// The entry for a report on that subject.
    package init(subject: Subject, report: Report) {
        self.subject = subject
        self.report = report
    }
}

extension StatusEntry: Encodable {
    /// The names on the wire. The encoder puts them in alphabetical order.
    private enum Key: String, CodingKey {
        case arguments = "Arguments"
        case command = "Command"
        case endTime = "EndTime"
        case exitCode = "ExitCode"
        case lastExitCode = "LastExitCode"
        case lastSignal = "LastSignal"
        case mode = "Mode"
        case pid = "PID"
        case restarts = "Restarts"
        case sidebindPort = "SidebindPort"
        case signal = "Signal"
        case startTime = "StartTime"
        case status = "Status"
        case ttl = "TTL"
        case wait = "Wait"
    }

    /// Writes every field, with `null` where there is nothing to say.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(subject.arguments.isEmpty ? nil : subject.arguments, forKey: .arguments)
        try fields.encode(subject.command, forKey: .command)
        try fields.encode(report.endedAt.map(Timestamp.text) ?? Timestamp.never, forKey: .endTime)
        try fields.encode(report.exit?.documentCode ?? 0, forKey: .exitCode)
        try fields.encode(report.previousExit?.documentCode, forKey: .lastExitCode)
        try fields.encode(report.previousExit?.signal, forKey: .lastSignal)
        try fields.encode(subject.mode.rawValue, forKey: .mode)
        try fields.encode(report.pid, forKey: .pid)
        try fields.encode(report.restarts, forKey: .restarts)
        try fields.encode(subject.sidebindPort, forKey: .sidebindPort)
        try fields.encode(report.exit?.signal ?? 0, forKey: .signal)
        try fields.encode(report.startedAt.map(Timestamp.text) ?? Timestamp.never, forKey: .startTime)
        try fields.encode(report.status.rawValue, forKey: .status)
        try fields.encode(subject.ttlSeconds, forKey: .ttl)
        try fields.encode(subject.waitNanoseconds, forKey: .wait)
    }
}

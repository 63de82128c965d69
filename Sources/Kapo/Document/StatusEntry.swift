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
        package var waitNanoseconds: Int64

        /// What was asked for.
        package init(
            mode: Mode, command: String, arguments: [String], sidebindPort: UInt16, waitNanoseconds: Int64
        ) {
            self.mode = mode
            self.command = command
            self.arguments = arguments
            self.sidebindPort = sidebindPort
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

extension StatusEntry {
    /// Every field, in alphabetical order, with null where there is nothing to say.
    var json: JSON {
        .object([
            ("Arguments", subject.arguments.isEmpty ? .null : .array(subject.arguments.map(JSON.string))),
            ("Command", .string(subject.command)),
            ("EndTime", .string(report.endedAt.map(Timestamp.text) ?? Timestamp.never)),
            ("ExitCode", JSON(report.exit?.documentCode ?? 0)),
            ("LastExitCode", JSON(report.previousExit?.documentCode)),
            ("LastSignal", JSON(report.previousExit?.signal)),
            ("Mode", .string(subject.mode.rawValue)),
            ("PID", JSON(report.pid)),
            ("Restarts", JSON(report.restarts)),
            ("SidebindPort", JSON(subject.sidebindPort)),
            ("Signal", JSON(report.exit?.signal ?? 0)),
            ("StartTime", .string(report.startedAt.map(Timestamp.text) ?? Timestamp.never)),
            ("Status", .string(report.status.rawValue)),
            ("TTL", JSON(report.ttlSeconds)),
            ("Wait", JSON(subject.waitNanoseconds)),
        ])
    }
}

/// The status document: an array of entries, whatever the mode.
package enum StatusDocument {
    /// What `GET /` answers, ended by a newline for people with a terminal.
    package static func bytes(_ entries: [StatusEntry]) -> [UInt8] {
        JSON.array(entries.map(\.json)).bytes + [UInt8(ascii: "\n")]
    }
}

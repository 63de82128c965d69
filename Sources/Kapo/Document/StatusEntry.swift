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
        /// That of a service among others; nil for a command that is the only one.
        package var name: String?

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
    /// Every field, in alphabetical order, with null where there is nothing to say; `Checks` and `Name` only where
    /// there are any.
    var json: JSON {
        let name: [(name: String, value: JSON)] = subject.name.map { [("Name", .string($0))] } ?? []
        let checks: [(name: String, value: JSON)] =
            report.checks.isEmpty ? [] : [("Checks", .array(report.checks.map(\.json)))]
        return .object(
            [
                ("Arguments", subject.arguments.isEmpty ? .null : .array(subject.arguments.map(JSON.string)))
            ] + checks + [
                ("Command", .string(subject.command)),
                ("EndTime", .string(report.endedAt.map(Timestamp.text) ?? Timestamp.never)),
                ("ExitCode", JSON(report.exit?.documentCode ?? 0)),
                ("LastExitCode", JSON(report.previousExit?.documentCode)),
                ("LastSignal", JSON(report.previousExit?.signal)),
                ("Mode", .string(subject.mode.rawValue)),
            ] + name + [
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

extension StatusEntry {
    /// True when entries for these reports say the same.
    package static func showSame(_ some: [Report], _ others: [Report]) -> Bool {
        some.map(\.shown) == others.map(\.shown)
    }
}

extension Report {
    /// Without what an entry does not show.
    fileprivate var shown: Report {
        var report = self
        (report.expiresAt, report.startsAt, report.starts, report.isFollowed) = (nil, nil, 0, false)
        return report
    }
}

/// The status document: an array of entries, whatever the mode.
package enum StatusDocument {
    /// What `GET /` answers, ended by a newline for people with a terminal. Each text is that of one entry or more.
    package static func bytes(_ texts: [[UInt8]]) -> [UInt8] {
        var document = [UInt8(ascii: "[")]
        document.reserveCapacity(texts.reduce(4) { $0 + $1.count + 1 })
        for text in texts where !text.isEmpty {
            if document.count > 1 { document.append(UInt8(ascii: ",")) }
            document += text
        }
        document += "]\n".utf8
        return document
    }

    /// The text of these entries, to be put in a document.
    package static func entries(_ entries: [StatusEntry]) -> [UInt8] {
        Array(entries.map(\.json.bytes).joined(separator: [UInt8(ascii: ",")]))
    }
}

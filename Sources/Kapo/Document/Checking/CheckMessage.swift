import Machine

/// What is told of a check that changes its verdict: as JSON to a command, and as a mail.
package struct CheckMessage: Equatable, Sendable {
    package var kind: CheckNews.Kind
    /// What is known of the check.
    package var standing: CheckStanding
    /// The command as typed, and the name of a service among others.
    package var command: String
    package var service: String?
    /// 0 when it does not run.
    package var pid: Int32
    /// Wall time in nanoseconds since 1970.
    package var time: Int64

    /// That news of a command.
    package init(
        _ kind: CheckNews.Kind, _ standing: CheckStanding, command: String, service: String?, pid: Int32, time: Int64
    ) {
        (self.kind, self.standing, self.command, self.service) = (kind, standing, command, service)
        (self.pid, self.time) = (pid, time)
    }

    /// One object and a newline.
    package var json: [UInt8] {
        let name: [(name: String, value: JSON)] = service.map { [("Name", .string($0))] } ?? []
        let members: [(name: String, value: JSON)] =
            [("Check", standing.json), ("Command", .string(command)), ("Event", .string(kind.rawValue))] + name + [
                ("PID", JSON(pid)), ("Time", .string(Timestamp.text(nanoseconds: time))),
            ]
        return JSON.object(members).bytes + Array("\n".utf8)
    }

    /// What has happened, on one line.
    package var line: String {
        let what =
            switch kind {
            case .failing: "fails"
            case .restarting: "fails: restarting \(command)"
            case .unready: "fails: \(command) is not ready any more"
            case .limited: "fails: \(command) was restarted as often as may be, and is not ready any more"
            case .passing: "passes again"
            }
        return "check \(standing.name) \(what)"
    }

    /// A line of a header has 998 bytes at most (RFC 5322): the text itself has all of it.
    private static func cut(_ text: String) -> String {
        text.unicodeScalars.count > 200 ? "\(String(text.unicodeScalars.prefix(200)))…" : text
    }

    /// A mail to that address, as sendmail(8) with `-t` takes it: headers, an empty line, and the text.
    package func mail(to address: String) -> [UInt8] {
        let name = service.map { " [\($0)]" } ?? ""
        let lines = [
            "To: \(VisibleText.of(address))", "Subject: kapo\(name): \(Self.cut(VisibleText.of(line)))", "",
            VisibleText.of(line), "", "Result: \(VisibleText.of(standing.last?.words ?? ""))", "PID: \(pid)",
            "Time: \(Timestamp.text(nanoseconds: time))",
        ]
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }
}

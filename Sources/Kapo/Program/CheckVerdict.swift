import Config
import Checks
import Document
import Host
import Loop

/// Whether an answer is healthy, and the words for one that is not.
package enum CheckVerdict {
    /// Bytes of the body's first line that are shown.
    private static let shownBytes = 200

    /// Judges what came of asking.
    package static func report(
        _ settings: CheckSettings, _ result: Result<HTTPAnswer, HTTPFailure>
    ) -> CheckReport {
        switch result {
        case .failure(let failure): return report(settings, because: failure.words(timeout: settings.timeout.text))
        case .success(let answer):
            guard let trouble = trouble(with: answer, settings.healthy, settings.sought) else {
                return CheckReport(exitCode: 0, line: nil)
            }
            return report(settings, because: trouble)
        }
    }

    /// What is wrong with an answer, by its status and by what its body must contain; nil when it is healthy.
    static func trouble(with answer: HTTPAnswer, _ healthy: StatusCodes, _ sought: SoughtText?) -> String? {
        guard healthy.contains(answer.status) else { return text(of: answer) }
        guard let sought = sought?.text, !ByteSearch.contains(answer.body, Array(sought.utf8)) else { return nil }
        let place = answer.isTruncated ? "the first \(answer.body.count) bytes of the body do" : "the body does"
        return "\(status(of: answer)), but \(place) not contain '\(shown(Array(sought.utf8)))'"
    }

    /// Not healthy, for that reason.
    static func report(_ settings: CheckSettings, because reason: String) -> CheckReport {
        let socket = settings.socket.map { " on \(shown(Array($0.text.utf8)))" } ?? ""
        return CheckReport(exitCode: 1, line: "kapo check: \(settings.target.text)\(socket): \(reason)")
    }

    // MARK: Words

    /// `503 Service Unavailable: not ready: waiting`, with the first line of the body that is not empty.
    private static func text(of answer: HTTPAnswer) -> String {
        [status(of: answer), firstLine(of: answer.body)].compactMap(\.self).joined(separator: ": ")
    }

    /// The first line that is not empty; nil when there is none.
    static func firstLine(of bytes: [UInt8]) -> String? {
        let lines = bytes.prefix(65536).split { $0 == 0x0a || $0 == 0x0d }
        return lines.lazy.map(shown).first { !$0.isEmpty }
    }

    static func status(of answer: HTTPAnswer) -> String {
        let reason = shown(answer.reason)
        return reason.isEmpty ? "\(answer.status)" : "\(answer.status) \(reason)"
    }

    /// The text without the space around it, at most 200 bytes of it, on one line: control characters and what would
    /// change how a terminal shows the line are escaped, and what is not UTF-8 becomes U+FFFD.
    private static func shown(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(8 * shownBytes), as: UTF8.self).unicodeScalars
        var shown = ""
        var count = 0
        for scalar in text.drop(while: \.properties.isWhitespace) {
            count += UTF8.width(scalar)
            if count > shownBytes { break }
            shown += VisibleText.of(scalar)
        }
        while shown.unicodeScalars.last?.properties.isWhitespace == true { shown.unicodeScalars.removeLast() }
        return count > shownBytes ? shown + "…" : shown
    }
}

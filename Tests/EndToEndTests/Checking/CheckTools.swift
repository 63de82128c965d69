import FoundationEssentials
import Testing

/// An element of `Checks` in an entry of the document.
struct CheckEntry: Decodable, Equatable {
    var Check: String
    var Failed: Int
    var LastLatency: Int64?
    var LastMessage: String?
    var LastOutput: String?
    var LastResult: String?
    var LastTime: String
    var Passed: Int
    var Verdict: String
}

/// An event that `--notify-exec` reads.
struct CheckEvent: Decodable {
    var Check: CheckEntry
    var Command: String
    var Event: String
    var Name: String?
    var PID: Int32
    var Time: String
}

extension Sandbox {
    /// Options for checks that come often: each 0.2 s, with 2 s for each, which a busy machine keeps to.
    static let often = ["--check-interval", "0.2", "--check-timeout", "2"]

    /// What a command that appends what it reads to that file has read, as events.
    func events(in name: String) throws -> [CheckEvent] {
        try Files.text(path(name)).split(separator: "\n").map {
            try JSONDecoder().decode(CheckEvent.self, from: Data($0.utf8))
        }
    }
}

extension Kapo {
    /// The checks of the only entry.
    var checks: [CheckEntry] { get throws { try entry().Checks ?? [] } }

    /// Waits until the only check is as wanted, and returns it.
    @discardableResult
    func check(_ what: String, where condition: (CheckEntry) -> Bool) throws -> CheckEntry {
        let entry = try entry(what) { $0.Checks?.count == 1 && $0.Checks.map { condition($0[0]) } == true }
        return try #require(entry.Checks?.first)
    }

    /// Waits until the only check has that verdict.
    @discardableResult
    func check(verdict: String) throws -> CheckEntry { try check("the verdict \(verdict)") { $0.Verdict == verdict } }
}

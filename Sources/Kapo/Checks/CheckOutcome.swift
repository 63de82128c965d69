import Glibc
import Loop

/// What came of a check.
package struct CheckOutcome {
    /// How it is counted.
    package enum Verdict: String, CaseIterable, Sendable {
        case passed, failed, timeout
    }

    package let status: HTTPStatus
    package let body: [UInt8]
    package let verdict: Verdict
    /// True when nobody took the connection: a server that has not begun to listen, perhaps.
    private(set) var isRefused = false
    /// True when it was Kapo that lacked something.
    private(set) var isOwn = false

    /// hacheck takes a code above 200 for a failure, that of a redirect too.
    init(_ status: HTTPStatus, _ body: [UInt8]) {
        self.status = status
        self.body = body
        verdict = status == .ok ? .passed : .failed
    }

    /// The service is up.
    static func passed(_ text: String) -> CheckOutcome { CheckOutcome(.ok, Array(text.utf8)) }

    /// It is not, and why.
    static func failed(_ text: String) -> CheckOutcome { CheckOutcome(.unavailable, Array(text.utf8)) }

    /// The same, because it takes no connections, if that is what the errno of connect(2) says.
    static func unreachable(_ text: String, code: Int32) -> CheckOutcome {
        var outcome = failed(text)
        (outcome.isRefused, outcome.isOwn) = (code == ECONNREFUSED, OwnShortage.isMeant(by: code))
        return outcome
    }

    private init(late text: String) {
        (status, body, verdict) = (.unavailable, Array(text.utf8), .timeout)
    }

    /// Nothing has come of it in that time.
    static func late(_ kind: CheckQuestion.Kind, after nanoseconds: Int64) -> CheckOutcome {
        let what = kind == .mysql ? "MySQL" : "Connection"
        return CheckOutcome(late: "\(what) timed out after \(Elapsed.hundredths(nanoseconds))s")
    }
}

/// How long something took, as hacheck writes it.
enum Elapsed {
    /// Seconds with two decimals: `0.01`.
    static func hundredths(_ nanoseconds: Int64) -> String { text((nanoseconds + 5_000_000) / 10_000_000, places: 2) }

    /// Seconds with six decimals: `0.001234`.
    static func millionths(_ nanoseconds: Int64) -> String { text((nanoseconds + 500) / 1000, places: 6) }

    /// A whole number, shown as one with that many decimals.
    private static func text(_ number: Int64, places: Int) -> String {
        let digits = String(max(0, number))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}

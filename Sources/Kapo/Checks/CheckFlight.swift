import Loop

/// A check that waits for its turn or is under way, and those who want to know what comes of it.
final class CheckFlight: LinkedElement {
    let question: CheckQuestion
    /// Monotonic time at which it was asked for, and at which its time is up.
    let askedAt: Int64
    let deadline: Int64
    var waiters: [(CheckAnswer) -> Void] = []
    /// Nil before its turn.
    var check: (any RunningCheck)?
    var isOver = false
    /// True when nobody will be asked: then there is nothing to be kept.
    var isRefused = false

    var next: CheckFlight?
    var previous: CheckFlight?

    init(_ question: CheckQuestion, askedAt: Int64, timeout: Int64) {
        self.question = question
        self.askedAt = askedAt
        deadline = askedAt + timeout
    }
}

/// What is told of a check: to all who waited for it, and to those who ask while it is kept.
package final class CheckAnswer {
    /// Ready to be sent.
    package let content: HTTPContent
    package let verdict: CheckOutcome.Verdict
    /// Bytes of the body.
    let bytes: Int

    init(_ outcome: CheckOutcome) {
        content = HTTPContent(
            outcome.status, type: "text/plain; charset=utf-8", bytes: SharedBytes(outcome.body))
        verdict = outcome.verdict
        bytes = outcome.body.count
    }
}

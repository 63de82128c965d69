import Loop
import Testing

@testable import Checks

@Suite("What checks come to, in words and in numbers")
struct CheckOutcomeTests {
    @Test(
        "a time is rounded to hundredths, and to millionths, of a second",
        arguments: [
            (0, "0.00", "0.000000"), (499, "0.00", "0.000000"), (500, "0.00", "0.000001"),
            (4_999_999, "0.00", "0.005000"), (5_000_000, "0.01", "0.005000"), (14_999_999, "0.01", "0.015000"),
            (999_999_999, "1.00", "1.000000"), (1_000_000_000, "1.00", "1.000000"),
            (10_014_999_499, "10.01", "10.014999"), (10_015_000_000, "10.02", "10.015000"),
            (100_000_000_000, "100.00", "100.000000"), (-1, "0.00", "0.000000"), (-1_000_000_000, "0.00", "0.000000"),
        ] as [(Int64, String, String)])
    func elapsed(_ nanoseconds: Int64, _ hundredths: String, _ millionths: String) {
        #expect(Elapsed.hundredths(nanoseconds) == hundredths)
        #expect(Elapsed.millionths(nanoseconds) == millionths)
    }

    @Test("who is late hears hacheck's words, and MySQL has its own")
    func late() {
        for kind in CheckQuestion.Kind.allCases {
            let outcome = CheckOutcome.late(kind, after: 10_004_000_000)
            let what = kind == .mysql ? "MySQL" : "Connection"
            #expect(outcome.text == "503 \(what) timed out after 10.00s" && outcome.verdict == .timeout)
        }
    }

    @Test("200 passes, whoever says it, and nothing else does")
    func verdicts() {
        #expect(CheckOutcome.passed("x").verdict == .passed && CheckOutcome.failed("x").verdict == .failed)
        for code in 200...999 as ClosedRange<UInt16> {
            guard let status = HTTPStatus(code: code) else { continue }
            #expect(CheckOutcome(status, []).verdict == (code == 200 ? .passed : .failed), "\(code)")
        }
    }

    @Test("each check is counted once, in the first bucket whose bound it does not pass")
    func counters() {
        var counters = CheckCounters()
        #expect(counters[.tcp] == counters[.http] && counters[.tcp].buckets == [UInt64](repeating: 0, count: 8))
        for bound in CheckCounters.bounds {
            counters.count(.tcp, .passed, nanoseconds: bound)
            counters.count(.tcp, .failed, nanoseconds: bound + 1)
        }
        counters.count(.tcp, .timeout, nanoseconds: 0)
        let counts = counters[.tcp]
        #expect(counts.buckets == [2, 2, 2, 2, 2, 2, 2, 2], "the one beyond the last bound is in none")
        #expect((counts.passed, counts.failed, counts.timeout) == (8, 8, 1))
        #expect(counts.nanoseconds == CheckCounters.bounds.reduce(0, +) * 2 + 8)
        #expect(counters[.http] == CheckCounters()[.http], "the kinds are counted apart")
    }

    @Test("the bounds rise, from a millisecond to ten seconds")
    func bounds() {
        #expect(CheckCounters.bounds == CheckCounters.bounds.sorted() && Set(CheckCounters.bounds).count == 8)
        #expect(CheckCounters.bounds.first == 1_000_000 && CheckCounters.bounds.last == 10_000_000_000)
    }

    @Test("failures are told in words, each its own")
    func words() {
        let failures: [(HTTPFailure, String)] = [
            (.timeout, "no answer within 2.5 s"), (.unknownName("a.b"), "no address is known for a.b"),
            (.unreachable(code: 111), "cannot connect: connection refused"),
            (.broken(code: 104), "the connection broke: connection reset by peer"), (.insecure("X y"), "no TLS: X y"),
            (.empty, "the connection was closed without an answer"),
            (.cut, "the connection was closed in the middle of the answer"),
            (.malformed(.tooLong), "the answer has too long a header"),
        ]
        for (failure, words) in failures { #expect(failure.words(timeout: "2.5") == words) }
    }
}

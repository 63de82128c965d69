import FoundationEssentials
import Machine
import Testing

@testable import Document

@Suite("Checks in what is told of a command")
struct CheckDocumentTests {
    private static let time: Int64 = 1_488_478_828_500_000_000

    /// Checks by these names, with these results each; a failure makes them fail.
    private static func standings(_ checks: (name: String, results: [CheckResult])...) -> [CheckStanding] {
        var places = CheckPlaces(random: 1)
        var machine = CheckMachine(
            CheckPolicy(intervalNanoseconds: 10, action: .unready), checks.map { ($0.name, places.next()) })
        var now = Moment(monotonic: 0, wall: time)
        _ = machine.handle(.run(CheckedRun(pid: 1, startedAt: 0)), at: now)
        for round in 0..<(checks.map(\.results.count).max() ?? 0) {
            now.monotonic += 100
            _ = machine.handle(.deadline, at: now)
            for (number, check) in checks.enumerated() where round < check.results.count {
                _ = machine.handle(.result(number, check.results[round]), at: now)
            }
        }
        return machine.standings
    }

    private static let good = CheckResult(hasPassed: true, words: "200 OK", latency: 1_234_567)
    private static let bad = CheckResult(hasPassed: false, words: "no \"answer\"", latency: 2_000_000)

    private static func report(_ checks: [CheckStanding]) -> Report {
        var report = Report()
        (report.status, report.pid, report.checks) = (.running, 42, checks)
        return report
    }

    private static let subject = StatusEntry.Subject(
        mode: .supervise, command: "a", arguments: [], sidebindPort: 0, waitNanoseconds: 0)

    @Test("the document has them, behind the arguments")
    func document() {
        let checks = Self.standings(("http://a", [Self.good, Self.bad]), ("tcp:a:1", []))
        let entry = StatusDocument.entries([StatusEntry(subject: Self.subject, report: Self.report(checks))])
        let expected =
            #"{"Arguments":null,"Checks":[{"Check":"http://a","Failed":1,"LastLatency":2000000,"#
            + #""LastMessage":"no \"answer\"","LastOutput":null,"LastResult":"failed","#
            + #""LastTime":"2017-03-02T18:20:28.5Z","Passed":1,"Verdict":"failing"},"#
            + #"{"Check":"tcp:a:1","Failed":0,"LastLatency":null,"LastMessage":null,"LastOutput":null,"#
            + #""LastResult":null,"LastTime":"0001-01-01T00:00:00Z","Passed":0,"Verdict":"pending"}],"Command":"a","#
        #expect(text(entry).hasPrefix(expected))
    }

    @Test("without checks the document is as it was")
    func without() {
        let entry = StatusDocument.entries([StatusEntry(subject: Self.subject, report: Self.report([]))])
        #expect(!text(entry).contains("Checks"))
    }

    @Test("a result makes another document")
    func same() {
        let before = Self.report(Self.standings(("a", [Self.good])))
        let after = Self.report(Self.standings(("a", [Self.good, Self.good])))
        #expect(StatusEntry.showSame([before], [before]) && !StatusEntry.showSame([before], [after]))
    }

    @Test("/readyz?verbose names each, and says why it fails, on one line")
    func parts() {
        let checks = Self.standings(
            ("http://a", [Self.good]), ("exec:a\nb", [CheckResult(hasPassed: false, words: "x\ny", latency: 1)]))
        var health = Health(isLive: true, blocker: .unhealthy)
        let page = HealthPages(health, [Self.report(checks)], at: Self.time).ready
        #expect(!page.isFine && text(page.text) == "not ready: unhealthy")
        #expect(
            text(page.parts)
                == "[+]loop ok\n[+]command ok\n[+]ready ok\n[+]drain ok\n[-]checks failed: unhealthy\n"
                + "[+]check http://a ok\n[-]check exec:a\\u{a}b failed: x\\u{a}y\nreadyz check failed\n")
        health.blocker = nil
        let fine = HealthPages(health, [Self.report(Self.standings(("a", [Self.good])))], at: Self.time).ready
        #expect(text(fine.parts).hasSuffix("[+]drain ok\n[+]checks ok\n[+]check a ok\nreadyz check passed\n"))
    }

    @Test("the health document has an observation of each: its latency in milliseconds")
    func observations() {
        let checks = Self.standings(("a", [Self.good]), ("b", [Self.bad]), ("c", []))
        let pages = HealthPages(Health(isLive: true, blocker: .unhealthy), [Self.report(checks)], at: Self.time)
        let document = text(pages.ready.document)
        let time = #""time":"2017-03-02T18:20:28.5Z"}]"#
        #expect(
            document.contains(
                #""check:a":[{"componentType":"component","observedUnit":"ms","observedValue":1.234,"status":"pass","#
                    + time))
        #expect(
            document.contains(
                #""check:b":[{"componentType":"component","observedUnit":"ms","observedValue":2.0,"#
                    + #""output":"no \"answer\"","status":"fail","# + time))
        #expect(document.contains(#""check:c":[{"componentType":"component","status":"warn","# + time))
    }

    @Test("metrics: a verdict once there is one, counts, and the last latency")
    func metrics() {
        var entry = Metrics.Entry(
            subject: Self.subject,
            reports: [Self.report(Self.standings(("a", [Self.good]), ("b", [Self.bad]), ("c", [])))])
        entry.streams = []
        let lines = text(Metrics(version: "1", entries: [entry], now: Self.time).bytes(in: .text))
            .split(separator: "\n").filter { $0.hasPrefix("kapo_check") }
        #expect(
            lines == [
                #"kapo_check_up{check="a"} 1"#, #"kapo_check_up{check="b"} 0"#,
                #"kapo_check_results_total{check="a",result="passed"} 1"#,
                #"kapo_check_results_total{check="a",result="failed"} 0"#,
                #"kapo_check_results_total{check="b",result="passed"} 0"#,
                #"kapo_check_results_total{check="b",result="failed"} 1"#,
                #"kapo_check_results_total{check="c",result="passed"} 0"#,
                #"kapo_check_results_total{check="c",result="failed"} 0"#,
                #"kapo_check_latency_seconds{check="a"} 0.001234567"#,
                #"kapo_check_latency_seconds{check="b"} 0.002"#,
            ])
    }

    /// What is told of a check that fails.
    private static func message(_ kind: CheckNews.Kind, service: String? = nil) -> CheckMessage {
        CheckMessage(
            kind, standings(("exec:a\nb", [bad]))[0], command: "a", service: service, pid: 42, time: time)
    }

    @Test("an event is one line of JSON")
    func event() {
        #expect(
            text(Self.message(.restarting, service: "web").json)
                == #"{"Check":{"Check":"exec:a\nb","Failed":1,"LastLatency":2000000,"LastMessage":"no \"answer\"","#
                + #""LastOutput":null,"LastResult":"failed","LastTime":"2017-03-02T18:20:28.5Z","Passed":0,"#
                + #""Verdict":"failing"},"#
                + #""Command":"a","Event":"restarting","Name":"web","PID":42,"Time":"2017-03-02T18:20:28.5Z"}"# + "\n")
        #expect(!text(Self.message(.restarting).json).contains("Name"))
    }

    @Test("a mail has its headers, whatever is in the check's name")
    func mail() {
        #expect(
            text(Self.message(.unready, service: "web").mail(to: "ops@example.org"))
                == """
                To: ops@example.org
                Subject: kapo [web]: check exec:a\\u{a}b fails: a is not ready any more

                check exec:a\\u{a}b fails: a is not ready any more

                Result: no "answer"
                PID: 42
                Time: 2017-03-02T18:20:28.5Z

                """)
    }

    @Test("each kind of news has words of its own", arguments: CheckNews.Kind.allCases)
    func lines(_ kind: CheckNews.Kind) {
        let lines = CheckNews.Kind.allCases.map { Self.message($0).line }
        #expect(Set(lines).count == lines.count && lines.allSatisfy { $0.hasPrefix("check exec:a\nb ") })
    }
}

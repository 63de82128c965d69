import FoundationEssentials
import Machine
import Testing

@testable import Document

@Suite("What /livez and /readyz answer")
struct HealthPagesTests {
    private static let time: Int64 = 1_488_478_828_500_000_000

    private static func report(_ status: Machine.Status, pid: Int32 = 0) -> Report {
        var report = Report()
        report.status = status
        report.pid = pid
        return report
    }

    private func pages(_ health: Health, _ reports: Report...) -> HealthPages {
        HealthPages(health, reports, at: Self.time)
    }

    @Test("ready: ok, every part ok, and the document byte for byte")
    func ready() {
        let pages = pages(Health(isLive: true, blocker: nil), Self.report(.running, pid: 42))
        #expect(pages.live.isFine && pages.ready.isFine)
        #expect(text(pages.live.text) == "ok" && text(pages.ready.text) == "ok")
        #expect(text(pages.live.parts) == "[+]loop ok\n[+]command ok\nlivez check passed\n")
        #expect(
            text(pages.ready.parts)
                == "[+]loop ok\n[+]command ok\n[+]ready ok\n[+]drain ok\nreadyz check passed\n")
        let document =
            #"{"status":"pass","checks":{"command:failures":[{"componentType":"component","observedUnit":"failures","#
            + #""observedValue":0,"status":"pass","time":"2017-03-02T18:20:28.5Z"}],"#
            + #""command:readiness":[{"componentType":"component","observedValue":"ready","status":"pass","#
            + #""time":"2017-03-02T18:20:28.5Z"}],"command:state":[{"componentId":"42","componentType":"component","#
            + #""observedValue":"running","status":"pass","time":"2017-03-02T18:20:28.5Z"}]}}"# + "\n"
        #expect(text(pages.live.document) == document)
        #expect(text(pages.ready.document) == document)
    }

    /// Each blocker with the part of `/readyz` that it fails.
    private static let parts: [(Health.Blocker, String)] = [
        (.starting, "ready"), (.draining, "drain"), (.stopping, "drain"), (.paused, "command"), (.stopped, "command"),
        (.killed, "command"), (.waiting, "command"), (.failed, "command"), (.absent, "command"),
        (.unhealthy, "checks"),
    ]

    @Test("every blocker is in the table below")
    func all() {
        #expect(Set(Self.parts.map(\.0)) == Set(Health.Blocker.allCases))
    }

    @Test("a blocker fails one part and says why; /livez goes by life alone", arguments: parts, [true, false])
    func blocked(_ expected: (blocker: Health.Blocker, part: String), isLive: Bool) {
        let why = expected.blocker.rawValue
        let pages = pages(Health(isLive: isLive, blocker: expected.blocker), Self.report(.stopped))
        #expect(!pages.ready.isFine && pages.live.isFine == isLive)
        #expect(text(pages.ready.text) == "not ready: \(why)")
        #expect(text(pages.live.text) == (isLive ? "ok" : "not live: \(why)"))
        let checks = expected.part == "checks" ? ["checks"] : []
        let lines = (["loop", "command", "ready", "drain"] + checks).map { part in
            part == expected.part ? "[-]\(part) failed: \(why)\n" : "[+]\(part) ok\n"
        }
        #expect(text(pages.ready.parts) == lines.joined() + "readyz check failed\n")
        #expect(
            text(pages.live.parts) == "[+]loop ok\n"
                + (isLive
                    ? "[+]command ok\nlivez check passed\n" : "[-]command failed: \(why)\nlivez check failed\n"))
    }

    @Test("not ready: the document byte for byte, without an id where there is no process")
    func failed() {
        var health = Health(isLive: false, blocker: .failed)
        health.failures = 3
        let pages = pages(health, Self.report(.failed))
        let checks =
            #""checks":{"command:failures":[{"componentType":"component","observedUnit":"failures","#
            + #""observedValue":3,"status":"warn","time":"2017-03-02T18:20:28.5Z"}],"#
            + #""command:readiness":[{"componentType":"component","observedValue":"failed","status":"fail","#
            + #""time":"2017-03-02T18:20:28.5Z"}],"command:state":[{"componentType":"component","#
            + #""observedValue":"failed","status":"fail","time":"2017-03-02T18:20:28.5Z"}]}}"# + "\n"
        #expect(text(pages.ready.document) == #"{"status":"fail","output":"not ready: failed","# + checks)
        #expect(text(pages.live.document) == #"{"status":"fail","output":"not live: failed","# + checks)
    }

    @Test("failures before a run that is ready are a warning, which still is 200")
    func warning() throws {
        var health = Health(isLive: true, blocker: nil)
        health.failures = 2
        let page = pages(health, Self.report(.running, pid: 7)).ready
        #expect(page.isFine && text(page.text) == "ok")
        let document = try Answer(page)
        #expect(document.status == "warn" && document.output == nil)
        #expect(document.checks["command:failures"]?.map(\.status) == ["warn"])
        #expect(document.checks["command:readiness"]?.map(\.status) == ["pass"])
    }

    @Test("several processes are several observations of one check, in the order of the document")
    func several() throws {
        let pages = pages(
            Health(isLive: true, blocker: nil), Self.report(.running, pid: 9), Self.report(.running, pid: 8))
        let states = try #require(Answer(pages.ready).checks["command:state"])
        #expect(states.map(\.componentId) == ["9", "8"])
        #expect(states.allSatisfy { $0.observedValue == "running" && $0.status == "pass" })
    }

    @Test("every document is valid by draft-inadarei-api-health-check-06", arguments: [nil] + Health.Blocker.allCases)
    func draft(_ blocker: Health.Blocker?) throws {
        for (isLive, failures) in [(true, 0), (true, 1), (false, 0), (false, 5)] {
            var health = Health(isLive: isLive, blocker: blocker)
            health.failures = failures
            let pages = pages(health, Self.report(.running, pid: 3), Self.report(.waiting))
            for page in [pages.live, pages.ready] {
                let document = try Answer(page)
                // Section 3.1, and 3.4: output says why, and only when something is wrong.
                #expect(page.isFine ? ["pass", "warn"].contains(document.status) : document.status == "fail")
                #expect((document.output != nil) == !page.isFine)
                #expect(!document.checks.isEmpty)
                for (name, observations) in document.checks {
                    // Section 4: a component and a measurement, neither with a colon.
                    #expect(name.split(separator: ":", omittingEmptySubsequences: false).count == 2, "\(name)")
                    #expect(!observations.isEmpty)
                    for observation in observations {
                        #expect(["pass", "warn", "fail"].contains(observation.status))
                        #expect(observation.componentType == "component")
                        #expect(
                            (try? Date(
                                observation.time,
                                strategy: .iso8601.year().month().day().time(
                                    includingFractionalSeconds: true))) != nil, "\(observation.time)")
                    }
                }
                #expect(page.document.last == UInt8(ascii: "\n"))
                #expect(page.document.filter { $0 == UInt8(ascii: "\n") }.count == 1)
            }
        }
    }
}

/// The document as a reader of the draft sees it; a member that must be there and is not fails to decode.
private struct Answer: Decodable {
    struct Observation: Decodable {
        var componentId: String?
        var componentType: String
        var observedValue: String
        var status: String
        var time: String

        private enum Key: CodingKey { case componentId, componentType, observedValue, status, time }

        /// `observedValue` may be of any type (section 4.3): here texts and numbers.
        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            componentId = try members.decodeIfPresent(String.self, forKey: .componentId)
            componentType = try members.decode(String.self, forKey: .componentType)
            observedValue =
                try (try? members.decode(String.self, forKey: .observedValue))
                ?? String(members.decode(Int.self, forKey: .observedValue))
            status = try members.decode(String.self, forKey: .status)
            time = try members.decode(String.self, forKey: .time)
        }
    }

    var status: String
    var output: String?
    var checks: [String: [Observation]]

    init(_ page: HealthPages.Page) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(page.document))
    }
}

import Config
import Document
import Testing

@testable import Program

@Suite("What kapo ctl says, and its exit code")
struct CtlReportTests {
    private static let row = ServiceRow(
        name: "web", socket: "/s/web/immortal.sock",
        status: ControlStatus(pid: 7, phase: .up("1.0s"), command: "w", followsPidFile: false, count: 1), error: "")
    private static let table = "PID     Up   Down   Name   CMD\n  7   1.0s          web    w\n"

    private static func report(
        _ service: String?, _ rows: [ServiceRow], ended: Int = 0, names: [String] = ["web"]
    ) -> ClientReport {
        let settings = CtlSettings(order: nil, service: service, form: .table(coloured: false))
        return Program.report(settings, ServiceCalls.Findings(rows: rows, ended: ended), names: names)
    }

    @Test("0 when all that was meant is reached and has obeyed")
    func fine() {
        for service in [nil, "web"] {
            #expect(Self.report(service, [Self.row]) == ClientReport(output: Array(Self.table.utf8)))
            #expect(Self.report(service, [], ended: 1).exitCode == 0)
        }
        #expect(Self.report(nil, []).output == Array("PID   Up   Down   Name   CMD\n".utf8))
        #expect(Self.report(nil, []).exitCode == 0)
    }

    @Test("1 when one of them has not")
    func refused() {
        var refused = Self.row
        refused.error = "no"
        #expect(Self.report(nil, [Self.row, refused]).exitCode == 1)
        #expect(Self.report("web", [refused]).exitCode == 1)
        #expect(Self.report("web", [refused]).complaint == nil)
    }

    @Test("1 and a line when the service is not there; the line names others, twenty at most")
    func missing() throws {
        let none = Self.report("web", [])
        #expect(none.exitCode == 1 && none.output == [])
        let line = try #require(none.complaint)
        #expect(line.hasPrefix("kapo ctl: there is no service 'web' in /"))
        #expect(line.hasSuffix("/.immortal, nor any other"))
        #expect(Self.report("a\u{1b}", [], names: ["x2", "x10", "x2"]).complaint?.hasSuffix(", but x2, x10") == true)
        let many = Self.report("web", [], names: (1...30).map { "n\($0)" }).complaint
        #expect(many?.hasSuffix(", n19, n20 and 10 more") == true, "\(many ?? "")")
    }
}

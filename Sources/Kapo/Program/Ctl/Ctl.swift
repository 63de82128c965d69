import Document
import Host
import Loop

extension Program {
    /// Seconds that a service has to obey and to answer.
    private static let ctlTimeoutSeconds: Int64 = 5

    /// Finds the services, tells those that are meant what to do, and asks them how they are.
    package static func ctl(_ settings: CtlSettings) throws(Failure) -> ClientReport {
        let loop = try clientLoop()
        let places = ServicePlace.all(in: ServiceHomes.all)
        let meant = places.filter(settings.means)
        var findings = ServiceCalls.Findings()
        let calls = ServiceCalls(loop, meant, settings.order, timeoutSeconds: ctlTimeoutSeconds) {
            findings = $0
            loop.stop()
        }
        calls.start()
        withExtendedLifetime(calls) { loop.run() }
        return report(settings, findings, names: places.map(\.name))
    }

    /// A loop for a client.
    static func clientLoop() throws(Failure) -> EventLoop {
        do { return try EventLoop() } catch { throw Failure(description: "\(error)") }
    }

    /// What there is to say. `names` are those of all services.
    static func report(
        _ settings: CtlSettings, _ findings: ServiceCalls.Findings, names: [String]
    ) -> ClientReport {
        var report = ClientReport(output: settings.text(of: findings.rows))
        if findings.hasErrors { report.exitCode = 1 }
        if let service = settings.service, findings.rows.isEmpty, findings.ended == 0 {
            report = ClientReport(complaint: complaint(service, names), exitCode: 1)
        }
        return report
    }

    /// Names that are told at most.
    private static let mostNames = 20

    private static func complaint(_ service: String, _ names: [String]) -> String {
        let others = Set(names).subtracting([service]).sorted(by: NaturalOrder.isBefore).map(VisibleText.of)
        let shown = others.prefix(mostNames).joined(separator: ", ")
        let more = others.count > mostNames ? " and \(others.count - mostNames) more" : ""
        let places = ServiceHomes.all.map { VisibleText.of($0.text) }.joined(separator: " and ")
        let rest = others.isEmpty ? "nor any other" : "but \(shown)\(more)"
        return "kapo ctl: there is no service '\(VisibleText.of(service))' in \(places), \(rest)"
    }
}

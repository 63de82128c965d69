import Checks
import Config
import Document
import Host
import Loop

extension Program {
    /// Seconds that the daemon has to answer.
    private static let recentTimeoutSeconds: Int64 = 3
    /// Bytes of its answer that are read at most.
    private static let recentBytes = 16_777_216

    /// Looks into a spool, changes it, or asks the daemon what it was asked for.
    package static func spool(_ settings: SpoolSettings) throws(Failure) -> ClientReport {
        if settings.action == .list { return try recent(settings) }
        var reason = settings.reason
        if settings.action == .down, reason == nil {
            reason = SpoolReason.usual()
            // The words of hacheck, where scripts look for them.
            let plea = "please use --reason option to tell us who you REALLY are\n"
            if reason == nil { return ClientReport(output: Array(plea.utf8), exitCode: 1) }
        }
        do throws(SystemError) {
            let order = try SpoolOrder(settings, at: Double(Clock.wall / 1000) / 1_000_000)
            switch settings.action {
            case .up: return order.up()
            case .down: return order.down(reason ?? "")
            case .status: return order.status()
            case .statusDowned, .list: return try order.statusDowned()
            }
        } catch {
            return ClientReport(complaint: "kapo spool: \(VisibleText.of(settings.root.text)): \(error)", exitCode: 1)
        }
    }

    // MARK: The daemon

    private static func recent(_ settings: SpoolSettings) throws(Failure) -> ClientReport {
        let loop = try clientLoop()
        guard let place = SocketPlace(address: "127.0.0.1", port: settings.port.number) else {
            preconditionFailure("127.0.0.1 is an address")
        }
        var limits = HTTPAnswerLimits()
        limits.bodyBytes = recentBytes
        var result: Result<HTTPAnswer, HTTPFailure> = .failure(.timeout)
        let request = HTTPFetchRequest(host: "127.0.0.1:\(settings.port.number)", target: "/recent")
        let fetch = HTTPFetch(loop, .place(place), request, limits: limits) {
            result = $0
            loop.stop()
        }
        fetch.start(timeoutNanoseconds: recentTimeoutSeconds * 1_000_000_000)
        withExtendedLifetime(fetch) { loop.run() }
        return report(settings, result)
    }

    /// What there is to say of the daemon's answer.
    static func report(
        _ settings: SpoolSettings, _ result: Result<HTTPAnswer, HTTPFailure>
    ) -> ClientReport {
        var reason = ""
        switch result {
        case .failure(let failure): reason = failure.words(timeout: "\(recentTimeoutSeconds)")
        case .success(let answer):
            if answer.status == 200, !answer.isTruncated, let services = RecentServices(answer: answer.body) {
                let lines = services.lines.flatMap { Array("\($0)\n".utf8) }
                return ClientReport(output: settings.isJSON ? services.json : lines)
            }
            reason = "the answer has no list of services, with the status \(answer.status)"
        }
        return ClientReport(
            complaint: "kapo spool: http://127.0.0.1:\(settings.port.number)/recent: \(reason)", exitCode: 1)
    }
}

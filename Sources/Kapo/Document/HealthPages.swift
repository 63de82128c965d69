import Machine

/// What `/livez`, `/readyz`, `/healthz` and `/health` answer: 200 or 503, in one of three forms.
package struct HealthPages: Equatable, Sendable {
    /// One answer in its three forms.
    package struct Page: Equatable, Sendable {
        /// 200 if true, 503 if not.
        package let isFine: Bool
        /// `ok`, or what is wrong.
        package let text: [UInt8]
        /// The parts, one a line, in the way of the Kubernetes API server
        /// (https://kubernetes.io/docs/reference/using-api/health-checks/).
        package let parts: [UInt8]
        /// `application/health+json`, draft-inadarei-api-health-check-06.
        package let document: [UInt8]
    }

    /// Whether it lives: `/livez`.
    package let live: Page
    /// Whether it is to get work: `/readyz`, `/healthz`, `/health`.
    package let ready: Page

    /// The answers for a health that came about at that wall time, in nanoseconds since 1970.
    package init(_ health: Health, _ reports: [Report], at time: Int64) {
        let checks = Self.checks(health, reports, Timestamp.text(nanoseconds: time))
        let why = health.blocker?.rawValue
        live = Page(
            name: "livez", problem: health.isLive ? nil : "not live: \(why ?? "ended")",
            parts: [("loop", nil), ("command", health.isLive ? nil : why ?? "ended")],
            status: health.isLive ? "pass" : "fail", checks)
        ready = Page(
            name: "readyz", problem: why.map { "not ready: \($0)" },
            parts: Self.parts(health.blocker, reports.flatMap(\.checks)),
            status: why != nil ? "fail" : health.failures > 0 ? "warn" : "pass", checks)
    }

    private static func parts(
        _ blocker: Health.Blocker?, _ checks: [CheckStanding]
    ) -> [(name: String, problem: String?)] {
        func problem(_ blockers: [Health.Blocker]) -> String? {
            blocker.flatMap { blockers.contains($0) ? $0.rawValue : nil }
        }
        return [
            ("loop", nil),
            ("command", problem([.paused, .stopped, .killed, .waiting, .failed, .absent])),
            ("ready", problem([.starting])),
            ("drain", problem([.draining, .stopping])),
        ] + (checks.isEmpty && blocker != .unhealthy ? [] : [("checks", problem([.unhealthy]))]) + checks.map(\.part)
    }

    static func readiness(_ health: Health, _ time: String) -> JSON {
        .object([
            ("componentType", .string("component")),
            ("observedValue", .string(health.blocker?.rawValue ?? "ready")),
            ("status", .string(health.blocker == nil ? "pass" : "fail")),
            ("time", .string(time)),
        ])
    }

    private static func checks(_ health: Health, _ reports: [Report], _ time: String) -> JSON {
        let states = reports.map { report in
            let identifier: [(name: String, value: JSON)] =
                report.pid == 0 ? [] : [("componentId", .string(String(report.pid)))]
            return JSON.object(
                identifier + [
                    ("componentType", .string("component")),
                    ("observedValue", .string(report.status.rawValue)),
                    ("status", .string(health.isLive ? "pass" : "fail")),
                    ("time", .string(time)),
                ])
        }
        let failures = JSON.object([
            ("componentType", .string("component")),
            ("observedUnit", .string("failures")),
            ("observedValue", JSON(health.failures)),
            ("status", .string(health.failures == 0 ? "pass" : "warn")),
            ("time", .string(time)),
        ])
        let observations = reports.flatMap(\.checks).map { standing in
            (name: "check:\(standing.name)", value: JSON.array([standing.observation(at: time)]))
        }
        return .object(
            [
                ("command:failures", .array([failures])),
                ("command:readiness", .array([readiness(health, time)])),
                ("command:state", .array(states)),
            ] + observations)
    }
}

extension HealthPages.Page {
    init(
        name: String, problem: String?, parts: [(name: String, problem: String?)], status: String, _ checks: JSON
    ) {
        isFine = problem == nil
        text = Array((problem ?? "ok").utf8)
        let lines = parts.map { part in
            part.problem.map { "[-]\(part.name) failed: \($0)\n" } ?? "[+]\(part.name) ok\n"
        }
        self.parts = Array((lines.joined() + "\(name) check \(isFine ? "passed" : "failed")\n").utf8)
        let output: [(name: String, value: JSON)] = problem.map { [("output", .string($0))] } ?? []
        document = JSON.object([("status", .string(status))] + output + [("checks", checks)]).bytes + Array("\n".utf8)
    }
}

import Machine

/// The health of many services.
extension HealthPages {
    /// One service among others.
    package struct Service: Sendable {
        package var name: String
        package var health: Health

        /// What is known of that service.
        package init(name: String, health: Health) {
            self.name = name
            self.health = health
        }

        fileprivate var deadness: String? { health.isLive ? nil : health.blocker?.rawValue ?? "ended" }
        fileprivate var unreadiness: String? { health.blocker?.rawValue }
    }

    /// Names that are told in one line; of further ones their number only.
    private static let mostNames = 8

    /// The answers for services together, of which the last one changed at that wall time: all must live, and be ready.
    package init(_ services: [Service], at time: Int64) {
        let time = Timestamp.text(nanoseconds: time)
        let checks = JSON.object(services.map { ("\($0.name):readiness", .array([Self.readiness($0.health, time)])) })
        let areLive = services.allSatisfy(\.health.isLive)
        live = Page(
            name: "livez", problem: Self.problem("not live", services.map { ($0.name, $0.deadness) }),
            parts: [("loop", nil)] + services.map { ($0.name, $0.deadness) }, status: areLive ? "pass" : "fail", checks)
        let areReady = services.allSatisfy { $0.health.blocker == nil }
        let haveFailed = services.contains { $0.health.failures > 0 }
        ready = Page(
            name: "readyz", problem: Self.problem("not ready", services.map { ($0.name, $0.unreadiness) }),
            parts: [("loop", nil)] + services.map { ($0.name, $0.unreadiness) },
            status: !areReady ? "fail" : haveFailed ? "warn" : "pass", checks)
    }

    private static func problem(_ word: String, _ services: [(name: String, problem: String?)]) -> String? {
        let bad = services.compactMap { service in service.problem.map { "\(service.name) \($0)" } }
        if bad.isEmpty { return nil }
        let more = bad.count > mostNames ? ", and \(bad.count - mostNames) more" : ""
        return "\(word): \(bad.prefix(mostNames).joined(separator: ", "))\(more)"
    }
}

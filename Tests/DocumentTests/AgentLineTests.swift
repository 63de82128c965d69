import Machine
import Testing

@testable import Document

@Suite("The line of an agent check")
struct AgentLineTests {
    private func line(isLive: Bool, _ blocker: Health.Blocker?) -> String {
        text(AgentLine.bytes(Health(isLive: isLive, blocker: blocker)))
    }

    @Test("ready: up, and out of any drain that was said before")
    func ready() {
        #expect(line(isLive: true, nil) == "up ready\n")
    }

    @Test("draining: no new work, and not down")
    func draining() {
        #expect(line(isLive: true, .draining) == "drain\n")
        #expect(line(isLive: false, .draining) == "drain\n")
    }

    @Test(
        "anything else: down with the reason while the command will come back, stopped when it will not",
        arguments: Health.Blocker.allCases.filter { $0 != .draining })
    func down(_ blocker: Health.Blocker) {
        #expect(line(isLive: true, blocker) == "down #\(blocker.rawValue)\n")
        #expect(line(isLive: false, blocker) == "stopped #\(blocker.rawValue)\n")
    }

    @Test("the reasons are these words: who reads them in a log may look for them")
    func reasons() {
        #expect(
            Health.Blocker.allCases.map(\.rawValue) == [
                "starting", "draining", "stopping", "paused", "stopped", "killed", "waiting", "failed", "unhealthy",
                "not running",
            ])
    }
}

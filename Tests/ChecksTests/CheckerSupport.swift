import Loop
import Peers

@testable import Checks

/// A checker, and what was told to those who asked it.
final class CheckerRig {
    /// An object of its own, for who asks to hold.
    private final class Record {
        var told: [(name: String, answer: CheckAnswer)] = []
    }

    let rig: CheckRig
    let checker: Checker
    private let record = Record()

    static let second: Int64 = 1_000_000_000

    init(timeout: Int64 = 60 * second, running: Int = 100, cacheTime: Int64 = 60 * second) throws {
        rig = try CheckRig()
        checker = Checker(
            rig.loop, rig.means,
            Checker.Limits(timeout: timeout, running: running, cacheTime: cacheTime, failureCacheTime: cacheTime))
    }

    /// Ends all that is under way, so that nothing is left behind.
    deinit { checker.finish() }

    func ask(_ name: String, _ question: CheckQuestion, anew: Bool = false) {
        checker.ask(question, anew: anew) { [record] in record.told.append((name, $0)) }
    }

    /// In the order in which they were told: the name that whoever asked gave, and the answer.
    var told: [(name: String, answer: CheckAnswer)] { record.told }

    /// The names of those who were told, in that order.
    var names: [String] { told.map(\.name) }

    /// What the one of that name was told; empty when it was not.
    func text(_ name: String) -> String { told.first { $0.name == name }?.answer.text ?? "" }

    func until(_ what: String, _ condition: () -> Bool) throws { try rig.until(what, condition) }

    /// A server that answers each client, when it is let go on, with 200 and the number of the client.
    func server(clients: Int = 20, status: Int = 200) throws -> ScriptedServer {
        try ScriptedServer(
            rig.loop,
            scripts: (0..<clients).map { number in
                [.readRequest, .wait, .send("HTTP/1.1 \(status) OK\r\n\r\n\(number)"), .close]
            })
    }

    func change(_ change: (inout Checker.Limits) -> Void) {
        var limits = checker.limits
        change(&limits)
        checker.change(rig.means, limits)
    }
}

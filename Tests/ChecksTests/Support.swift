import Host
import Loop
import Machine
import Peers
import Testing

@testable import Checks

/// A loop, and what checks on it come to.
final class CheckRig {
    let loop: EventLoop
    /// What is asked by; no credentials, and any certificate will do.
    var means = CheckMeans(userAgent: "kapo/test", tls: TLSClient(), credentials: nil)

    /// What did not happen in time.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() throws { loop = try EventLoop() }

    /// Runs the loop until something is the case; throws when it is not in 20 seconds.
    func until(_ what: String, _ condition: () -> Bool) throws {
        let end = Clock.monotonic + 20_000_000_000
        // Ends: each turn takes a millisecond.
        while !condition() {
            guard Clock.monotonic < end else { throw Failure(description: "not in 20 s: \(what)") }
            turn(forNanoseconds: 1_000_000)
        }
    }

    /// Runs the loop for so long, and a round at least.
    func turn(forNanoseconds time: Int64 = 0) {
        let timer = Timer(loop) { [unowned self] in loop.stop() }
        timer.set(afterNanoseconds: time)
        loop.run()
    }

    /// A server on 127.0.0.1, and the question that asks it.
    func server(
        _ kind: CheckQuestion.Kind, _ steps: [ScriptedServer.Step]
    ) throws -> (server: ScriptedServer, question: CheckQuestion) {
        let server = try ScriptedServer(loop, steps)
        return (server, .local(kind, server.port))
    }

    /// What comes of that question, asked by nobody but this.
    func outcome(of question: CheckQuestion) throws -> CheckOutcome {
        var outcomes: [CheckOutcome] = []
        let check = question.check(loop, means) { outcomes.append($0) }
        try #require(check).start()
        #expect(outcomes.isEmpty, "a check never tells before start returns")
        try until("an outcome of \(question)") { !outcomes.isEmpty }
        turn()
        #expect(outcomes.count == 1)
        return outcomes[0]
    }

    /// What comes of a server that does this.
    func outcome(_ kind: CheckQuestion.Kind, of steps: [ScriptedServer.Step]) throws -> CheckOutcome {
        let (server, question) = try server(kind, steps)
        return try withExtendedLifetime(server) { try outcome(of: question) }
    }
}

extension CheckQuestion {
    /// The check that asks this on a connection of its own.
    func check(
        _ loop: EventLoop, _ means: CheckMeans, _ handler: @escaping (CheckOutcome) -> Void
    ) -> (any RunningCheck)? {
        check(loop, means, nil, handler)
    }

    /// That port of 127.0.0.1; `/` of it for HTTP.
    static func local(_ kind: Kind, _ port: UInt16, _ target: String = "/") -> CheckQuestion {
        var question = CheckQuestion(kind, .loopback, port)
        if kind == .http || kind == .https { question.target = target }
        return question
    }
}

extension IPAddress {
    /// 127.0.0.1.
    static var loopback: IPAddress {
        guard let address = IPAddress(bytes: [127, 0, 0, 1]) else { preconditionFailure("four bytes are an address") }
        return address
    }
}

extension CheckOutcome {
    /// The code and the body.
    var text: String { "\(status.code) \(String(decoding: body, as: UTF8.self))" }
}

extension CheckAnswer {
    /// The code and the body.
    var text: String { "\(content.status.code) \(String(decoding: content.bytes.copy, as: UTF8.self))" }
}

extension String {
    /// The text with `N.nn` in place of each number with a point in it: what depends on the clock.
    var timeless: String {
        var shown = ""
        var rest = self[...]
        // Ends: each turn takes something.
        while let point = rest.firstIndex(of: ".") {
            let before = rest[..<point]
            let digits = before.reversed().prefix { $0.isNumber }.count
            let after = rest[rest.index(after: point)...].prefix { $0.isNumber }
            rest = rest[after.endIndex...]
            guard digits > 0, !after.isEmpty else {
                shown += before + "." + after
                continue
            }
            shown += before.dropLast(digits) + "N." + String(repeating: "n", count: after.count)
        }
        return shown + rest
    }
}

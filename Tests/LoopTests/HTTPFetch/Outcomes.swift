import Peers
import Testing

@testable import Loop

/// What comes of one GET.
func outcome(
    _ loop: EventLoop, _ server: HTTPFetch.Server, target: String = "/", limits: HTTPAnswerLimits = .init(),
    timeoutNanoseconds: Int64 = 20_000_000_000
) -> Result<HTTPAnswer, HTTPFailure> {
    var outcomes: [Result<HTTPAnswer, HTTPFailure>] = []
    let fetch = HTTPFetch(loop, server, HTTPFetchRequest(host: "example.org", target: target), limits: limits) {
        outcomes.append($0)
        loop.stop()
    }
    fetch.start(timeoutNanoseconds: timeoutNanoseconds)
    #expect(outcomes.isEmpty, "the handler is never called at once")
    withExtendedLifetime(fetch) { loop.run() }
    #expect(outcomes.count == 1)
    return outcomes.first ?? .failure(.timeout)
}

/// What a scripted server's client makes of it; the request is read first.
func outcome(
    of steps: [ScriptedServer.Step], limits: HTTPAnswerLimits = .init(), timeoutNanoseconds: Int64 = 20_000_000_000
) throws -> Result<HTTPAnswer, HTTPFailure> {
    let loop = try EventLoop()
    let server = try ScriptedServer(loop, [.readRequest] + steps)
    return withExtendedLifetime(server) {
        outcome(loop, .place(server.place), limits: limits, timeoutNanoseconds: timeoutNanoseconds)
    }
}

/// An answer with that body.
func answer(
    _ status: UInt16 = 200, _ reason: String = "OK", _ body: String = "", isTruncated: Bool = false
)
    -> HTTPAnswer
{
    HTTPAnswer(status: status, reason: Array(reason.utf8), body: Array(body.utf8), isTruncated: isTruncated)
}

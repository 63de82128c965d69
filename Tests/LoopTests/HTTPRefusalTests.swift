import Glibc
import Testing

@testable import Loop

@Suite("A connection that is not welcome")
struct HTTPRefusalTests {
    @Test("it is told so in answer to whatever it asks, is closed, and reaches no route; others are served")
    func refused() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let seen = Seen()
                server.action("/act") { _ in
                    seen.acts += 1
                    return .text("done")
                }
                server.refusal = { descriptor in
                    seen.descriptors.append(descriptor)
                    return seen.refuses ? .text("not you", .forbidden) : nil
                }
                for request in ["GET /act HTTP/1.1\r\n\r\n", "POST /act HTTP/1.1\r\n\r\n", "nonsense", "G"] {
                    let client = try rig.client(port)
                    let answer = try rig.ask(client, request)
                    #expect(answer.status == "HTTP/1.1 403 Forbidden" && answer.body == "not you", "\(request)")
                    #expect(answer.headers["connection"] == "close" && answer.headers["content-type"] == "text/plain")
                    try rig.until("the end") { client.ending != nil }
                }
                #expect(server.counters.connectionsOpen == 0 && seen.descriptors.count == 4 && seen.acts == 0)
                #expect(seen.descriptors.allSatisfy { $0 > 2 } && server.counters.requestsServed == 4)
                seen.refuses = false
                let welcome = try rig.client(port)
                for _ in 0..<3 { #expect(try rig.ask(welcome, "GET /act HTTP/1.1\r\n\r\n").body == "done") }
                #expect(seen.descriptors.count == 5 && seen.acts == 3, "asked once for each connection")
            }
        }
    }

    @Test("silent ones give up the places they have, also when they are as many as there are places")
    func silent() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server(limits: HTTPLimits(connections: 2))
                let seen = Seen()
                server.refusal = { _ in seen.refuses ? .text("not you", .forbidden) : nil }
                let silent = try (0..<2).map { _ in try rig.client(port) }
                try rig.until("they are there") { server.counters.connectionsOpen == 2 }
                seen.refuses = false
                let welcome = try rig.client(port)
                #expect(try rig.ask(welcome, "GET / HTTP/1.1\r\n\r\n").body == "content")
                #expect(silent.contains { $0.ending != nil && $0.text == "" })
                // Nor do they hold up the end of the server.
                seen.refuses = true
                _ = try rig.client(port)
                server.finishConnections()
                try rig.until("it is quiet") { server.isQuiet() }
            }
        }
    }
}

private final class Seen {
    var refuses = true
    var acts = 0
    var descriptors: [Int32] = []
}

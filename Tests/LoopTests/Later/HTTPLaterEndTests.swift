import Glibc
import Testing

@testable import Loop

@Suite("An answer that is given later, and the end of whoever waits for it")
struct HTTPLaterEndTests {
    @Test("a client that closes or resets meanwhile is forgotten at once, and the answer goes nowhere")
    func gone() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                for isReset in [true, false, true] {
                    let client = try rig.waiter(port, "/later/x", owed)
                    // A half-closed one is gone only when a reset says so: the answer finds out.
                    if isReset { client.reset() } else { client.close() }
                    if isReset { try rig.until("it is forgotten") { server.counters.connectionsOpen == 0 } }
                    rig.settle()
                    weak let reply = owed.replies[0].reply
                    var content: HTTPContent? = .text("answer")
                    weak let bytes = content?.bytes
                    try owed.send("/later/x", content ?? .text(""))
                    content = nil
                    try rig.until("it is forgotten") { server.counters.connectionsOpen == 0 }
                    rig.settle()
                    #expect(reply == nil && bytes == nil && server.owesNobody && server.connectionsAnswering == 0)
                }
            }
        }
    }

    @Test("connections that come and go while answers are pending get none of the others', wherever memory puts them")
    func reused() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                for round in 0..<100 {
                    let client = try rig.client(port)
                    client.send("GET /later/gone\(round) HTTP/1.1\r\n\r\n")
                    try rig.until("it is asked for") { owed.paths.count == round + 1 }
                    client.reset()
                    try rig.until("it is forgotten") { server.counters.connectionsOpen == 0 }
                }
                let clients = try (0..<20).map { try rig.waiter(port, "/later/\($0)", owed) }
                for path in owed.paths.prefix(100) { try owed.send(path, "of somebody else") }
                rig.settle()
                #expect(clients.allSatisfy { $0.received == [] && $0.ending == nil })
                for number in 0..<20 { try owed.send("/later/\(number)", "\(number)") }
                try rig.until("all answers") { clients.allSatisfy { $0.answers().count == 1 } }
                #expect(clients.map { $0.answers()[0].body } == (0..<20).map { "\($0)" } && server.owesNobody)
            }
        }
    }

    @Test("a server that ends waits for it, and says that it is the last")
    func serverEnds() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let client = try rig.waiter(port, "/later/a", owed)
                let halfClosed = try rig.waiter(port, "/later/b", owed)
                halfClosed.finish()
                server.finishConnections()
                for _ in 0..<30 {
                    rig.turn()
                    #expect(!server.isQuiet())
                }
                server.closeIdle(unusedForSeconds: 0)
                #expect(server.counters.connectionsOpen == 2)
                try owed.send("/later/a", "first")
                rig.settle()
                #expect(!server.isQuiet())
                try owed.send("/later/b", "second")
                try rig.until("it is quiet") { server.isQuiet() }
                try rig.until("the ends") { client.ending != nil && halfClosed.ending != nil }
                for (client, body) in [(client, "first"), (halfClosed, "second")] {
                    #expect(client.answers().map(\.body) == [body] && client.ending == .finished)
                    #expect(client.answers().map { $0.headers["connection"] } == ["close"])
                }
            }
        }
    }

    @Test("a server that ends answers what came behind it first, and the last says so")
    func serverEndsBehind() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let client = try rig.waiter(port, "/later/a", owed)
                client.send("GET / HTTP/1.1\r\n\r\n")
                rig.settle()
                server.finishConnections()
                try owed.send("/later/a", "first")
                try rig.until("the end") { client.ending != nil }
                #expect(client.answers().map(\.body) == ["first", "content"] && client.ending == .finished)
                #expect(client.answers().map { $0.headers["connection"] } == [nil, "close"])
            }
        }
    }

    @Test("the time for a request is not that for its answer; the client has the same time again to take it")
    func deadline() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                var limits = HTTPLimits(connections: 10)
                limits.requestSeconds = 1
                let (server, port, owed) = try rig.owing(limits: limits, sendBuffer: 4096)
                let large = String(repeating: "x", count: 60_000)
                let reading = try rig.waiter(port, "/later/a", owed)
                let (slow, never) = (
                    try rig.client(port, receiveBuffer: 4096), try rig.client(port, receiveBuffer: 4096)
                )
                for (client, path) in [(slow, "/later/b"), (never, "/later/c")] {
                    client.isReading = false
                    client.send("GET \(path) HTTP/1.1\r\n\r\n")
                }
                let begin = rig.now()
                try rig.until("more than two such times are over") { rig.now() - begin > 2300 }
                #expect(server.counters.connectionsOpen == 3 && owed.paths.count == 3)
                for path in owed.paths { try owed.send(path, large) }
                try rig.until("an answer") { reading.answers().count == 1 }
                #expect(slow.received == [])
                slow.isReading = true
                try rig.until("the other answer") { slow.answers().count == 1 }
                #expect(slow.answers()[0].body == large && reading.answers()[0].body == large)
                try rig.until("who takes nothing is closed") { server.counters.connectionsOpen == 2 }
                // Half a request has its time as ever.
                reading.send("GET / HT")
                try rig.until("the end") { reading.ending != nil }
            }
        }
    }
}

import Testing

@testable import Loop

@Suite("A stream says the same to all who listen, until it ends")
struct HTTPStreamTests {
    @Test("who listens gets head, greeting and all that follows, in chunks, and in the end the last chunk")
    func chunks() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream()
                stream.say("nobody hears this")
                let client = try rig.client(port)
                _ = try rig.ask(client, "GET / HTTP/1.1\r\n\r\n")
                client.forget()
                client.send(Client.listen)
                try rig.until("the greeting") { client.heard.text == "hello\n\n" }
                #expect(client.heard.status == "HTTP/1.1 200 OK" && stream.listenerCount == 1)
                #expect(client.heard.headers["content-type"] == "text/event-stream")
                #expect(client.heard.headers["cache-control"] == "no-store" && client.heard.headers["date"] != nil)
                #expect(client.heard.headers["connection"] == "close" && client.heard.headers["content-length"] == nil)
                stream.say("data: 1\n\n")
                stream.say("")
                stream.say("data: 2\n\n")
                #expect(server.connectionsAnswering == 0 && server.isQuiet())
                try rig.until("two events") { client.heard.text == "hello\n\ndata: 1\n\ndata: 2\n\n" }
                #expect(!client.heard.isOver && client.ending == nil)
                stream.end()
                try rig.until("the end") { client.ending != nil }
                #expect(client.heard.isOver && !client.heard.isBroken && client.ending == .finished)
                #expect(stream.listenerCount == 0 && server.counters.connectionsOpen == 0)
                #expect(server.counters.requests("/events") == 1)
                let late = try rig.ask(rig.client(port), Client.listen)
                #expect(late.status.contains("503") && late.headers["content-type"] == "text/plain; charset=utf-8")
                #expect(late.headers["connection"] == nil && late.body.contains("end"))
            }
        }
    }

    @Test("to HTTP/1.0 it is said without chunks, until the connection ends")
    func oldVersion() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream()
                let (new, old) = (try rig.listener(port), try rig.listener(port, Client.listenInOldWay))
                try rig.until("both listen") { stream.listenerCount == 2 }
                stream.say("data: 1\n\n")
                try rig.until("the event") {
                    old.heard.text == "hello\n\ndata: 1\n\n" && new.heard.text == old.heard.text
                }
                #expect(old.heard.status == "HTTP/1.0 200 OK" && old.heard.headers["connection"] == "close")
                #expect(old.heard.headers["transfer-encoding"] == nil && old.heard.headers["content-length"] == nil)
                stream.end()
                try rig.until("the end") { old.ending != nil && new.ending != nil }
                #expect(old.heard.text == "hello\n\ndata: 1\n\n" && old.ending == .finished && new.heard.isOver)
                #expect(server.counters.connectionsOpen == 0)
            }
        }
    }

    @Test("HEAD gets the headers, listens to nothing, and the connection stays; other methods are refused")
    func head() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream(limit: 0)
                let client = try rig.client(port)
                for _ in 0..<3 {
                    let answer = try rig.ask(client, "HEAD /events HTTP/1.1\r\n\r\n")
                    #expect(answer.status == "HTTP/1.1 200 OK" && answer.headers["content-type"] == "text/event-stream")
                    #expect(answer.headers["connection"] == nil && answer.headers["content-length"] == nil)
                }
                #expect(try rig.ask(client, "GET / HTTP/1.1\r\n\r\n").body == "content" && stream.listenerCount == 0)
                #expect(
                    try rig.ask(client, "OPTIONS /events HTTP/1.1\r\n\r\n").headers["allow"] == "GET, HEAD, OPTIONS")
                #expect(try rig.ask(client, "POST /events HTTP/1.1\r\n\r\n").status.contains("405"))
                #expect(server.counters.requests("/events") == 5)
            }
        }
    }

    @Test("as many listen as may; the next is told so, and may when one has left")
    func limit() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream()
                let clients = try (0..<64).map {
                    try rig.listener(port, $0 % 4 == 0 ? Client.listenInOldWay : Client.listen)
                }
                try rig.until("all listen") { stream.listenerCount == 64 }
                let next = try rig.client(port)
                let refusal = try rig.ask(next, Client.listen)
                #expect(refusal.status == "HTTP/1.1 503 Service Unavailable" && refusal.body.contains("64 listeners"))
                stream.say("data: 1\n\n")
                try rig.until("all hear") { clients.allSatisfy { $0.heard.text == "hello\n\ndata: 1\n\n" } }
                clients[7].close()
                try rig.until("it is forgotten") { stream.listenerCount == 63 }
                next.forget()
                next.send(Client.listen)
                try rig.until("the next listens") { stream.listenerCount == 64 && next.heard.text == "hello\n\n" }
                stream.end()
                let rest = clients.enumerated().filter { $0.offset != 7 }.map(\.element) + [next]
                try rig.until("the end of all") { rest.allSatisfy { $0.ending == .finished } }
                #expect(rest.allSatisfy { $0.heard.isOver == ($0.heard.headers["transfer-encoding"] != nil) })
                #expect(server.counters.connectionsOpen == 0)
            }
        }
    }

    @Test("no deadline ends a stream, and no time-out of a connection that lies idle")
    func deadlines() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                var limits = HTTPLimits(connections: 100)
                (limits.requestSeconds, limits.idleSeconds) = (1, 1)
                let (server, stream, port) = try rig.stream(limits: limits)
                let (early, old) = (try rig.listener(port), try rig.listener(port, Client.listenInOldWay))
                // One that has been connected for a while, and one that lies idle.
                let (idle, kept) = (try rig.client(port), try rig.client(port))
                for client in [idle, kept] { _ = try rig.ask(client, "GET / HTTP/1.1\r\n\r\n") }
                kept.forget()
                kept.send(Client.listen)
                try rig.until("the idle one's end") { idle.ending != nil }
                let begin = rig.now()
                try rig.until("twice the deadline") { rig.now() > begin + 2_100 }
                stream.say("data: 1\n\n")
                try rig.until("all hear") { [early, old, kept].allSatisfy { $0.heard.text.hasSuffix("1\n\n") } }
                #expect(stream.listenerCount == 3 && server.counters.connectionsOpen == 3)
            }
        }
    }

    @Test("an answer that ends with the server: the last chunk is sent, and only then it is quiet")
    func endOfServer() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let greeting = String(repeating: "g", count: 100_000)
                let (server, stream, port) = try rig.stream(greeting: greeting, sendBuffer: 4096)
                let client = try rig.listener(port, receiveBuffer: 4096)
                client.isReading = false
                try rig.until("it is full") { server.connectionsAnswering == 1 }
                stream.say("last")
                server.finishConnections()
                for _ in 0..<5 {
                    rig.turn()
                    #expect(!server.isQuiet())
                }
                client.isReading = true
                try rig.until("it is quiet") { server.isQuiet() }
                try rig.until("the end") { client.ending != nil }
                #expect(client.heard.text == greeting + "last" && client.heard.isOver && client.ending == .finished)
                let late = try rig.ask(rig.client(port), Client.listen)
                #expect(late.status.contains("503") && late.headers["connection"] == "close")
            }
        }
    }
}

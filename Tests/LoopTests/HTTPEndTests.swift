import Testing

@testable import Loop

@Suite("A server that ends gives each client its answers, and says which is the last")
struct HTTPEndTests {
    @Test("an answer on a connection that stayed until then says close, and is followed by the end: replayed ones too")
    func lastAnswer() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let requests = [
                    "GET / HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n", "OPTIONS / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                    "GET / HTTP/1.1\r\nConnection: x, close\r\n\r\n",
                ]
                let clients = try requests.map { _ in try rig.client(port) }
                for (client, request) in zip(clients.dropLast(), requests) {
                    for _ in 0..<5 { #expect(try rig.ask(client, request).headers["connection"] != "close") }
                }
                server.finishConnections()
                // The second of each kind is replayed.
                let more = try requests.map { _ in try rig.client(port) }
                for (client, request) in zip(clients + more, requests + requests) {
                    let answer = try rig.ask(client, request)
                    #expect(answer.status.hasSuffix("200 OK") && answer.headers["connection"] == "close", "\(request)")
                    #expect(request.hasPrefix("GET") == (answer.body == "content"), "\(request)")
                    try rig.until("the end") { client.ending != nil }
                    #expect(client.ending == .finished && client.answers(head: request.hasPrefix("HEAD")).count == 1)
                    client.close()
                }
                try rig.until("nobody is there") { server.counters.connectionsOpen == 0 }
                #expect(server.isQuiet())
            }
        }
    }

    @Test("requests that came behind an answer which the client does not take are all answered, the last with close")
    func pipelined() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let content = String(repeating: "x", count: 60_000)
                let (server, port) = try rig.server(sendBuffer: 4096, content: content)
                let client = try rig.client(port, receiveBuffer: 4096)
                client.isReading = false
                client.send(String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 7))
                try rig.until("an answer is blocked") { server.connectionsAnswering == 1 }
                rig.settle()
                server.finishConnections()
                client.send("GET / HTTP/1.1\r\n\r\n")
                for _ in 0..<5 {
                    rig.turn()
                    #expect(!server.isQuiet())
                }
                client.isReading = true
                try rig.until("it is quiet") { server.isQuiet() }
                try rig.until("the end") { client.ending != nil }
                #expect(client.ending == .finished)
                let answers = client.answers()
                #expect(answers.count == 8 && answers.allSatisfy { $0.body == content })
                #expect(answers.map { $0.headers["connection"] } == Array(repeating: nil, count: 7) + ["close"])
            }
        }
    }

    @Test("a client that goes on sending is not reset, and does not hold the server")
    func sender() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let client = try rig.client(port)
                _ = try rig.ask(client, "GET / HTTP/1.1\r\n\r\n")
                server.finishConnections()
                client.forget()
                client.send("GET / HTTP/1.1\r\n\r\n")
                for _ in 0..<100 {
                    rig.turn()
                    client.send("GET / HTTP/1.1\r\n\r\n")
                }
                #expect(server.isQuiet() && client.ending == .finished)
                let answers = client.answers()
                #expect(answers.last?.headers["connection"] == "close" && server.counters.connectionsOpen == 1)
                #expect(answers.dropLast().allSatisfy { $0.headers["connection"] == nil } && answers.count < 5)
                client.close()
                try rig.until("it is forgotten") { server.counters.connectionsOpen == 0 }
            }
        }
    }

    @Test("to close idle connections spares one with half a request, and answers one whose request is just there")
    func idle() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let (idle, half, asking) = (try rig.client(port), try rig.client(port), try rig.client(port))
                let silent = try rig.client(port)
                for client in [idle, half, asking] { _ = try rig.ask(client, "GET / HTTP/1.1\r\n\r\n") }
                half.send("GET / HTTP/1.1\r\nHo")
                rig.settle()
                server.finishConnections()
                // Just used, or never.
                server.closeIdle(unusedForSeconds: 5)
                #expect(server.counters.connectionsOpen == 4)
                asking.forget()
                asking.send("GET / HTTP/1.1\r\n\r\n")
                server.closeIdle(unusedForSeconds: 0)
                try rig.until("the end of three") { [idle, asking, silent].allSatisfy { $0.ending != nil } }
                #expect([idle, asking, silent].allSatisfy { $0.ending == .finished })
                #expect(asking.answers().map { $0.headers["connection"] } == ["close"])
                // Half a request is not waited for, and is answered all the same when it becomes whole.
                try rig.until("it is quiet") { server.isQuiet() }
                #expect(server.isQuiet() && half.ending == nil)
                half.forget()
                half.send("st: x\r\n\r\n")
                try rig.until("the end") { half.ending != nil }
                #expect(half.answers().map { $0.headers["connection"] } == ["close"] && half.ending == .finished)
            }
        }
    }
}

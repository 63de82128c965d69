import Glibc
import Testing

@testable import Loop

@Suite("An answer that is given later")
struct HTTPLaterReplyTests {
    @Test("nothing comes before it is given; then it is like any other, for each method and version")
    func methods() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let client = try rig.client(port)
                for method in ["GET", "HEAD", "OPTIONS", "POST", "GET"] {
                    client.forget()
                    client.send("\(method) /later/x HTTP/1.1\r\n\r\n")
                    rig.settle()
                    #expect(client.received == [] && client.ending == nil && owed.paths == ["/later/x"])
                    try owed.send("/later/x", .text("answer", .unavailable))
                    try rig.until("an answer") { client.answers(head: method == "HEAD").count == 1 }
                    let answer = client.answers(head: method == "HEAD")[0]
                    #expect(answer.status == "HTTP/1.1 503 Service Unavailable", "\(method)")
                    #expect(answer.body == (["GET", "POST"].contains(method) ? "answer" : ""), "\(method)")
                    #expect(answer.headers["content-length"] == (method == "OPTIONS" ? "0" : "6"))
                    #expect(answer.headers["allow"] == (method == "OPTIONS" ? "GET, HEAD, POST, OPTIONS" : nil))
                    #expect(answer.headers["cache-control"] == "no-store" && answer.headers["connection"] == nil)
                    #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
                }
                #expect(server.counters.requests("/later/") == 5 && server.owesNobody)
            }
        }
    }

    @Test("the connection ends behind it where the client wants that, and stays where not")
    func closes() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                for (request, closes) in [
                    ("GET /later/x HTTP/1.0\r\n\r\n", true),
                    ("GET /later/x HTTP/1.1\r\nConnection: close\r\n\r\n", true),
                    ("POST /later/x HTTP/1.1\r\nConnection: a, close\r\nContent-Length: 1\r\n\r\nb", true),
                    ("GET /later/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false),
                    ("GET http://host/later/x HTTP/1.1\r\n\r\n", false),
                ] {
                    let client = try rig.client(port)
                    client.send(request)
                    rig.settle()
                    try owed.send("/later/x", "answer")
                    try rig.until("an answer") { client.answers().count == 1 }
                    #expect(client.answers()[0].body == "answer")
                    rig.settle()
                    #expect((client.ending == .finished) == closes && (client.ending == nil) == !closes, "\(request)")
                    if !closes { #expect(try rig.ask(client, "GET / HTTP/1.1\r\n\r\n").body == "content") }
                    client.close()
                }
                try rig.until("nobody is there") { server.counters.connectionsOpen == 0 }
            }
        }
    }

    @Test("two connections get each its own, in any order")
    func two() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                let paths = (0..<5).map { "/later/\($0)" }
                let clients = try paths.map { try rig.waiter(port, $0, owed) }
                for number in [3, 0, 4, 1, 2] {
                    try owed.send(paths[number], "answer \(number)")
                    try rig.until("an answer") { clients[number].answers().count == 1 }
                    #expect(clients[number].answers()[0].body == "answer \(number)")
                }
                for (client, number) in zip(clients, 0...) {
                    client.forget()
                    client.send("GET \(paths[number]) HTTP/1.1\r\n\r\n")
                }
                try rig.until("all are asked for") { owed.paths.count == 5 }
                for path in owed.paths { try owed.send(path, path) }
                try rig.until("all answers") { clients.allSatisfy { $0.answers().count == 1 } }
                #expect(clients.map { $0.answers()[0].body } == paths)
            }
        }
    }

    @Test("it is never given again, while what the same route answers at once is, unless it says that it must not be")
    func memory() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                var calls: [String: Int] = [:]
                server.serve(below: "/now/") { [unowned server] request in
                    calls[request.path, default: 0] += 1
                    if request.path == "/now/once" { server.doNotRemember() }
                    return .content(.text("now"))
                }
                let client = try rig.client(port)
                for number in 1...20 {
                    client.forget()
                    client.send("GET /later/x HTTP/1.1\r\n\r\n")
                    rig.settle()
                    try owed.send("/later/x", "\(number)")
                    try rig.until("an answer") { client.answers().count == 1 }
                    #expect(client.answers()[0].body == "\(number)")
                    #expect(try rig.ask(client, "GET /now/once HTTP/1.1\r\n\r\n").body == "now")
                    #expect(try rig.ask(client, "OPTIONS /now/once HTTP/1.1\r\n\r\n").status.hasSuffix("200 OK"))
                }
                #expect(owed.asked == ["/later/x": 20] && calls == ["/now/once": 40])
                // A remembered answer is good for a second, and another one may begin at any time.
                for _ in 0..<200 { #expect(try rig.ask(client, "GET /now/x HTTP/1.1\r\n\r\n").body == "now") }
                #expect(calls["/now/x"].map { $0 < 100 } == true, "\(calls) of 200")
            }
        }
    }

    @Test("one that was made while another connection is answered at once is not taken for that one's")
    func notMixed() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                // Whoever asks this answers somebody else meanwhile.
                server.serve(below: "/now/") { _ in
                    try? owed.send("/later/x", "later")
                    return .content(.text("now"))
                }
                let waiter = try rig.waiter(port, "/later/x", owed)
                let client = try rig.client(port)
                #expect(try rig.ask(client, "GET /now/ HTTP/1.1\r\n\r\n").body == "now")
                try rig.until("the answer") { waiter.answers().count == 1 }
                #expect(waiter.answers()[0].body == "later")
                for _ in 0..<5 { #expect(try rig.ask(client, "GET /now/ HTTP/1.1\r\n\r\n").body == "now") }
            }
        }
    }

    @Test("it must be given once, and not twice")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                _ = try rig.waiter(port, "/later/x", owed)
                let reply = owed.replies[0].reply
                reply.send(.text("once"))
                reply.send(.text("twice"))
            }
        }
    }

    @Test("a large one comes whole, to a client that takes its time")
    func blocked() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing(sendBuffer: 4096)
                let client = try rig.client(port, receiveBuffer: 4096)
                client.isReading = false
                client.send("GET /later/x HTTP/1.1\r\n\r\nGET /later/y HTTP/1.1\r\n\r\n")
                try rig.until("it is asked for") { owed.paths == ["/later/x"] }
                let large = String(repeating: "0123456789", count: 6000)
                try owed.send("/later/x", large)
                rig.settle()
                #expect(server.connectionsAnswering == 1 && owed.paths == [], "the next waits for its turn")
                client.isReading = true
                try rig.until("the answer") { client.answers().count == 1 }
                try rig.until("the next is asked for") { owed.paths == ["/later/y"] }
                #expect(client.answers()[0].body == large && server.connectionsAnswering == 0)
                try owed.send("/later/y", large)
                try rig.until("both answers") { client.answers().count == 2 }
                #expect(client.answers()[1].body == large)
            }
        }
    }
}

import Testing

@testable import Loop

@Suite("A route sees its request, says its status, and is counted")
struct HTTPRouteTests {
    @Test("a content can say 503, to GET, HEAD and OPTIONS alike, and the connection stays")
    func status() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                server.route("/readyz", .untilChanged) { _ in .text("not ready\n", .unavailable) }
                let client = try rig.client(port)
                let answer = try rig.ask(client, "GET /readyz HTTP/1.1\r\n\r\n")
                #expect(answer.status == "HTTP/1.1 503 Service Unavailable")
                #expect(answer.headers["content-type"] == "text/plain" && answer.headers["content-length"] == "10")
                #expect(answer.headers["cache-control"] == "no-store" && answer.headers["connection"] == nil)
                #expect(answer.body == "not ready\n")
                let head = try rig.ask(client, "HEAD /readyz HTTP/1.1\r\n\r\n")
                #expect(head.status == answer.status && head.headers["content-length"] == "10" && head.body == "")
                #expect(try rig.ask(client, "GET / HTTP/1.1\r\n\r\n").status == "HTTP/1.1 200 OK")
                let options = try rig.ask(client, "OPTIONS /readyz HTTP/1.1\r\n\r\n")
                #expect(options.status == answer.status && options.headers["allow"] == "GET, HEAD, OPTIONS")
                #expect(options.headers["content-length"] == "0" && options.body == "")
                #expect(try rig.ask(client, "OPTIONS / HTTP/1.1\r\n\r\n").status == "HTTP/1.1 200 OK")
                let post = try rig.ask(client, "POST /readyz HTTP/1.1\r\n\r\n")
                #expect(post.status == "HTTP/1.1 405 Method Not Allowed" && post.headers["connection"] == "close")
            }
        }
    }

    @Test("a route sees path, query and headers; the path is matched without the query, and exactly")
    func request() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                server.route("/say", .once) { request in
                    let accept = request.header("accept") ?? "-"
                    return .text("\(request.path) \(request.query ?? "-") \(accept) \(request.header("X") ?? "-")")
                }
                let client = try rig.client(port)
                func say(_ target: String, _ headers: String = "") throws -> String {
                    try rig.ask(client, "GET \(target) HTTP/1.1\r\n\(headers)\r\n").body
                }
                #expect(try say("/say") == "/say - - -")
                #expect(try say("/say?") == "/say  - -")
                #expect(try say("/say?a=b&c?d", "ACCEPT: text/html\r\n") == "/say a=b&c?d text/html -")
                #expect(try say("/say", "x: 1\r\nAccept: a\r\nX:\r\naccept: b, c\r\n") == "/say - a, b, c 1, ")
                #expect(try say("http://host/say?x", "Host: other\r\n") == "/say x - -")
                #expect(try say("/s%61y") == "/s%61y - - -")
                for other in ["/", "/say/", "/sa", "/says", "/Say", "//say", "/x?/say"] {
                    #expect(try say(other) == "content", "\(other)")
                }
            }
        }
    }

    @Test("what stands until changed is made once for the same bytes, and anew after a change")
    func validity() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let made = Made()
                server.route("/live", .once) { _ in .text("live \(made.next())") }
                server.route("/ready", .untilChanged) { request in
                    made.next()
                    return .text("\(made.state) \(request.query ?? "-")", made.state == "up" ? .ok : .unavailable)
                }
                let client = try rig.client(port)
                func ready(_ query: String = "") throws -> String {
                    let answer = try rig.ask(client, "GET /ready\(query) HTTP/1.1\r\n\r\n")
                    return "\(answer.status.dropFirst(9).prefix(3)) \(answer.body)"
                }
                // A remembered answer is good for a second, and another one may begin at any time.
                for _ in 0..<200 { #expect(try ready() == "200 up -") }
                #expect(made.count < 100, "\(made.count) of 200")
                #expect(try ready("?x") == "200 up x")
                made.state = "down"
                server.contentChanged()
                #expect(try ready() == "503 down -")
                #expect(try ready("?x") == "503 down x")
                made.state = "up"
                server.contentChanged()
                #expect(try ready() == "200 up -")
                let before = made.count
                for number in 1...50 {
                    #expect(try rig.ask(client, "GET /live HTTP/1.1\r\n\r\n").body == "live \(before + number)")
                }
            }
        }
    }

    @Test("a change that the content itself tells of is not overlooked")
    func changeFromWithin() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let made = Made()
                server.route("/ready", .untilChanged) { _ in
                    server.contentChanged()
                    return .text("\(made.next())")
                }
                let client = try rig.client(port)
                for number in 1...5 {
                    #expect(try rig.ask(client, "GET /ready HTTP/1.1\r\n\r\n").body == "\(number)")
                }
            }
        }
    }

    @Test("each path with a route has a count, and the rest have one: all that was answered is in one of them")
    func counters() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                server.route("/a", .once) { _ in .text("a") }
                server.route("/b", .untilChanged) { _ in .text("b", .unavailable) }
                let client = try rig.client(port)
                for _ in 0..<3 { _ = try rig.ask(client, "GET /a HTTP/1.1\r\n\r\n") }
                for _ in 0..<50 { _ = try rig.ask(client, "GET /b?q HTTP/1.1\r\n\r\n") }
                for _ in 0..<7 { _ = try rig.ask(client, "HEAD / HTTP/1.1\r\n\r\n") }
                _ = try rig.ask(client, "OPTIONS /a HTTP/1.1\r\n\r\n")
                _ = try rig.ask(client, "DELETE /a HTTP/1.1\r\n\r\n")
                _ = try rig.ask(rig.client(port), "nonsense\r\n\r\n")
                let counters = server.counters
                #expect(counters.requestsByPath.map(\.path) == ["*", "/a", "/b"])
                #expect(counters.requestsByPath.map(\.count) == [8, 5, 50])
                #expect(counters.requests("/a") == 5 && counters.requests("/c") == 0)
                #expect(counters.requestsServed == 63)
            }
        }
    }
}

/// What the content of a route is made of.
private final class Made {
    private(set) var count = 0
    var state = "up"

    @discardableResult func next() -> Int {
        count += 1
        return count
    }
}

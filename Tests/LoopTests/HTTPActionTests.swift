import Testing

@testable import Loop

@Suite("A path that does something")
struct HTTPActionTests {
    @Test("GET and POST do it each time they ask, on one connection, with a body too; nothing is ever replayed")
    func acts() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let done = Done()
                server.action(below: "/do/") { _, name in .text(done.add(name)) }
                let client = try rig.client(port)
                for number in 1...30 {
                    #expect(try rig.ask(client, "GET /do/get HTTP/1.1\r\n\r\n").body == "\(number) get")
                }
                done.names = []
                let body = String(repeating: "x", count: 16_000)
                let requests = [
                    "POST /do/1 HTTP/1.1\r\n\r\n", "POST /do/2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                    "POST /do/3 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
                    "POST /do/4 HTTP/1.1\r\nContent-Length: 16000\r\n\r\n\(body)",
                    "POST /do/5?query HTTP/1.1\r\n\r\n",
                ]
                for (index, request) in requests.enumerated() {
                    let answer = try rig.ask(client, request)
                    #expect(answer.status == "HTTP/1.1 200 OK" && answer.headers["connection"] == nil)
                    #expect(answer.body == "\(index + 1) \(index + 1)")
                }
                #expect(done.names == ["1", "2", "3", "4", "5"])
                #expect(server.counters.requests("/do/") == 35)
            }
        }
    }

    @Test("HEAD gets 405, OPTIONS the methods, and other methods 405: none of them does anything")
    func doesNothing() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let done = Done()
                server.action(below: "/do/") { _, name in .text(done.add(name)) }
                server.action("/act") { .text(done.add($0.path)) }
                for path in ["/do/x", "/act"] {
                    for method in ["HEAD", "PUT", "DELETE", "PATCH", "TRACE"] {
                        let answer = try rig.ask(rig.client(port), "\(method) \(path) HTTP/1.1\r\n\r\n")
                        #expect(answer.status == "HTTP/1.1 405 Method Not Allowed", "\(method) \(path)")
                        #expect(answer.headers["allow"] == "GET, POST, OPTIONS")
                    }
                    let options = try rig.ask(rig.client(port), "OPTIONS \(path) HTTP/1.1\r\n\r\n")
                    #expect(options.status == "HTTP/1.1 200 OK" && options.headers["allow"] == "GET, POST, OPTIONS")
                }
                #expect(done.names == [])
                _ = try rig.ask(rig.client(port), "POST /act HTTP/1.1\r\n\r\n")
                #expect(done.names == ["/act"], "only exactly that path")
                let other = try rig.ask(rig.client(port), "POST /act/x HTTP/1.1\r\n\r\n")
                #expect(other.status.contains(" 405 ") && other.headers["allow"] == "GET, HEAD, OPTIONS")
            }
        }
    }

    @Test("a body that is too long, or framed oddly, gets 400, and nothing is done")
    func framing() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let done = Done()
                server.action(below: "/do/") { _, name in .text(done.add(name)) }
                for headers in [
                    "Content-Length: 20000", "Content-Length: +3", "Content-Length: -1", "Content-Length: 3, 3",
                    "Content-Length: 3\r\nContent-Length: 3", "Transfer-Encoding: chunked",
                ] {
                    let client = try rig.client(port)
                    client.send(
                        "POST /do/x HTTP/1.1\r\n\(headers)\r\n\r\n0\r\n\r\n" + String(repeating: "y", count: 20_000))
                    try rig.until("the end of \(headers)") { client.ending != nil }
                    #expect(client.text.hasPrefix("HTTP/1.1 400 "), "\(headers)")
                }
                let get = try rig.ask(rig.client(port), "GET /do/x HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
                #expect(get.status == "HTTP/1.1 400 Bad Request")
                #expect(done.names == [])
            }
        }
    }

    @Test("behind a prefix stands a name, decoded; what cannot be decoded gets 400, and reaches nobody")
    func prefixes() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server(content: "other")
                let done = Done()
                server.route(below: "/of/", .untilChanged) { request, name in
                    done.names.append(name)
                    return .text("\(name) \(request.query ?? "-")", name == "down" ? .unavailable : .ok)
                }
                server.route("/of/whole", .once) { _ in .text("whole") }
                let client = try rig.client(port)
                func say(_ target: String) throws -> String {
                    let answer = try rig.ask(client, "GET \(target) HTTP/1.1\r\n\r\n")
                    return "\(answer.status.dropFirst(9).prefix(3)) \(answer.body)"
                }
                #expect(try say("/of/a") == "200 a -")
                #expect(try say("/of/") == "200  -")
                #expect(try say("/of/a%20b%2Fc+%C3%A9?q=%41") == "200 a b/c+\u{e9} q=%41")
                #expect(try say("/of/down") == "503 down -")
                #expect(try say("/of/a/b/") == "200 a/b/ -")
                #expect(try say("/of/whole") == "200 whole")
                for other in ["/of", "/", "/off/a", "/Of/a", "//of/a"] { #expect(try say(other) == "200 other") }
                done.names = []
                for bad in ["/of/%", "/of/%4", "/of/%4g", "/of/%00", "/of/%ff", "/of/%c3%28", "/of/%+1"] {
                    #expect(try say(bad).hasPrefix("400 The path has a percent sign"), "\(bad)")
                }
                #expect(done.names == [])
                // A remembered answer is good for a second, and another one may begin at any time.
                for _ in 0..<200 { #expect(try say("/of/a") == "200 a -") }
                #expect(done.names.count < 100, "\(done.names.count) of 200")
            }
        }
    }

    @Test("a server can say 404 to what it does not know")
    func notFound() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server(content: "nothing here", .notFound)
                server.route("/", .once) { _ in .text("root") }
                let client = try rig.client(port)
                let answer = try rig.ask(client, "GET /x HTTP/1.1\r\n\r\n")
                #expect(answer.status == "HTTP/1.1 404 Not Found" && answer.body == "nothing here")
                #expect(try rig.ask(client, "GET / HTTP/1.1\r\n\r\n").body == "root")
            }
        }
    }
}

/// What was done.
private final class Done {
    var names: [String] = []

    func add(_ name: String) -> String {
        names.append(name)
        return "\(names.count) \(name)"
    }
}

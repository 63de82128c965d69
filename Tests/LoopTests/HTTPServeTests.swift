import Testing

@testable import Loop

@Suite("Paths below one, and what they see of a request")
struct HTTPServeTests {
    @Test("a path that acts answers POST too, and one that does not says 405 with what it knows")
    func methods() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server(content: "other")
                server.serve(below: "/act/", acting: true) { .content(.text($0.isPost ? "done" : "said")) }
                server.serve(below: "/say/") { _ in .content(.text("said")) }
                for (path, body) in [("/act/x", "done"), ("/say/x", nil), ("/", nil)] {
                    let post = try rig.ask(rig.client(port), "POST \(path) HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
                    #expect(post.status.dropFirst(9).prefix(3) == (body == nil ? "405" : "200"), "\(path)")
                    if let body { #expect(post.body == body) }
                    let allowed = body == nil ? "GET, HEAD, OPTIONS" : "GET, HEAD, POST, OPTIONS"
                    #expect(post.headers["allow"] == (body == nil ? allowed : nil))
                    let options = try rig.ask(rig.client(port), "OPTIONS \(path) HTTP/1.1\r\n\r\n")
                    #expect(options.headers["allow"] == allowed && options.body == "")
                    for method in ["DELETE", "PUT", "PATCH"] {
                        let answer = try rig.ask(rig.client(port), "\(method) \(path) HTTP/1.1\r\n\r\n")
                        #expect(answer.status == "HTTP/1.1 405 Method Not Allowed")
                        #expect(answer.headers["allow"] == allowed && answer.headers["connection"] == "close")
                    }
                    let head = try rig.ask(rig.client(port), "HEAD \(path) HTTP/1.1\r\n\r\n")
                    #expect(head.status.hasSuffix(" 200 OK") && head.headers["content-length"] != "0")
                }
            }
        }
    }

    @Test("a POST is never given again, and its body comes whole, in pieces too")
    func posts() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                var bodies: [String] = []
                server.serve(below: "/act/", acting: true) { request in
                    bodies.append(String(decoding: request.body, as: UTF8.self))
                    return .content(.text("\(bodies.count)"))
                }
                let client = try rig.client(port)
                let request = "POST /act/ HTTP/1.1\r\nContent-Length: 8\r\n\r\na=b&c=\0d"
                for number in 1...20 { #expect(try rig.ask(client, request).body == "\(number)") }
                client.forget()
                for character in request {
                    client.send(String(character))
                    rig.settle()
                }
                try rig.until("an answer") { client.answers().count == 1 }
                #expect(bodies == Array(repeating: "a=b&c=\0d", count: 21))
                #expect(try rig.ask(client, "GET /act/ HTTP/1.1\r\n\r\n").body == "22" && bodies.last == "")
            }
        }
    }

    @Test("path, query and headers are seen byte for byte; a route of its own comes first")
    func views() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server(content: "other")
                server.serve(below: "/a/") { request in
                    let parts = [
                        request.pathBytes, request.queryBytes ?? Array("none".utf8),
                        request.headerBytes("x-NAME") ?? Array("none".utf8),
                    ]
                    return .content(.text(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")))
                }
                server.serve(below: "/a/b/") { _ in .content(.text("never: the first counts")) }
                server.route("/a/own", .once) { _ in .text("own") }
                let client = try rig.client(port)
                for (target, headers, body) in [
                    ("/a/", "", "/a/ none none"), ("/a/%20+%00", "X-Name: v\r\n", "/a/%20+%00 none v"),
                    ("/a/b/c?d=%41&?e", "x-name:  one \r\nX-NAME: two\r\n", "/a/b/c d=%41&?e one"),
                    ("/a/x?", "X-Name: caf\u{e9}\r\n", "/a/x  caf\u{e9}"), ("/a/own", "", "own"), ("/a", "", "other"),
                    ("http://host/a/y?z", "", "/a/y z none"), ("/A/", "", "other"),
                ] {
                    #expect(try rig.ask(client, "GET \(target) HTTP/1.1\r\n\(headers)\r\n").body == body, "\(target)")
                }
            }
        }
    }

    @Test("an answer that has no body says nothing of one, and the next answer on the connection is the next")
    func withoutBody() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let statuses = [204, 304].compactMap { HTTPStatus(code: $0) }
                server.serve(below: "/now/") { request in
                    .content(.text("ignored", statuses[request.path.hasSuffix("304") ? 1 : 0]))
                }
                let client = try rig.client(port)
                for code in ["204", "304"] {
                    for method in ["GET", "HEAD", "OPTIONS", "GET"] {
                        for path in ["/now/\(code)", "/later/\(code)"] {
                            client.forget()
                            client.send("\(method) \(path) HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
                            if path.hasPrefix("/later") {
                                try rig.until("it is asked for") { !owed.paths.isEmpty }
                                try owed.send(path, .text("ignored", statuses[code == "304" ? 1 : 0]))
                            }
                            try rig.until("both answers") { client.answers().count == 2 }
                            let answers = client.answers()
                            #expect(answers.map { $0.status.dropFirst(9).prefix(3) } == [code[...], "200"])
                            #expect(answers.map(\.body) == ["", "content"])
                            #expect(answers[0].headers["content-length"] == nil, "\(method) \(path)")
                            #expect(answers[0].headers["content-type"] == nil, "\(method) \(path)")
                        }
                    }
                }
            }
        }
    }
}

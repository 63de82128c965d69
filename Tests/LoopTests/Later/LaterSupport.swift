@testable import Loop

/// Answers that a server owes, in the order in which they were asked for.
final class Owed {
    private(set) var replies: [(path: String, reply: HTTPLaterReply)] = []
    /// How often each path was asked for.
    private(set) var asked: [String: Int] = [:]

    fileprivate func add(_ path: String, _ reply: HTTPLaterReply) {
        replies.append((path, reply))
        asked[path, default: 0] += 1
    }

    var paths: [String] { replies.map(\.path) }

    /// Gives the answer to the first that asked for this path.
    func send(_ path: String, _ content: HTTPContent) throws {
        guard let index = replies.firstIndex(where: { $0.path == path }) else {
            throw Rig.Failure(description: "nobody waits for \(path); for \(paths) they do")
        }
        replies.remove(at: index).reply.send(content)
    }

    func send(_ path: String, _ text: String) throws { try send(path, .text(text)) }
}

extension Rig {
    /// A server that answers what is below `/later/` later, what is below `/now/` at once, and to both a POST too.
    func owing(
        limits: HTTPLimits = HTTPLimits(connections: 300), sendBuffer: Int32? = nil, content: String = "content"
    ) throws -> (server: HTTPServer, port: UInt16, owed: Owed) {
        let (server, port) = try server(limits: limits, sendBuffer: sendBuffer, content: content)
        let owed = Owed()
        server.serve(below: "/later/", acting: true) { [unowned server] request in
            let reply = HTTPLaterReply(server)
            owed.add(request.path, reply)
            return .later(reply)
        }
        return (server, port, owed)
    }

    /// A client that has asked for this path, and waits.
    func waiter(_ port: UInt16, _ path: String, _ owed: Owed, method: String = "GET") throws -> Client {
        let client = try client(port)
        client.send("\(method) \(path) HTTP/1.1\r\n\r\n")
        try until("\(path) is asked for") { owed.paths.contains(path) }
        return client
    }
}

extension HTTPServer {
    /// True when it knows of no answer that is to come.
    var owesNobody: Bool { unsafe later.isEmpty }
}

import CLibevent

@testable import Loop

/// One of the two servers, with its listening sockets.
final class Side {
    let server: HTTPServer
    /// How often the live route was called.
    private(set) var liveCount = 0
    /// How often the content of the other route was made.
    private(set) var readyCount = 0
    private let published = Published()
    /// Answers that are to come, and after how many turns of the loop.
    private var owed: [(reply: HTTPLaterReply, turns: Int)] = []
    private var ports: [Script.Flavour: UInt16] = [:]

    /// The route whose content is made anew for each request.
    static let livePath = "/debug/vars"

    /// The route whose content stands until it is changed, and depends on the query and on a header.
    static let readyPath = "/readyz"

    /// The paths whose answers come later: after so many turns of the loop as the last byte says, 0 to 3. With 0 turns
    /// it stands until the content is changed, unless the query says otherwise.
    static let laterPath = "/later/"

    /// Small limits, so that short scripts get beyond them.
    static var limits: HTTPLimits {
        var limits = HTTPLimits(connections: 64)
        limits.headerBytes = 4096
        limits.bodyBytes = 2048
        limits.inputBytes = 2 * EventLoop.readBytes
        return limits
    }

    /// What is answered; an object of its own, for the server to hold.
    private final class Published {
        var bytes: [UInt8] = []
    }

    init(_ loop: EventLoop, replays: Bool) throws {
        let published = published
        server = try HTTPServer(loop, limits: Self.limits, replays: replays) { Self.content(published.bytes) }
        server.route(Self.livePath, .once) { [unowned self] _ in
            liveCount += 1
            return Self.content(Content.live(count: liveCount))
        }
        server.route(Self.readyPath, .untilChanged) { [unowned self] request in
            readyCount += 1
            let isText = request.header("accept") == "text/plain"
            return HTTPContent(
                request.query == "down" ? .unavailable : .ok, type: isText ? "text/plain" : "application/json",
                bytes: SharedBytes(published.bytes))
        }
        server.serve(below: Self.laterPath, acting: true) { [unowned self] in later($0) }
    }

    private func later(_ request: borrowing HTTPRequest) -> HTTPServed {
        let turns = Int(request.pathBytes.last ?? 0) % 4
        guard turns > 0 else {
            if request.query == "once" { server.doNotRemember() }
            return .content(Self.content(published.bytes))
        }
        let reply = HTTPLaterReply(server)
        owed.append((reply, turns))
        return .later(reply)
    }

    /// The loop has turned once more.
    func turned() {
        for index in owed.indices { owed[index].turns -= 1 }
        let due = owed.filter { $0.turns == 0 }
        owed.removeAll { $0.turns == 0 }
        for (reply, _) in due { reply.send(Self.content(published.bytes)) }
    }

    func publish(_ bytes: [UInt8]) {
        published.bytes = bytes
        server.contentChanged()
    }

    func connect(_ flavour: Script.Flavour) throws -> Client {
        if ports[flavour] == nil {
            let (descriptor, port) = try Sockets.listening(flavour)
            try server.accept(on: descriptor)
            ports[flavour] = port
        }
        return try Client(port: ports[flavour] ?? 0, flavour)
    }

    /// What changes when the server does anything that a client does not see at once.
    var signs: [Int] {
        let counters = server.counters
        return [
            Int(counters.connectionsAccepted), counters.connectionsOpen, Int(counters.requestsServed),
            server.connectionsAnswering, owed.reduce(0) { $0 + $1.turns },
        ]
    }

    private static func content(_ bytes: [UInt8]) -> HTTPContent {
        HTTPContent(type: "text/plain", bytes: SharedBytes(bytes))
    }
}

extension EventLoop {
    /// Does all that there is to do, and waits for nothing.
    func turn() {
        // The loop owns its base, and nothing else runs it.
        _ = unsafe event_base_loop(base, EVLOOP_NONBLOCK)
    }
}

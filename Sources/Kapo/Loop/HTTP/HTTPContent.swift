/// What a path answers.
package struct HTTPContent {
    package var status: HTTPStatus
    /// `Content-Type`.
    package var type: StaticString
    package var bytes: SharedBytes
    /// Who counts the times that it is given again without anybody being asked; nil where nobody does.
    package var tally: (any HTTPTally)?

    /// Bytes of that type.
    package init(_ status: HTTPStatus = .ok, type: StaticString, bytes: SharedBytes) {
        self.status = status
        self.type = type
        self.bytes = bytes
    }
}

/// Counts answers.
package protocol HTTPTally: AnyObject {
    /// An answer that was remembered has been given to that client once more.
    func replayed(to client: HTTPClientAddress)
}

/// How long an answer stands.
package enum HTTPValidity: Sendable {
    /// The same request can have another answer next time: it is never remembered.
    case once
    /// The same request, byte for byte, has the same answer until the server is told that content has changed.
    case untilChanged
}

/// What a client may cost. Each is there from the first day: a status socket faces networks that are not friendly.
package struct HTTPLimits: Sendable {
    /// Bytes of a request's line and headers; evhttp does not count their line ends.
    package var headerBytes = 16384
    /// Bytes of a body that is read to its end, so that the answer to it can be 405; only a POST may have one.
    package var bodyBytes = 16384
    /// Bytes of input that a connection may hold: more than any request that can be answered.
    package var inputBytes = 65536
    /// Seconds from the accept, or from the first byte of a later request, to the last byte of its answer.
    package var requestSeconds = 10
    /// Seconds that a connection may lie idle between two requests.
    package var idleSeconds = 60
    /// Answers that are remembered, to be given again to a request that comes again byte for byte. Each request is
    /// compared with all of them.
    package var rememberedAnswers = 8
    /// Connections open at once; further ones wait in the kernel's queue.
    package var connections: Int

    /// The usual limits, with that many connections.
    package init(connections: Int) {
        self.connections = connections
    }
}

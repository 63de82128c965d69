/// What a path answers with 200.
package struct HTTPContent {
    /// `Content-Type`.
    package var type: StaticString
    package var bytes: SharedBytes

    /// Bytes of that type.
    package init(type: StaticString, bytes: SharedBytes) {
        self.type = type
        self.bytes = bytes
    }
}

/// What a client may cost. Each is there from the first day: a status socket faces networks that are not friendly.
package struct HTTPLimits: Sendable {
    /// Bytes of a request's line and headers; evhttp does not count their line ends.
    package var headerBytes = 16384
    /// Bytes of a body that is read to its end, so that the answer to it can be 405; none is ever accepted.
    package var bodyBytes = 16384
    /// Bytes of input that a connection may hold: more than any request that can be answered.
    package var inputBytes = 65536
    /// Seconds from the accept, or from the first byte of a later request, to the last byte of its answer.
    package var requestSeconds = 10
    /// Seconds that a connection may lie idle between two requests.
    package var idleSeconds = 60
    /// Connections open at once; further ones wait in the kernel's queue.
    package var connections: Int

    /// The usual limits, with that many connections.
    package init(connections: Int) {
        self.connections = connections
    }
}

/// What a server has seen.
package struct HTTPCounters: Equatable, Sendable {
    /// Answers given, errors among them.
    package var requestsServed: UInt64 = 0
    package var connectionsAccepted: UInt64 = 0
    package var connectionsOpen = 0

    /// Nothing yet.
    package init() {}
}

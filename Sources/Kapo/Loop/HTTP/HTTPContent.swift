/// What a path answers.
package struct HTTPContent {
    package var status: HTTPStatus
    /// `Content-Type`.
    package var type: StaticString
    package var bytes: SharedBytes

    /// Bytes of that type.
    package init(_ status: HTTPStatus = .ok, type: StaticString, bytes: SharedBytes) {
        self.status = status
        self.type = type
        self.bytes = bytes
    }
}

/// The status of an answer that has content (RFC 9110, section 15).
package enum HTTPStatus: Sendable {
    case ok
    /// The path is none: behind its beginning stands what cannot be read.
    case badRequest
    /// Who asks may not.
    case forbidden
    /// There is nothing at that path.
    case notFound
    /// What was asked about is not there now, and may be soon: what load balancers take for "down".
    case unavailable

    var code: Int32 {
        switch self {
        case .ok: 200
        case .badRequest: 400
        case .forbidden: 403
        case .notFound: 404
        case .unavailable: 503
        }
    }

    var reason: String {
        switch self {
        case .ok: "OK"
        case .badRequest: "Bad Request"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .unavailable: "Service Unavailable"
        }
    }
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
    /// Bytes of a body that is read to its end, so that the answer to it can be 405; only a POST may have one, and
    /// nobody looks at it.
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

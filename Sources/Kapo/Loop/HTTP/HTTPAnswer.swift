/// What a server answered.
package struct HTTPAnswer: Equatable, Sendable {
    /// 101, or 200 to 999: an interim answer is passed over.
    package var status: UInt16
    /// What stands behind the status, often empty; any bytes but line ends.
    package var reason: [UInt8]
    /// The body without its framing.
    package var body: [UInt8]
    /// True when the body is longer than the limit, and `body` only its beginning.
    package var isTruncated: Bool

    /// That answer.
    package init(status: UInt16, reason: [UInt8], body: [UInt8], isTruncated: Bool) {
        self.status = status
        self.reason = reason
        self.body = body
        self.isTruncated = isTruncated
    }
}

/// Why there is no answer.
package enum HTTPFailure: Error, Equatable, Sendable {
    /// Not within the time.
    case timeout
    /// No address goes by the name.
    case unknownName(String)
    /// No connection, and the errno of the first address that was tried.
    case unreachable(code: Int32)
    /// The connection broke, and the errno.
    case broken(code: Int32)
    /// TLS could not be agreed on, or the server is not who it should be, in OpenSSL's words.
    case insecure(String)
    /// The server closed the connection without a byte.
    case empty
    /// The server closed the connection before the answer was whole.
    case cut
    /// What came is no HTTP, and what is wrong with it.
    case malformed(Malformation)

    /// What is wrong with an answer.
    package enum Malformation: Equatable, Sendable {
        case statusLine, header, contentLength, chunk
        /// The headers, or a line of the framing, are longer than the limit.
        case tooLong
    }
}

/// How much of an answer is read.
package struct HTTPAnswerLimits: Equatable, Sendable {
    /// Bytes of status line and headers, those of interim answers and trailers included.
    package var headBytes = 65536
    /// Bytes of the body; what is beyond them is not read.
    package var bodyBytes = 1_048_576

    /// The usual limits.
    package init() {}
}

/// Why a connection that Kapo wanted did not come about, or did not last.
package enum ClientFailure: Error, Equatable, Sendable {
    /// No connection, and the errno of the first address that was tried.
    case unreachable(code: Int32)
    /// The connection broke, and the errno.
    case broken(code: Int32)
    /// TLS could not be agreed on, or the server is not who it should be, in OpenSSL's words.
    case insecure(String)
}

/// What hears of a `ClientSocket`. Each function may close the socket, and let go of it.
package protocol ClientSocketUser: AnyObject {
    /// The server takes bytes. Told only to who has begun without a greeting.
    func connected()
    /// The server has sent something.
    func received(_ bytes: ArraySlice<UInt8>)
    /// The server sends no more.
    func ended()
    /// Nothing more comes.
    func failed(_ failure: ClientFailure)
}

/// Keeps sockets that are connected, to be used again.
package protocol ClientSocketKeeper: AnyObject {
    /// One that is connected to that place and has no user; nil when there is none.
    func take(_ place: SocketPlace) -> ClientSocket?
    /// Nobody uses it for now.
    func keep(_ socket: ClientSocket, to place: SocketPlace)
}

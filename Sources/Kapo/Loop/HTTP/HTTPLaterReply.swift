import CLibevent

/// The answer to one request that is given later than it was asked for: what must be found out first.
///
/// evhttp keeps the request, and reads nothing more from the connection until then. A client that has only stopped
/// sending waits for its answer; if the connection breaks, evhttp lets go of the request, and the answer frees it.
@safe package final class HTTPLaterReply {
    private unowned let server: HTTPServer
    private var request: UnsafeMutablePointer<evhttp_request>?
    private var methods = HTTPMethods.reading
    /// What the server knows the connection by.
    private var connection: OpaquePointer?

    /// An answer that is to come, of that server. A route hands it back, and `send` must be called once after that.
    package init(_ server: HTTPServer) { self.server = server }

    /// The request is this one, of a path that knows these methods.
    func wait(for request: UnsafeMutablePointer<evhttp_request>, _ methods: HTTPMethods) {
        unsafe self.request = request
        self.methods = methods
        unsafe connection = evhttp_request_get_connection(request)
        if let connection = unsafe connection { unsafe server.later[connection] = self }
    }

    /// True as long as the connection is the one that it was asked on.
    func isWanted(on connection: OpaquePointer) -> Bool {
        guard let request = unsafe request else { return false }
        return unsafe evhttp_request_get_connection(request) == connection
    }

    /// Gives the answer: once.
    package func send(_ content: HTTPContent) {
        guard let request = unsafe request else { preconditionFailure("an answer for nobody, or a second one") }
        unsafe self.request = nil
        // Another request may have come on a connection at the same place of memory.
        if let connection = unsafe connection, unsafe server.later[connection] === self {
            unsafe server.later[connection] = nil
        }
        server.replying { unsafe HTTPReply.sendLater(to: request, from: server, methods, content) }
    }
}

extension HTTPServer {
    /// Answers each path that begins with `prefix`, and that has no route of its own, by content at once, or by a reply
    /// that is given later; `prefix` ends with a slash. With `acting` a POST is answered too.
    package func serve(
        below prefix: String, acting: Bool = false, answer: @escaping (borrowing HTTPRequest) -> HTTPServed
    ) {
        precondition(prefix.hasSuffix("/"), "'\(prefix)' does not end where a name begins")
        let number = counters.add(prefix)
        let route = HTTPRoute(self, number: number, .untilChanged, acting ? .both : .reading) { request in
            switch answer(request) {
            case .content(let content): .content(content)
            case .later(let reply): .later(reply)
            }
        }
        families.append((Array(prefix.utf8), route))
    }
}

/// What a GET or a POST gets.
package enum HTTPServed {
    case content(HTTPContent)
    /// The route keeps it, and sends when it can.
    case later(HTTPLaterReply)
}

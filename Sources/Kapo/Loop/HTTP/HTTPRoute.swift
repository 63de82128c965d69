import CLibevent

/// A path, or all paths that begin alike, with content of their own.
@safe final class HTTPRoute {
    /// What a GET gets.
    enum Answer {
        case content(HTTPContent)
        case stream(HTTPEventStream)
        case later(HTTPLaterReply)
    }

    /// By which the server counts its requests.
    let number: Int
    let validity: HTTPValidity
    let methods: HTTPMethods
    let answer: (borrowing HTTPRequest) -> Answer
    private unowned let server: HTTPServer

    init(
        _ server: HTTPServer, number: Int, _ validity: HTTPValidity, _ methods: HTTPMethods,
        answer: @escaping (borrowing HTTPRequest) -> Answer
    ) {
        self.server = server
        self.number = number
        self.validity = validity
        self.methods = methods
        self.answer = answer
    }

    func reply(to request: UnsafeMutablePointer<evhttp_request>?) {
        unsafe server.reply(to: request, by: self)
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> HTTPRoute {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a route") }
        return unsafe Unmanaged<HTTPRoute>.fromOpaque(context).takeUnretainedValue()
    }
}

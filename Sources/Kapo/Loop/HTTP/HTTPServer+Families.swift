import CLibevent

/// Routes that do something, and routes for all paths that begin alike.
extension HTTPServer {
    /// Answers each path that begins with `prefix`, which ends with a slash, and that has no route of its own: like
    /// `route`, with what stands behind the prefix as the second argument. That is decoded, and may be empty; where it
    /// cannot be decoded the answer is 400, and `content` is not called.
    package func route(
        below prefix: String, _ validity: HTTPValidity,
        content: @escaping (borrowing HTTPRequest, String) -> HTTPContent
    ) {
        add(below: prefix, validity, .reading, content: content)
    }

    /// Does something at a GET or a POST of exactly that path, and answers how it went. A HEAD or an OPTIONS does
    /// nothing, and no answer is ever given again. A POST may have a body, which nobody looks at.
    package func action(_ path: String, content: @escaping (borrowing HTTPRequest) -> HTTPContent) {
        add(path, .once, .acting) { .content(content($0)) }
    }

    /// The same for each path that begins with `prefix`, as `route(below:)` has it.
    package func action(below prefix: String, content: @escaping (borrowing HTTPRequest, String) -> HTTPContent) {
        add(below: prefix, .once, .acting, content: content)
    }

    private func add(
        below prefix: String, _ validity: HTTPValidity, _ methods: HTTPMethods,
        content: @escaping (borrowing HTTPRequest, String) -> HTTPContent
    ) {
        precondition(prefix.hasSuffix("/"), "'\(prefix)' does not end where a name begins")
        let start = Array(prefix.utf8)
        let route = HTTPRoute(self, number: counters.add(prefix), validity, methods) { request in
            let rest = Array(request.path.utf8).dropFirst(start.count)
            return .content(PercentText.decoded(rest).map { content(request, $0) } ?? Self.undecodable)
        }
        families.append((start, route))
    }

    private static var undecodable: HTTPContent {
        let text = "The path has a percent sign in it that is not followed by two digits, or stands for no text.\n"
        return HTTPContent(
            .badRequest, type: "text/plain; charset=utf-8", bytes: SharedBytes(Array(text.utf8)))
    }

    /// The route for the request's path and others that begin like it; the first that was added counts.
    func family(of request: UnsafeMutablePointer<evhttp_request>?) -> HTTPRoute? {
        guard let request = unsafe request else { return nil }
        let path = unsafe HTTPRequest(request).path
        return families.first { path.utf8.starts(with: $0.prefix) }?.route
    }
}

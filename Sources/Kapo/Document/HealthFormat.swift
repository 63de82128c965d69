/// The forms in which `/livez`, `/readyz`, `/healthz` and `/health` answer.
package enum HealthFormat: Sendable {
    /// `ok`, or what is wrong.
    case text
    /// The parts, one a line.
    case parts
    /// JSON: `application/health+json`.
    case document

    /// `Content-Type` of the answer.
    package var contentType: StaticString {
        switch self {
        case .text, .parts: "text/plain; charset=utf-8"
        case .document: "application/health+json"
        }
    }

    /// The form that the `Accept` header and the query of a request ask for; nil for what the request does not have.
    ///
    /// The document is for those who name it, which `*/*` does not, and do not prefer text; the parts are for those
    /// with `verbose` among the parameters, with any value or none.
    package init(accept: String?, query: String?) {
        let header = AcceptHeader(accept)
        let document = header.quality(named: "application/health+json")
        if document > 0 && document >= header.qualityOfText() {
            self = .document
        } else {
            let parameters = query?.split(separator: "&") ?? []
            self = parameters.contains { $0.prefix { $0 != "=" } == "verbose" } ? .parts : .text
        }
    }
}

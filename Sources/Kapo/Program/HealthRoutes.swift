import Document
import Loop
import Machine

/// The paths that load balancers and schedulers ask: `/livez`, `/readyz`, `/healthz` and `/health`.
final class HealthRoutes {
    /// An answer in its three forms, as the server sends them.
    private struct Answers {
        let status: HTTPStatus
        let text: SharedBytes
        let parts: SharedBytes
        let document: SharedBytes

        init(_ page: HealthPages.Page) {
            status = page.isFine ? .ok : .unavailable
            text = SharedBytes(page.text)
            parts = SharedBytes(page.parts)
            document = SharedBytes(page.document)
        }

        /// The one that was asked for.
        func content(_ format: HealthFormat) -> HTTPContent {
            let bytes =
                switch format {
                case .text: text
                case .parts: parts
                case .document: document
                }
            return HTTPContent(status, type: format.contentType, bytes: bytes)
        }
    }

    private var live: Answers
    private var ready: Answers

    /// Adds the paths to the server. `publish` is to follow before anybody asks.
    init(_ server: HTTPServer) {
        let pages = HealthPages(Health(isLive: true, blocker: .starting), [], at: 0)
        live = Answers(pages.live)
        ready = Answers(pages.ready)
        server.route("/livez", .untilChanged) { [unowned self] in live.content(HealthFormat($0)) }
        for path in ["/readyz", "/healthz"] {
            server.route(path, .untilChanged) { [unowned self] in ready.content(HealthFormat($0)) }
        }
        server.route("/health", .untilChanged) { [unowned self] _ in ready.content(.document) }
    }

    /// What is answered from now on. Whoever calls it has the server forget what it remembers.
    func publish(_ pages: HealthPages) {
        live = Answers(pages.live)
        ready = Answers(pages.ready)
    }
}

extension HealthFormat {
    /// What the request asks for. Few ask for anything, and to read lists would touch 1.5 MB of the program.
    fileprivate init(_ request: borrowing HTTPRequest) {
        if request.accepts("application/health+json") || request.hasParameter("verbose") {
            self.init(accept: request.header("Accept"), query: request.query)
        } else {
            self = .text
        }
    }
}

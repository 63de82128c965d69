import Document
import Loop
import Machine

/// The paths that load balancers and schedulers ask: `/livez`, `/readyz`, `/healthz` and `/health`; where there are
/// services, the same for each, and the entry of each.
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

    /// The answers that were made of the pages, for all together or for one service.
    private struct Both {
        let live: Answers
        let ready: Answers

        init(_ pages: HealthPages) {
            live = Answers(pages.live)
            ready = Answers(pages.ready)
        }
    }

    private let board: StatusBoard
    /// Nil when they are to be made.
    private var made: Both?

    /// Adds the paths to the server.
    init(_ server: HTTPServer, _ board: StatusBoard) {
        self.board = board
        server.route("/livez", .untilChanged) { [unowned self] in answers.live.content(HealthFormat($0)) }
        for path in ["/readyz", "/healthz"] {
            server.route(path, .untilChanged) { [unowned self] in answers.ready.content(HealthFormat($0)) }
        }
        server.route("/health", .untilChanged) { [unowned self] _ in answers.ready.content(.document) }
        if board.isOfServices { addServices(to: server) }
    }

    /// Adds the same for each service, below these paths, and its entry below `/services/`.
    private func addServices(to server: HTTPServer) {
        server.route(below: "/livez/", .untilChanged) { [unowned self] request, name in
            pages(of: name)?.live.content(HealthFormat(request)) ?? Self.unknown
        }
        for prefix in ["/readyz/", "/healthz/"] {
            server.route(below: prefix, .untilChanged) { [unowned self] request, name in
                pages(of: name)?.ready.content(HealthFormat(request)) ?? Self.unknown
            }
        }
        server.route(below: "/health/", .untilChanged) { [unowned self] _, name in
            pages(of: name)?.ready.content(.document) ?? Self.unknown
        }
        server.route(below: "/services/", .untilChanged) { [unowned self] _, name in
            guard let bytes = board.entry(named: name) else { return Self.unknown }
            return HTTPContent(type: "application/json", bytes: SharedBytes(bytes))
        }
    }

    private func pages(of name: String) -> Both? { board.pages(named: name).map(Both.init) }

    private static var unknown: HTTPContent {
        let text = "There is no service of that name: the document at / has the names of all.\n"
        return HTTPContent(.notFound, type: "text/plain; charset=utf-8", bytes: SharedBytes(Array(text.utf8)))
    }

    /// What the board says has changed. Whoever calls it has the server forget what it remembers.
    func changed() {
        made = nil
        if !board.isLong { _ = answers }
    }

    private var answers: Both {
        if let made { return made }
        let answers = Both(board.pages)
        made = answers
        return answers
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

import Config
import Document
import Host
import Loop
import Machine

/// The listeners, and the document behind them.
final class StatusSocket {
    /// Connections at most, where the descriptor limit allows more.
    static let mostConnections = 16384
    /// Connections at least, however low that limit is.
    static let fewestConnections = 8

    /// Why there is no listener, in words for people.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where it listens, in words: `0.0.0.0:6666`, `a socket from systemd`.
    private(set) var places: [String] = []
    /// 0 when there is none.
    private(set) var sidebindPort: UInt16 = 0
    /// Gathers what /metrics tells; to be set before the loop runs.
    var metrics: ((HTTPCounters) -> Metrics)?

    private let board: StatusBoard
    private let document: DocumentAnswer
    /// Where further paths are added, before the loop runs.
    let server: HTTPServer
    private let routes: HealthRoutes
    private let events: EventRoute
    private let agent: AgentSocket?
    private let startedAt = Clock.monotonic
    private let commandLine = Invocation.arguments.map(\.text)

    /// Opens the listeners. `reservedDescriptors` are not for connections.
    init(
        _ loop: EventLoop, _ options: Options.Listen, _ board: StatusBoard, reservedDescriptors: Int
    ) throws(Failure) {
        self.board = board
        let document = DocumentAnswer(board)
        self.document = document
        let free = Descriptor.limit - reservedDescriptors
        // A quarter for agent checks, which are over at once.
        let agents = max(Self.fewestConnections, min(LineServer.mostConnections, free / 4))
        let rest = options.agentPort == nil ? free : free - agents
        let most = max(Self.fewestConnections, min(Self.mostConnections, rest))
        var limits = HTTPLimits(connections: most)
        limits.rememberedAnswers = options.rememberedAnswers
        do {
            server = try HTTPServer(
                loop, limits: limits, replays: options.replays,
                content: { board.isOfSpool ? Self.unknownPath : document.content })
            if board.isOfSpool { server.route("/", .untilChanged) { _ in document.content } }
        } catch {
            throw Failure(description: error.description)
        }
        routes = HealthRoutes(server, board)
        events = EventRoute(loop, server, board)
        agent = try options.agentPort.map { port throws(Failure) in
            try AgentSocket(loop, options.address, port: port.number, connections: agents, board)
        }
        server.whenMostAreGone = Memory.releaseHeap
        server.route("/debug/vars", .once) { [unowned self] _ in
            Self.json(vars.bytes)
        }
        server.route("/metrics", .once) { [unowned self] request in
            metricsContent(MetricsFormat(accept: request.header("Accept")))
        }
        let port = try options.socketActivation ? acceptActivated(options) : accept(options.port, options)
        if options.sidebind { try acceptBeside(port, options) }
        for port in options.furtherPorts { _ = try accept(port, options) }
        if let agent { places.append("\(agent.place) for agent checks") }
    }

    /// What the board says has changed.
    func changed(document: Bool) {
        agent?.changed()
        if document { self.document.changed() }
        routes.changed()
        server.contentChanged()
        if document { events.changed() }
    }

    /// What a proxy says to a path that it does not know: to a load balancer a misspelt one must not look like a
    /// service that is up.
    private static var unknownPath: HTTPContent {
        let text = "There is nothing at this path: /http/NAME/PORT/PATH asks a service, and / shows the spool.\n"
        return HTTPContent(.notFound, type: "text/plain; charset=utf-8", bytes: SharedBytes(Array(text.utf8)))
    }

    private static func json(_ bytes: [UInt8]) -> HTTPContent {
        HTTPContent(type: "application/json", bytes: SharedBytes(bytes))
    }

    // MARK: The end

    /// Closes the listeners, and has each answer from now on be the last on its connection.
    func finish() {
        agent?.close()
        events.tell()
        server.stopAccepting()
        server.finishConnections()
    }

    /// Closes the connections that have lain idle for a second or longer.
    func closeForgotten() { server.closeIdle(unusedForSeconds: 2) }

    /// Closes those on which nothing is asked. True when no other is left; to be called once a round of the loop.
    func closeIdle() -> Bool {
        guard server.isQuiet() else { return false }
        server.closeIdle(unusedForSeconds: 0)
        return server.isQuiet()
    }

    /// True while a client is connected.
    var hasConnections: Bool { server.counters.connectionsOpen > 0 }

    // MARK: Listeners

    /// Listens on interface and port, and returns the port.
    private func accept(_ port: Port, _ options: Options.Listen) throws(Failure) -> UInt16 {
        do throws(SystemError) {
            return try accept(ListeningSocket(options.address, port: port.number), on: options.address)
        } catch {
            throw Failure(description: "cannot listen on \(Self.place(options.address, port.number)): \(error)")
        }
    }

    /// Listens on the sockets from systemd, and returns the port above which to bind beside.
    private func acceptActivated(_ options: Options.Listen) throws(Failure) -> UInt16 {
        do {
            let numbers = try SocketActivation.sockets(Invocation.variable)
            let names = SocketActivation.names(Invocation.variable, count: numbers.count)
            for (index, number) in numbers.enumerated() {
                let socket = try ListeningSocket(activated: number)
                let port = socket.port == 0 ? "" : ", port \(socket.port)"
                try server.accept(on: socket.release())
                places.append("descriptor \(number) from systemd\(port)\(names.isEmpty ? "" : ", \(names[index])")")
            }
        } catch {
            throw Failure(description: "--socket-activation: \(error)")
        }
        return options.port.number
    }

    private func acceptBeside(_ port: UInt16, _ options: Options.Listen) throws(Failure) {
        do throws(SystemError) {
            let socket =
                try port == 0
                ? ListeningSocket(options.address, port: 0)
                : ListeningSocket.firstFree(above: port, on: options.address)
            sidebindPort = try accept(socket, on: options.address)
        } catch {
            throw Failure(description: "--sidebind: cannot listen above \(Self.place(options.address, port)): \(error)")
        }
    }

    private func accept(_ socket: consuming ListeningSocket, on address: SocketAddress) throws(SystemError) -> UInt16 {
        let port = socket.port
        do {
            try server.accept(on: socket.release())
        } catch {
            throw SystemError("evconnlistener_new")
        }
        places.append(Self.place(address, port))
        return port
    }

    static func place(_ address: SocketAddress, _ port: UInt16) -> String {
        address.text.contains(":") ? "[\(address.text)]:\(port)" : "\(address.text):\(port)"
    }

    // MARK: /metrics and /debug/vars

    private func metricsContent(_ format: MetricsFormat) -> HTTPContent {
        let bytes = metrics?(server.counters).bytes(in: format) ?? []
        return HTTPContent(type: format.contentType, bytes: SharedBytes(bytes))
    }

    private var vars: Vars {
        let heap = Memory.heap
        let counters = server.counters
        return Vars(
            cmdline: commandLine,
            kapo: Vars.Counters(
                connectionsAccepted: counters.connectionsAccepted, connectionsOpen: counters.connectionsOpen,
                requestsServed: counters.requestsServed, restarts: board.restarts,
                uptimeSeconds: (Clock.monotonic - startedAt) / 1_000_000_000),
            memstats: Vars.Memory(
                resident: Memory.resident, heap: heap.taken, allocated: heap.used, free: heap.free,
                releasable: heap.top))
    }
}

/// What the paths without a route answer: the document, made once a change.
private final class DocumentAnswer {
    private let board: StatusBoard
    private var made: HTTPContent?

    init(_ board: StatusBoard) { self.board = board }

    /// One entry is put into words at once, before Kapo gives the memory of its start back: a request is to touch as
    /// little of the program as can be. Of many entries nothing is made that nobody asks for.
    func changed() {
        made = nil
        if !board.isLong { _ = content }
    }

    var content: HTTPContent {
        if let made { return made }
        let content = HTTPContent(type: "application/json", bytes: SharedBytes(board.document))
        made = content
        return content
    }
}

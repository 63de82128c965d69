import CLibevent
import Glibc

/// An HTTP server on evhttp: GET and HEAD of any path, OPTIONS, and 405 for the rest; of paths that act, GET and POST.
@safe package final class HTTPServer {
    let loop: EventLoop
    let limits: HTTPLimits
    /// What a client gets for a request that evhttp could not read.
    private(set) lazy var badRequest = SharedBytes(Array(HTTPReply.badRequestMessage.utf8))
    /// `limits.requestSeconds` in the form that makes libevent keep all these timers in one queue.
    let requestTimeout: UnsafePointer<timeval>?
    /// True while the reply function hands an answer to evhttp.
    private(set) var isReplying = false
    /// What the last answer of the reply function is good for.
    var lastReply = HTTPValidity.once
    /// By which route it was; 0 for none.
    private var lastRoute = 0
    /// Who counts it when it is given again.
    private var lastTally: (any HTTPTally)?
    /// Answers that are to come, by evhttp's connection.
    var later: [OpaquePointer: HTTPLaterReply] = unsafe [:]
    /// Answers that are given again without evhttp.
    private(set) var memory: ReplayMemory
    /// What it has seen so far.
    package internal(set) var counters = HTTPCounters()
    /// Connections with an answer that is not sent to the last byte.
    package internal(set) var connectionsAnswering = 0

    /// All that are open.
    private(set) var connections = LinkedList<HTTPConnection>()
    /// True when each answer is to be the last on its connection.
    var isFinishing = false

    /// The streams among the routes.
    var streams: [HTTPEventStream] = []
    /// What the connection listens to whose answer begins; nil when that is no stream.
    var opening: HTTPConnection.Listening?

    /// Called when most of many connections have been closed, once a second at most: time to give their memory back,
    /// which the allocator does by itself only if it happens to lie at the end of the heap.
    package var whenMostAreGone: (() -> Void)?
    /// What a connection is told that is not welcome, by its descriptor; nil for one that is. It is asked once, before
    /// anything is read; to be set before the loop runs.
    package var refusal: ((Int32) -> HTTPContent?)?
    /// What every path answers that has no route, until `contentChanged`.
    private let content: () -> HTTPContent

    private let http: OpaquePointer
    private let replays: Bool
    /// Connections that are accepted at once: when many thousand come together, others are served between. To do that
    /// costs two system calls, which those who come alone or by the dozen need not pay.
    private var mostNewcomers: Int { counters.connectionsOpen < 256 ? 64 : 16 }
    /// True when no more are accepted in this round of the loop.
    private var isCrowded = false
    /// Connections that were accepted in this round of the loop, and the event that has them read.
    private var newcomers: [HTTPConnection] = []
    private var firstReads: OpaquePointer?
    private var routes: [HTTPRoute] = []
    /// Routes for all paths that begin alike, and how they begin.
    var families: [(prefix: [UInt8], route: HTTPRoute)] = []
    private var sockets: [OpaquePointer] = unsafe []
    private var isStarved = false
    /// The timers are made when they are first needed: of a thousand servers most never need them.
    private lazy var starvation = Timer(loop) { [unowned self] in
        isStarved = false
        updateListeners()
    }
    /// The most connections at once since `whenMostAreGone` was called.
    private var mostOpen = 0
    private var isTidying = false
    private lazy var tidying = Timer(loop) { [unowned self] in tidy() }

    /// A server without listeners that answers every path with `content`. Without `replays`, evhttp makes each answer.
    package init(
        _ loop: EventLoop, limits: HTTPLimits, replays: Bool, content: @escaping () -> HTTPContent
    ) throws(EventLoop.Failure) {
        guard let http = unsafe evhttp_new(loop.base) else { throw .init(description: "libevent: no HTTP server") }
        self.loop = loop
        self.limits = limits
        self.replays = replays
        self.content = content
        memory = ReplayMemory(capacity: limits.rememberedAnswers)
        unsafe self.http = http
        var seconds = timeval(tv_sec: limits.requestSeconds, tv_usec: 0)
        unsafe requestTimeout = unsafe event_base_init_common_timeout(loop.base, &seconds)
        // Unretained, here and below: the server is freed by `deinit`, before the object is gone.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe evhttp_set_bevcb(http, { _, context in unsafe HTTPConnection.bufferevent(for: .from(context)) }, context)
        unsafe evhttp_set_gencb(http, { unsafe HTTPServer.from($1).replyWithoutRoute(to: $0) }, context)
        unsafe firstReads = unsafe event_new(
            loop.base, -1, 0, { _, _, context in unsafe HTTPServer.from(context).readNewcomers() }, context)
        // All methods, unknown ones too (bit 15), so that 405 is ours to say.
        unsafe evhttp_set_allowed_methods(http, .max)
        unsafe evhttp_set_default_content_type(http, nil)
        unsafe evhttp_set_max_headers_size(http, limits.headerBytes)
        unsafe evhttp_set_max_body_size(http, limits.bodyBytes)
    }

    deinit {
        unsafe evhttp_free(http)
        if let firstReads = unsafe firstReads { unsafe event_free(firstReads) }
        unsafe HTTPServerRegistry.forget(http)
    }

    /// Answers exactly that path, with any query, by `content`: GET, HEAD, and what comes with them. It is called for
    /// each request of which no answer is remembered.
    package func route(
        _ path: String, _ validity: HTTPValidity, content: @escaping (borrowing HTTPRequest) -> HTTPContent
    ) {
        add(path, validity) { .content(content($0)) }
    }

    func add(
        _ path: String, _ validity: HTTPValidity, _ methods: HTTPMethods = .reading,
        answer: @escaping (borrowing HTTPRequest) -> HTTPRoute.Answer
    ) {
        let route = HTTPRoute(self, number: counters.add(path), validity, methods, answer: answer)
        routes.append(route)
        unsafe evhttp_set_cb(
            http, path, { request, context in unsafe HTTPRoute.from(context).reply(to: request) },
            Unmanaged.passUnretained(route).toOpaque())
    }

    /// Forgets the remembered answers: a path whose answer stands until changed may now answer otherwise.
    package func contentChanged() {
        memory.forget()
        // One that is being made now is out of date too.
        lastReply = .once
    }

    /// Accepts connections on a socket that listens already and does not block; the server closes it.
    package func accept(on descriptor: Int32) throws(EventLoop.Failure) {
        let options = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC
        guard let listener = unsafe evconnlistener_new(loop.base, nil, nil, options, 0, descriptor) else {
            throw .init(description: "libevent: no listener")
        }
        guard let socket = unsafe evhttp_bind_listener(http, listener) else {
            unsafe evconnlistener_free(listener)
            throw .init(description: "libevent: no listener for HTTP")
        }
        unsafe HTTPServerRegistry.register(self, http)
        unsafe evconnlistener_set_error_cb(listener) { _, http in unsafe HTTPServerRegistry.server(http)?.starve() }
        unsafe sockets.append(socket)
    }

    /// Closes the listeners. Connections that are open stay open.
    package func stopAccepting() {
        for index in unsafe sockets.indices { unsafe evhttp_del_accept_socket(http, sockets[index]) }
        unsafe sockets = []
        if isStarved { starvation.cancel() }
    }

    // MARK: Connections

    /// Has the connection read once the listener has accepted all that wait, before the loop waits again.
    func opened(_ connection: HTTPConnection) {
        if newcomers.isEmpty { unsafe event_active(firstReads, Int32(EV_READ), 0) }
        newcomers.append(connection)
        connections.append(connection)
        counters.connectionsAccepted += 1
        counters.connectionsOpen += 1
        mostOpen = max(mostOpen, counters.connectionsOpen)
        if counters.connectionsOpen == limits.connections || newcomers.count >= mostNewcomers {
            isCrowded = true
            updateListeners()
        }
    }

    private func readNewcomers() {
        for connection in newcomers { connection.begin() }
        newcomers.removeAll(keepingCapacity: true)
        guard isCrowded else { return }
        isCrowded = false
        updateListeners()
    }

    func closed(_ connection: HTTPConnection) {
        connections.remove(connection)
        counters.connectionsOpen -= 1
        if counters.connectionsOpen == limits.connections - 1 { updateListeners() }
        if mostOpen >= 32 && counters.connectionsOpen <= mostOpen / 8 && !isTidying {
            isTidying = true
            tidying.set(afterNanoseconds: 1_000_000_000)
        }
    }

    private func tidy() {
        isTidying = false
        mostOpen = counters.connectionsOpen
        whenMostAreGone?()
    }

    /// accept failed, for want of descriptors or memory as a rule. The listener is level-triggered: to try again at
    /// once would spin.
    private func starve() {
        isStarved = true
        updateListeners()
        starvation.set(afterNanoseconds: 200_000_000)
    }

    private func updateListeners() {
        let accepts =
            !isStarved && counters.connectionsOpen < limits.connections && newcomers.count < mostNewcomers
        for index in unsafe sockets.indices {
            let listener = unsafe evhttp_bound_socket_get_listener(sockets[index])
            if accepts { unsafe evconnlistener_enable(listener) } else { unsafe evconnlistener_disable(listener) }
        }
    }

    // MARK: Replies

    private func replyWithoutRoute(to request: UnsafeMutablePointer<evhttp_request>?) {
        // evhttp knows only whole paths.
        unsafe reply(to: request, by: families.isEmpty ? nil : family(of: request))
    }

    /// The one place that answers: exactly once, whatever the method. Without a route the answer is the server's own
    /// content, which stands until that changes.
    func reply(to request: UnsafeMutablePointer<evhttp_request>?, by route: HTTPRoute? = nil) {
        guard let request = unsafe request else { return }
        lastRoute = route?.number ?? 0
        lastReply = route?.validity ?? .untilChanged
        counters.count(route: lastRoute)
        lastTally = nil
        let methods = route?.methods ?? .reading
        let isPlain = replying {
            unsafe HTTPReply.send(to: request, from: self, methods, isLive: lastReply == .once) { request in
                let answer = route?.answer(request) ?? .content(content())
                if case .content(let content) = answer { lastTally = content.tally }
                return answer
            }
        }
        if !isPlain { lastReply = .once }
    }

    /// What the body hands to evhttp are answers of this server's own.
    func replying<Result>(_ body: () -> Result) -> Result {
        let before = isReplying
        isReplying = true
        // One answer may be given while another is made.
        defer { isReplying = before }
        return body()
    }

    /// The answer that is being made now is good for this one time only, whatever its route says.
    package func doNotRemember() { lastReply = .once }

    /// True while evhttp waits for an answer to what this connection of its own has asked.
    func owesLater(_ connection: OpaquePointer) -> Bool {
        unsafe !later.isEmpty && later[connection]?.isWanted(on: connection) == true
    }

    /// Remembers what evhttp has answered to these bytes.
    func remember(_ request: UnsafeRawBufferPointer, _ answer: [UInt8], closes: Bool) {
        guard replays, request.count <= ReplayMemory.requestBytes else { return }
        let exchange = unsafe ReplayMemory.Exchange(
            request: [UInt8](request), answer: answer, route: lastRoute, tally: lastTally, closes: closes)
        memory.remember(exchange, second: loop.second)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPServer {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a server") }
        return unsafe Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    }
}

/// Which server an evhttp belongs to. libevent calls a listener's error callback with the evhttp, not with a context.
@safe private enum HTTPServerRegistry {
    private struct Entry {
        unowned let server: HTTPServer
    }

    // One thread: libevent calls back on the thread that runs the loop, and servers are made on it.
    nonisolated(unsafe) private static var entries: [UnsafeRawPointer: Entry] = unsafe [:]

    static func register(_ server: HTTPServer, _ http: OpaquePointer) {
        unsafe entries[UnsafeRawPointer(http)] = Entry(server: server)
    }

    static func forget(_ http: OpaquePointer) {
        unsafe entries[UnsafeRawPointer(http)] = nil
    }

    static func server(_ http: UnsafeMutableRawPointer?) -> HTTPServer? {
        guard let http = unsafe http else { return nil }
        return unsafe entries[UnsafeRawPointer(http)]?.server
    }
}

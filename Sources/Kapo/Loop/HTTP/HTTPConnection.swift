import CLibevent
import Glibc

/// One connection: it reads from the socket, answers what the server remembers, gives everything else to evhttp, and
/// writes evhttp's answers.
///
/// To evhttp it looks like a bufferevent: a filter over the socket's bufferevent, which only holds the descriptor. It
/// holds a reference on the filter, so that the filter outlives evhttp's interest in it, and closes the socket itself.
@safe final class HTTPConnection: LinkedElement {
    let server: HTTPServer
    /// The socket's bufferevent. The filter owns it. Input for evhttp is put into its input buffer.
    let socket: OpaquePointer
    /// What evhttp reads from and writes to; nil once the connection is closed.
    var filter: OpaquePointer?
    var descriptor: Int32 = -1

    /// Fires when the socket has input. Nil until the first read, which needs no event.
    var reading: OpaquePointer?
    /// Fires when the socket takes output again, or is activated when evhttp answers by itself. Nil until needed.
    var writing: OpaquePointer?
    /// Fires when a request, its answer or the next request takes too long. Nil until the connection must wait.
    var deadline: OpaquePointer?
    /// Replayed bytes that the socket did not take, which go before what evhttp writes; or what one that is not welcome
    /// will be told. Nil until needed.
    var rest: OpaquePointer?

    /// Its neighbours in the list of open connections, which alone writes them.
    var next: HTTPConnection?
    var previous: HTTPConnection?

    /// The stream that it listens to; nil before that, and for most for ever.
    var listening: Listening?

    /// True from the first byte of a request that evhttp gets to the last byte of its answer.
    var owesAnswer = false
    /// True while there is output that the socket has not taken.
    var hasOutput = false {
        didSet { if hasOutput != oldValue { server.connectionsAnswering += hasOutput ? 1 : -1 } }
    }
    /// True when the client sends no more.
    var hasEnded = false
    /// Bytes of input that evhttp had left when it was last given a turn after that.
    var inputAtLastTurn = 0
    /// Bytes of input that evhttp had left when the server, at its end, last looked.
    var inputAtLastLook = 0
    /// True when all is said, and the socket stays open only until the client has closed its end.
    var isLingering = false
    /// True when the connection ends with the last byte of `rest`.
    var closesAfterRest = false
    /// True when the output in evhttp's buffer came from the server's own reply function, false when evhttp made it.
    var isOurs = false
    /// True once evhttp could not read a request.
    var hasRefused = false
    /// True while evhttp gets input, and its answer is written by who gave it that.
    var isFeeding = false
    /// True while output is written, and at no other time may `send` take any.
    var isWriting = false
    /// True when the socket takes no more.
    var isBroken = false
    /// The loop's second of the last answer; 0 before the first.
    var answeredAt = 0
    /// Who asks.
    private(set) lazy var client = unsafe HTTPClientAddress(connectionOfEvhttp)

    /// A new connection's bufferevent for evhttp; nil when memory ran out.
    static func bufferevent(for server: HTTPServer) -> OpaquePointer? {
        let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
        guard let socket = unsafe bufferevent_socket_new(server.loop.base, -1, options) else { return nil }
        let connection = unsafe HTTPConnection(server, socket)
        // Retained: the filter's destructor releases it, and until then libevent may call it.
        let context = unsafe Unmanaged.passRetained(connection).toOpaque()
        let filter = unsafe bufferevent_filter_new(
            socket,
            { source, destination, _, _, context in
                unsafe HTTPConnection.from(context).pass(source, destination)
            },
            { source, _, _, _, context in unsafe HTTPConnection.from(context).send(source) },
            options,
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<HTTPConnection>.fromOpaque(context).release()
            }, context)
        guard let filter = unsafe filter else {
            unsafe bufferevent_free(socket)
            unsafe Unmanaged<HTTPConnection>.fromOpaque(context).release()
            return nil
        }
        unsafe connection.open(filter, context)
        server.opened(connection)
        return unsafe filter
    }

    private init(_ server: HTTPServer, _ socket: OpaquePointer) {
        self.server = server
        unsafe self.socket = socket
    }

    private func open(_ filter: OpaquePointer, _ context: UnsafeMutableRawPointer) {
        unsafe self.filter = filter
        unsafe bufferevent_incref(filter)
        // bufferevent_filter_new switches both on.
        unsafe bufferevent_disable(socket, Int16(EV_READ | EV_WRITE))
        unsafe evbuffer_add_cb(
            bufferevent_get_output(filter),
            { _, change, context in unsafe HTTPConnection.from(context).outputChanged(change) }, context)
    }

    // MARK: The end

    /// Closes the socket, in this round of the loop.
    func close() {
        guard let filter = unsafe filter else { return }
        unsafe self.filter = nil
        if let reading = unsafe reading { unsafe event_free(reading) }
        if let writing = unsafe writing { unsafe event_free(writing) }
        if let deadline = unsafe deadline { unsafe event_free(deadline) }
        if let rest = unsafe rest { unsafe evbuffer_free(rest) }
        hasOutput = false
        listening?.stream.remove(self)
        server.closed(self)
        unsafe bufferevent_decref(filter)
    }

    /// True when evhttp has freed its side. It does so wherever it likes, and takes its callbacks away.
    var isAbandoned: Bool { unsafe connectionOfEvhttp == nil }

    /// True while evhttp waits for an answer that somebody will give later.
    var isOwedLater: Bool { unsafe connectionOfEvhttp.map { unsafe server.owesLater($0) } ?? false }

    /// What evhttp's callbacks are called with: its own connection; nil when it has freed that.
    private var connectionOfEvhttp: OpaquePointer? {
        var callback: bufferevent_event_cb?
        var context: UnsafeMutableRawPointer?
        unsafe bufferevent_getcb(filter, nil, nil, &callback, &context)
        return unsafe callback == nil ? nil : context.map { OpaquePointer($0) }
    }

    /// Tells evhttp of the end of the input, an error or a time-out. It closes as a rule, but may answer before.
    func end(_ event: Int32) {
        unsafe bufferevent_trigger_event(filter, Int16(event | BEV_EVENT_READING), 0)
        if isAbandoned { close() }
    }

    /// Ends it behind an answer that evhttp did not send, but would have closed the connection after.
    func endBehindAnswer() {
        unsafe bufferevent_trigger_event(filter, Int16(BEV_EVENT_EOF | BEV_EVENT_READING), 0)
        if isAbandoned { leave() }
    }

    /// Closes a connection that evhttp has let go of. If it was the server that wanted the end, the client may have
    /// sent more: to close then resets the connection, and the client might not see the answer. So what comes is thrown
    /// away until the client closes too; evhttp has told it that no more will come.
    private func leave() {
        if isLingering { return }
        guard server.isFinishing, unsafe reading != nil, !isBroken, !hasEnded, !hasRefused else {
            return close()
        }
        isLingering = true
        unsafe event_add(reading, nil)
        startDeadline()
    }

    /// Follows evhttp, which has had its turn.
    func settle() {
        guard unsafe filter != nil else { return }
        if !isAbandoned { passOn() }
        if isAbandoned { return leave() }
        if isBroken { return end(BEV_EVENT_ERROR) }
        if hasRefused && !hasOutput { return end(BEV_EVENT_EOF) }
        if hasEnded && !hasOutput && !isOwedLater { return finish() }
        updateReading()
    }

    /// The client sends no more. evhttp gets a turn for as long as it makes something of the input that is left.
    private func finish() {
        let left = waitingInput
        if left == 0 || left == inputAtLastTurn { return end(BEV_EVENT_EOF) }
        inputAtLastTurn = left
        // Not event_active: libevent may have put evhttp off to the next round of the loop.
        waitToWrite()
    }

    /// Gives the client the time for one request and its answer, from now.
    func startDeadline() {
        if unsafe deadline == nil {
            unsafe deadline = unsafe event(-1, 0) { _, _, context in unsafe HTTPConnection.from(context).expire() }
        }
        unsafe event_add(deadline, server.requestTimeout)
    }

    /// The time is over, unless the connection lies idle: then it has more. To find that out now and then is cheaper
    /// than to move the timer with each request.
    func expire() {
        // That has a time of its own.
        if isOwedLater { return startDeadline() }
        let idle = server.loop.second - answeredAt
        if !owesAnswer, !hasOutput, !isLingering, idle < server.limits.idleSeconds {
            // A clock that was set back must not make it longer.
            var left = timeval(tv_sec: server.limits.idleSeconds - max(0, idle), tv_usec: 0)
            unsafe event_add(deadline, &left)
        } else {
            end(BEV_EVENT_TIMEOUT)
        }
    }

    /// An event whose callback gets this connection.
    func event(_ descriptor: Int32, _ what: Int32, _ callback: @escaping event_callback_fn) -> OpaquePointer? {
        // Unretained: `close` frees the event, and the connection lives longer.
        unsafe event_new(
            server.loop.base, descriptor, Int16(what), callback, Unmanaged.passUnretained(self).toOpaque())
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> HTTPConnection {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a connection") }
        return unsafe Unmanaged<HTTPConnection>.fromOpaque(context).takeUnretainedValue()
    }
}

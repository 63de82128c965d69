import CLibevent
import Glibc

/// One connection, as a bufferevent filter between the socket and evhttp.
///
/// It counts itself, holds the deadline of the request, and writes answers to the socket as soon as evhttp has made
/// them. A plain filter would hand them to the socket's bufferevent and tell evhttp that they are sent; evhttp would
/// then close a `Connection: close` connection, and its bytes would be lost.
@safe final class HTTPConnection {
    private let server: HTTPServer
    /// The socket's bufferevent. The filter owns it.
    private let socket: OpaquePointer
    /// The filter's bufferevent. evhttp owns it, and it owns this object.
    private var filter: OpaquePointer?
    private var deadline: OpaquePointer?
    /// Fires when an answer is to be written: activated when there is one, added when the socket was full.
    private var writing: OpaquePointer?
    /// True from the first byte of a request (or the accept) to the last byte of its answer.
    private var isBusy = true
    /// True when the output in the buffer came from the server's own reply function, false when evhttp made it.
    private var isOurs = false
    /// True once evhttp could not read a request.
    private var hasRefused = false
    /// True from the first byte of an answer that evhttp has made to the last one that the socket takes.
    private var isAnswering = false {
        didSet { if isAnswering != oldValue { server.connectionsAnswering += isAnswering ? 1 : -1 } }
    }

    /// A new connection's bufferevent for evhttp; nil when memory ran out.
    static func bufferevent(for server: HTTPServer) -> OpaquePointer? {
        let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
        guard let socket = unsafe bufferevent_socket_new(server.loop.base, -1, options) else { return nil }
        let connection = unsafe HTTPConnection(server, socket)
        // Retained: the filter releases it when it is freed itself, which is when the connection is closed.
        let context = unsafe Unmanaged.passRetained(connection).toOpaque()
        let filter = unsafe bufferevent_filter_new(
            socket,
            { source, destination, limit, _, context in
                unsafe HTTPConnection.from(context).receive(source, destination, limit)
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
        return unsafe filter
    }

    private init(_ server: HTTPServer, _ socket: OpaquePointer) {
        self.server = server
        unsafe self.socket = socket
        server.connectionOpened()
    }

    deinit {
        if let deadline = unsafe deadline { unsafe event_free(deadline) }
        if let writing = unsafe writing { unsafe event_free(writing) }
        if isAnswering { server.connectionsAnswering -= 1 }
        server.connectionClosed()
    }

    private func open(_ filter: OpaquePointer, _ context: UnsafeMutableRawPointer) {
        unsafe self.filter = filter
        // bufferevent_filter_new switches writing on, but `send` writes, and waits for the socket by itself.
        unsafe bufferevent_disable(socket, Int16(EV_WRITE))
        unsafe bufferevent_setwatermark(socket, Int16(EV_READ), 0, server.limits.inputBytes)
        unsafe bufferevent_setwatermark(filter, Int16(EV_READ), 0, server.limits.inputBytes)
        unsafe evbuffer_add_cb(
            bufferevent_get_output(filter),
            { _, change, context in unsafe HTTPConnection.from(context).outputChanged(change) }, context)
        unsafe deadline = unsafe event_new(
            server.loop.base, -1, 0, { _, _, context in unsafe HTTPConnection.from(context).expire() }, context)
        unsafe event_add(deadline, server.requestTimeout)
    }

    /// A request begins, by bytes that come or, pipelined, by bytes that evhttp has already.
    private func begin() {
        guard !isBusy else { return }
        isBusy = true
        unsafe event_add(deadline, server.requestTimeout)
    }

    /// Bytes for evhttp have come.
    private func receive(
        _ source: OpaquePointer?, _ destination: OpaquePointer?, _ limit: Int
    ) -> bufferevent_filter_result {
        begin()
        let moved = unsafe evbuffer_remove_buffer(source, destination, limit < 0 ? Int.max : limit)
        return moved > 0 ? BEV_OK : BEV_NEED_MORE
    }

    /// evhttp writes its answer while the filter's output is switched off, and switching it on sends nothing: the
    /// filter must be told. It is told by an event, because evhttp is still at work on this connection.
    private func outputChanged(_ change: UnsafePointer<evbuffer_cb_info>?) {
        guard let change = unsafe change, unsafe change.pointee.orig_size == 0, unsafe change.pointee.n_added > 0 else {
            return
        }
        begin()
        isAnswering = true
        isOurs = server.isReplying && !hasRefused
        if unsafe writing == nil {
            // Unretained: `deinit` frees the event before the object is gone.
            unsafe writing = unsafe event_new(
                server.loop.base, bufferevent_getfd(socket), Int16(EV_WRITE),
                { _, _, context in unsafe HTTPConnection.from(context).flush() },
                Unmanaged.passUnretained(self).toOpaque())
        }
        unsafe event_active(writing, Int32(EV_WRITE), 0)
    }

    /// Calls `send`. bufferevent_flush holds the filter while evhttp, told that all is written, frees it; the write
    /// callback that the socket's bufferevent would call does not, and sets a timer in memory that is about to be
    /// freed.
    private func flush() {
        unsafe bufferevent_flush(filter, Int16(EV_WRITE), BEV_NORMAL)
    }

    /// Writes what evhttp has made. What the socket does not take stays in `source`, so that evhttp waits for it.
    private func send(_ source: OpaquePointer?) -> bufferevent_filter_result {
        if !isOurs { unsafe refuse(source) }
        while unsafe evbuffer_get_length(source) > 0 {
            if unsafe evbuffer_write(source, bufferevent_getfd(socket)) > 0 { continue }
            if errno == EINTR { continue }
            if errno == EAGAIN {
                unsafe event_add(writing, nil)
                return BEV_NEED_MORE
            }
            // The client is gone. evhttp believes the rest sent, reads next, and finds that out.
            unsafe evbuffer_drain(source, evbuffer_get_length(source))
        }
        isAnswering = false
        if hasRefused {
            discardInput()
        } else {
            isBusy = false
            unsafe event_del(deadline)
        }
        return BEV_OK
    }

    /// Puts our own words in place of evhttp's: an HTML page that knows neither HEAD nor our headers, or a `100
    /// Continue` for a body that Kapo does not want. What is said after that, nobody gets to hear; evhttp closes the
    /// connection, or the deadline does.
    private func refuse(_ source: OpaquePointer?) {
        unsafe evbuffer_drain(source, evbuffer_get_length(source))
        guard !hasRefused, let source = unsafe source else { return }
        hasRefused = true
        server.counters.requestsServed += 1
        unsafe server.badRequest.append(to: source)
        // Last: to append is a change of the output, and what is left of it after a partial write must stay.
        isOurs = true
    }

    /// Throws away what the client has sent beyond the refused request: to close with input unread resets the
    /// connection, and the client might never see the answer. MSG_TRUNC discards without a buffer (tcp(7)).
    private func discardInput() {
        _ = unsafe recv(bufferevent_getfd(socket), nil, 1 << 20, Int32(MSG_TRUNC | MSG_DONTWAIT))
    }

    /// The request, or its answer, took too long: evhttp is told of a time-out, and closes.
    private func expire() {
        unsafe bufferevent_trigger_event(filter, Int16(BEV_EVENT_TIMEOUT), 0)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPConnection {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a connection") }
        return unsafe Unmanaged<HTTPConnection>.fromOpaque(context).takeUnretainedValue()
    }
}

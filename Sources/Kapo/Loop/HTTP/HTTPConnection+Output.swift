import CLibevent
import Glibc

/// What goes to the client: remembered answers at once, evhttp's when it has made them.
extension HTTPConnection {
    /// Sends a remembered answer, and what the socket does not take of it later.
    func replay(_ index: Int) {
        let exchange = server.memory[index]
        server.counters.count(route: exchange.route)
        exchange.tally?.replayed(to: client)
        let (answer, closes) = (exchange.answer, exchange.closes)
        let sent = unsafe answer.withUnsafeBytes { bytes in
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        if sent == answer.count {
            if closes { endBehindAnswer() }
        } else if sent >= 0 || errno == EAGAIN || errno == EINTR {
            keep(answer[max(0, sent)...], closes)
        } else {
            end(BEV_EVENT_ERROR)
        }
    }

    private func keep(_ bytes: ArraySlice<UInt8>, _ closes: Bool) {
        if unsafe rest == nil { unsafe rest = evbuffer_new() }
        _ = unsafe bytes.withUnsafeBytes { unsafe evbuffer_add(rest, $0.baseAddress, $0.count) }
        hasOutput = true
        closesAfterRest = closes
        startDeadline()
        waitToWrite()
        updateReading()
    }

    /// evhttp writes its answer while the filter's output is switched off, and switching it on sends nothing: the
    /// filter must be told. If it was not `feed` that gave evhttp the request, an event has it told, because evhttp is
    /// still at work on this connection.
    func outputChanged(_ change: UnsafePointer<evbuffer_cb_info>?) {
        guard let change = unsafe change, unsafe change.pointee.orig_size == 0, unsafe change.pointee.n_added > 0 else {
            return
        }
        hasOutput = true
        // What comes now is more of a stream, from `tell`, which writes it.
        guard listening == nil else { return }
        isOurs = server.isReplying && !hasRefused
        if let listening = server.opening, isOurs { listen(listening) }
        guard !isFeeding else { return }
        // It may have waited for long, and the client has time to take it.
        startDeadline()
        unsafe event_active(writingEvent, Int32(EV_WRITE), 0)
    }

    /// All that was sent: what is left of replayed answers, then what evhttp has made.
    func write() {
        if let rest = unsafe rest, unsafe evbuffer_get_length(rest) > 0 {
            guard unsafe writeOut(rest) else { return }
            hasOutput = unsafe evbuffer_get_length(bufferevent_get_output(filter)) > 0
            if closesAfterRest { return endBehindAnswer() }
        }
        isWriting = true
        unsafe bufferevent_flush(filter, Int16(EV_WRITE), BEV_NORMAL)
        isWriting = false
    }

    /// Output filter: writes what evhttp has made. What the socket does not take stays in `source`, so that evhttp
    /// waits for it. A plain filter would hand it to the socket's bufferevent and tell evhttp that it is sent; evhttp
    /// would then close a `Connection: close` connection, and the bytes would be lost.
    ///
    /// libevent also calls it from within evhttp, which begins a `100 Continue` before it has said what is to be done
    /// when that is written: told so at once, it would do what came after the last answer, and free the request that
    /// it is reading.
    func send(_ source: OpaquePointer?) -> bufferevent_filter_result {
        guard isWriting else { return BEV_NEED_MORE }
        if !isOurs { unsafe refuse(source) }
        guard unsafe writeOut(source) else { return BEV_NEED_MORE }
        hasOutput = false
        // Not BEV_OK: evhttp must believe that its answer is not sent.
        if isListening { return BEV_NEED_MORE }
        if hasRefused {
            discardInput()
        } else if hasNoInput {
            owesAnswer = false
            answeredAt = server.loop.second
        } else {
            // The next request has begun, and has a time of its own.
            startDeadline()
        }
        return BEV_OK
    }

    /// Writes to the socket; true when nothing is left.
    private func writeOut(_ buffer: OpaquePointer?) -> Bool {
        while unsafe evbuffer_get_length(buffer) > 0 {
            if unsafe evbuffer_write(buffer, descriptor) > 0 { continue }
            if errno == EINTR { continue }
            if errno == EAGAIN {
                waitToWrite()
                return false
            }
            // The client is gone. evhttp is told that all is sent, and then that the connection is broken.
            isBroken = true
            unsafe evbuffer_drain(buffer, evbuffer_get_length(buffer))
        }
        return true
    }

    func waitToWrite() {
        unsafe event_add(writingEvent, nil)
    }

    private var writingEvent: OpaquePointer? {
        if unsafe writing == nil {
            unsafe writing = unsafe event(descriptor, EV_WRITE) { _, _, context in
                let connection = unsafe HTTPConnection.from(context)
                connection.write()
                connection.settle()
            }
        }
        return unsafe writing
    }

    /// What evhttp has written: a copy.
    func copyOfOutput() -> [UInt8]? {
        let output = unsafe bufferevent_get_output(filter)
        let count = unsafe evbuffer_get_length(output)
        guard count <= ReplayMemory.answerBytes else { return nil }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            // evbuffer_copyout writes no more than it is told, and the buffer has that many bytes.
            length = unsafe max(0, evbuffer_copyout(output, buffer.baseAddress, count))
        }
    }

    /// Puts our own words in place of evhttp's: an HTML page that knows neither HEAD nor our headers, or a `100
    /// Continue` for a body that Kapo does not want. What is said after that, nobody gets to hear: the connection ends.
    private func refuse(_ source: OpaquePointer?) {
        unsafe evbuffer_drain(source, evbuffer_get_length(source))
        guard !hasRefused, let source = unsafe source else { return }
        hasRefused = true
        server.counters.count(route: 0)
        unsafe server.badRequest.append(to: source)
        // Last: to append is a change of the output, and what is left of it after a partial write must stay.
        isOurs = true
    }

    /// Throws away what the client has sent beyond the refused request: to close with input unread resets the
    /// connection, and the client might never see the answer. MSG_TRUNC discards without a buffer (tcp(7)).
    private func discardInput() {
        _ = recv(descriptor, nil, 1 << 20, Int32(MSG_TRUNC | MSG_DONTWAIT))
    }
}

import CLibevent
import Glibc

/// What comes from the client.
extension HTTPConnection {
    /// The first read, right behind the accept: a request that is there already needs no place in epoll.
    func begin() {
        guard !isAbandoned else { return close() }
        unsafe descriptor = bufferevent_getfd(socket)
        if let refusal = server.refusal?(descriptor) { return turnAway(refusal) }
        read()
        guard unsafe filter != nil else { return }
        server.loop.prepare(for: descriptor)
        unsafe reading = unsafe event(descriptor, EV_READ | EV_PERSIST) { _, _, context in
            unsafe HTTPConnection.from(context).read()
        }
        if unsafe deadline == nil { startDeadline() }
        updateReading()
    }

    private func read() {
        let buffer = unsafe server.loop.inputBuffer
        // The kernel writes no more than the buffer has.
        let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count == 0 {
            hasEnded = true
            guard hasOutput || isOwedLater else { return end(BEV_EVENT_EOF) }
            updateReading()
            stopListening()
        } else if errno != EAGAIN && errno != EINTR {
            end(BEV_EVENT_ERROR)
        }
    }

    /// Closes it if the client has not asked something in this moment: then it gets an answer.
    func closeIdle() {
        read()
        if unsafe filter != nil, !owesAnswer, !hasOutput, !isLingering { end(BEV_EVENT_EOF) }
    }

    /// Answers a request that the server remembers. It must be all that is there: as part of something longer, the same
    /// bytes can mean something else.
    private func take(_ bytes: UnsafeRawBufferPointer) {
        // Read all the same: to close with input unread resets the connection, and the client might not see the answer.
        if closesAfterRest || isLingering || listening != nil { return }
        let isClean = !owesAnswer && !hasOutput
        let second = server.loop.second
        if isClean, let index = unsafe server.memory.index(of: bytes, second: second) {
            answeredAt = second
            replay(index)
        } else {
            unsafe feed(bytes, isClean)
        }
    }

    /// Gives bytes to evhttp, writes what it answers, and has the server remember an answer that it would give again.
    private func feed(_ bytes: UnsafeRawBufferPointer, _ isClean: Bool) {
        if isClean { startDeadline() }
        owesAnswer = true
        let input = unsafe bufferevent_get_input(socket)
        // A bufferevent lets nobody else add to its input.
        unsafe evbuffer_unfreeze(input, 0)
        unsafe evbuffer_add(input, bytes.baseAddress, bytes.count)
        unsafe evbuffer_freeze(input, 0)
        server.lastReply = .once
        isFeeding = true
        unsafe bufferevent_trigger(socket, Int16(EV_READ), 0)
        isFeeding = false
        if hasOutput {
            let isWhole = isClean && isOurs && hasNoInput && server.lastReply == .untilChanged
            let answer = isWhole ? copyOfOutput() : nil
            write()
            if let answer, !hasOutput { unsafe server.remember(bytes, answer, closes: isAbandoned) }
        }
        settle()
    }

    /// Input filter: moves bytes to evhttp.
    func pass(_ source: OpaquePointer?, _ destination: OpaquePointer?) -> bufferevent_filter_result {
        unsafe evbuffer_add_buffer(destination, source) == 0 ? BEV_OK : BEV_ERROR
    }

    /// Gives evhttp what has come while it waited for an answer of somebody's, and did not read: a filter moves that
    /// only when more comes.
    func passOn() {
        let reads = unsafe Int32(bufferevent_get_enabled(filter)) & EV_READ != 0
        guard reads, !hasRefused, unsafe evbuffer_get_length(bufferevent_get_input(socket)) > 0 else { return }
        unsafe bufferevent_trigger(socket, Int16(EV_READ), 0)
    }

    /// True when evhttp has read all that it was given.
    var hasNoInput: Bool { waitingInput == 0 }

    /// Bytes that evhttp was given and has not read.
    var waitingInput: Int {
        unsafe evbuffer_get_length(bufferevent_get_input(filter)) + evbuffer_get_length(bufferevent_get_input(socket))
    }

    /// Reads only as long as evhttp does: it does not while an answer waits to be sent. From who listens to a stream
    /// nothing is given to evhttp, and its end must be seen.
    func updateReading() {
        guard unsafe reading != nil else { return }
        let hasRoom = listening != nil || waitingInput + EventLoop.readBytes <= server.limits.inputBytes
        if hasRoom && !hasEnded {
            unsafe event_add(reading, nil)
        } else {
            unsafe event_del(reading)
        }
    }
}

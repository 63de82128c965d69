import CLibevent
import Glibc

/// A connection whose answer does not end for now.
///
/// evhttp has made the answer's head and believes that it is still being written: what follows goes out behind its
/// back, through the same buffer, and only when the stream is over evhttp is told that all is sent. So there is no
/// request of evhttp's to be kept here, and whatever ends a connection ends this one.
extension HTTPConnection {
    /// A stream that a connection listens to.
    struct Listening {
        let stream: HTTPEventStream
        /// True when the answer is in chunks, false when the end of the connection ends it, as in HTTP/1.0.
        let isChunked: Bool
        /// True when only what was said already is to be sent.
        var isOver = false
    }

    /// True while more is to follow than what is in the buffer.
    var isListening: Bool { listening.map { !$0.isOver } ?? false }

    /// Takes the beginning of an answer for that of a stream, which has no deadline.
    func listen(_ listening: Listening) {
        self.listening = listening
        listening.stream.add(self)
        if let deadline = unsafe deadline { unsafe event_del(deadline) }
        // Probes by the kernel, after 30 seconds without a word, each 10 seconds: Kapo does not wake for them. A unix
        // socket needs none, and refuses.
        let options = [
            (SOL_SOCKET, SO_KEEPALIVE, 1), (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30),
            (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10), (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ]
        for (level, option, value) in options {
            var value = Int32(value)
            // The kernel reads the four bytes of the value during the call.
            _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Sends what is new on the stream, or drops the connection if that is too far behind.
    func tell(_ plain: SharedBytes, _ chunk: SharedBytes) {
        guard let listening, isListening, let output = unsafe bufferevent_get_output(filter) else { return }
        let unsent = unsafe evbuffer_get_length(output)
        guard unsent <= listening.stream.allowance else { return end(BEV_EVENT_ERROR) }
        unsafe (listening.isChunked ? chunk : plain).append(to: output)
        // Otherwise the socket was full, and says when it is not.
        if unsent == 0 { sendNow() }
    }

    /// The client sends no more, and so goes as soon as it has what was said already: it has to take that in time.
    func stopListening() {
        guard let listening, isListening else { return }
        listening.stream.remove(self)
        startDeadline()
    }

    /// Ends the answer; the connection ends with its last byte.
    func endStream() {
        guard let listening, isListening, let output = unsafe bufferevent_get_output(filter) else { return }
        self.listening?.isOver = true
        listening.stream.remove(self)
        if listening.isChunked { unsafe listening.stream.lastChunk.append(to: output) }
        startDeadline()
        if hasOutput { sendNow() } else { endBehindAnswer() }
    }

    private func sendNow() {
        write()
        settle()
    }
}

import CLibevent
import Glibc

/// A connection that is not welcome.
///
/// evhttp gets to see nothing of it: whatever it says first is answered with the refusal, and the connection ends. The
/// answer waits for the first bytes, because clients take one that comes before their request for an error; they have a
/// second for that, so that who is not welcome cannot hold the places of those who are.
extension HTTPConnection {
    /// Seconds that who is not welcome has to ask something.
    private static let patienceSeconds = 1

    /// Sends that content for an answer to the first bytes that come, and closes.
    func turnAway(_ content: HTTPContent) {
        // All is said but for that, and nothing that comes is looked at.
        isLingering = true
        let message = HTTPReply.lastMessage(content)
        unsafe rest = evbuffer_new()
        unsafe evbuffer_add(rest, message, message.count)
        unsafe reading = unsafe event(descriptor, EV_READ | EV_PERSIST) { _, _, context in
            unsafe HTTPConnection.from(context).refuseFirst()
        }
        unsafe event_add(reading, nil)
        startDeadline()
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        unsafe event_add(deadline, &patience)
    }

    private func refuseFirst() {
        let buffer = unsafe server.loop.inputBuffer
        // The kernel writes no more than the buffer has.
        let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        if count > 0 {
            // A new socket takes more than that at once.
            unsafe evbuffer_write(rest, descriptor)
            server.counters.count(route: 0)
        }
        end(count < 0 ? BEV_EVENT_ERROR : BEV_EVENT_EOF)
    }
}

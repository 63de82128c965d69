import CLibevent
import Glibc

/// A server that tells each client one line and closes: the protocol of HAProxy's agent-check. Whatever the client says
/// is passed over; or else it asks something with a line of its own first.
///
/// It reads until the client has closed too: to close with input unread, or before input that is on its way, resets the
/// connection, and the client might not see the line.
@safe package final class LineServer {
    /// Connections open at once, where the descriptor limit allows as many; further ones wait in the kernel's queue.
    package static let mostConnections = 256
    /// Bytes of a line that are sent: fewer than the buffer of a new socket takes, so that nothing is ever kept.
    package static let lineBytes = 2048
    /// Bytes of a question, with its line end.
    package static let questionBytes = 512
    /// Seconds that a client has to ask, and again to close its end.
    package static let patienceSeconds = 5

    /// Connections at this time.
    package private(set) var connectionsOpen = 0
    /// Lines told.
    package private(set) var linesTold: UInt64 = 0

    fileprivate let loop: EventLoop
    /// `patienceSeconds` in the form that makes libevent keep all these timers in one queue.
    fileprivate let patience: UnsafePointer<timeval>?
    private let connections: Int
    private let line: (ArraySlice<UInt8>) -> [UInt8]
    private let isAsked: Bool
    private var listener: OpaquePointer?
    private var isStarved = false
    private var starvation: Timer?

    /// A server on a socket that listens already and does not block; the server closes it. It has that many connections
    /// at once. `line` is called for each client, and gives the line with its newline.
    package convenience init(
        _ loop: EventLoop, on descriptor: Int32, connections: Int = LineServer.mostConnections,
        line: @escaping () -> [UInt8]
    ) throws(EventLoop.Failure) {
        try self.init(loop, on: descriptor, connections: connections, isAsked: false) { _ in line() }
    }

    /// The same, where each client first sends a line: `answer` gets it without its line end. A client that says
    /// nothing, or too much, is told nothing.
    package convenience init(
        _ loop: EventLoop, on descriptor: Int32, connections: Int = LineServer.mostConnections,
        answer: @escaping (ArraySlice<UInt8>) -> [UInt8]
    ) throws(EventLoop.Failure) {
        try self.init(loop, on: descriptor, connections: connections, isAsked: true, answer)
    }

    private init(
        _ loop: EventLoop, on descriptor: Int32, connections: Int, isAsked: Bool,
        _ line: @escaping (ArraySlice<UInt8>) -> [UInt8]
    ) throws(EventLoop.Failure) {
        self.loop = loop
        self.connections = connections
        self.isAsked = isAsked
        self.line = line
        var seconds = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        unsafe patience = unsafe event_base_init_common_timeout(loop.base, &seconds)
        starvation = Timer(loop) { [unowned self] in
            isStarved = false
            updateListener()
        }
        // Clients need not say anything, and the kernel must not wait for that before it hands them over.
        var no: Int32 = 0
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, &no, socklen_t(MemoryLayout<Int32>.size))
        // Unretained: `stop` frees the listener, before the object is gone.
        unsafe listener = unsafe evconnlistener_new(
            loop.base, { _, descriptor, _, _, context in unsafe LineServer.from(context).accept(descriptor) },
            Unmanaged.passUnretained(self).toOpaque(), LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, descriptor)
        guard let listener = unsafe listener else { throw .init(description: "libevent: no listener") }
        unsafe evconnlistener_set_error_cb(listener) { _, context in unsafe LineServer.from(context).starve() }
    }

    deinit { stop() }

    /// Closes the listener. Clients that have connected keep their time.
    package func stop() {
        starvation?.cancel()
        if let listener = unsafe listener { unsafe evconnlistener_free(listener) }
        unsafe listener = nil
    }

    private func accept(_ descriptor: Int32) {
        if !isAsked {
            tell(descriptor, [])
            guard shutdown(descriptor, Int32(SHUT_WR)) == 0, !LineConnection.hasEnded(descriptor) else {
                close(descriptor)
                return
            }
        }
        guard let connection = LineConnection(self, descriptor, isAsking: isAsked) else {
            close(descriptor)
            return
        }
        connection.begin()
        connectionsOpen += 1
        if connectionsOpen == connections { updateListener() }
    }

    fileprivate func tell(_ descriptor: Int32, _ question: ArraySlice<UInt8>) {
        let bytes = line(question).prefix(Self.lineBytes)
        // The kernel reads no more than the line during the call.
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if sent == bytes.count { linesTold += 1 }
    }

    fileprivate func connectionClosed() {
        connectionsOpen -= 1
        if connectionsOpen == connections - 1 { updateListener() }
    }

    /// accept failed, for want of descriptors or memory as a rule. The listener is level-triggered: to try again at
    /// once would spin.
    private func starve() {
        isStarved = true
        updateListener()
        starvation?.set(afterNanoseconds: 200_000_000)
    }

    private func updateListener() {
        guard let listener = unsafe listener else { return }
        if !isStarved && connectionsOpen < connections {
            unsafe evconnlistener_enable(listener)
        } else {
            unsafe evconnlistener_disable(listener)
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> LineServer {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a line server") }
        return unsafe Unmanaged<LineServer>.fromOpaque(context).takeUnretainedValue()
    }
}

/// A client that has a question, or has been told the line and has not closed yet.
@safe private final class LineConnection {
    private let server: LineServer
    private let descriptor: Int32
    private var reading: OpaquePointer?
    private var deadline: OpaquePointer?
    /// What has come of its question; nil when it has been told the line.
    private var question: [UInt8]?

    /// Nil when memory ran out.
    init?(_ server: LineServer, _ descriptor: Int32, isAsking: Bool) {
        self.server = server
        self.descriptor = descriptor
        question = isAsking ? [] : nil
        // Unretained: `freeEvents` frees the events before the object is gone.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe reading = unsafe event_new(
            server.loop.base, descriptor, Int16(EV_READ | EV_PERSIST),
            { _, _, context in
                if unsafe LineConnection.from(context).isOver() { unsafe LineConnection.end(context) }
            }, context)
        unsafe deadline = unsafe event_new(
            server.loop.base, -1, 0, { _, _, context in unsafe LineConnection.end(context) }, context)
        guard unsafe reading != nil, unsafe deadline != nil else { return nil }
    }

    deinit { freeEvents() }

    private func freeEvents() {
        if let reading = unsafe reading { unsafe event_free(reading) }
        if let deadline = unsafe deadline { unsafe event_free(deadline) }
        unsafe reading = nil
        unsafe deadline = nil
    }

    /// Waits for the client's end.
    func begin() {
        // Retained: `end` releases it.
        _ = unsafe Unmanaged.passRetained(self)
        server.loop.prepare(for: descriptor)
        unsafe event_add(reading, nil)
        unsafe event_add(deadline, server.patience)
    }

    /// Throws away what the client has sent; true when that was all, or when it is gone. MSG_TRUNC discards without a
    /// buffer (tcp(7)).
    static func hasEnded(_ descriptor: Int32) -> Bool {
        let count = recv(descriptor, nil, 1 << 20, Int32(MSG_TRUNC | MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }

    /// Reads what is there; true when nothing more is to be done.
    private func isOver() -> Bool {
        guard let question else { return Self.hasEnded(descriptor) }
        let buffer = unsafe server.loop.inputBuffer
        // The kernel writes no more than the buffer has.
        let count = unsafe recv(descriptor, buffer.baseAddress, LineServer.questionBytes, Int32(MSG_DONTWAIT))
        guard count > 0 else { return count == 0 || errno != EAGAIN && errno != EINTR }
        let asked = unsafe question + buffer[..<count]
        guard let end = asked.prefix(LineServer.questionBytes).firstIndex(of: 0x0a) else {
            self.question = asked
            return asked.count >= LineServer.questionBytes
        }
        self.question = nil
        server.tell(descriptor, asked[..<end].last == 0x0d ? asked[..<end].dropLast() : asked[..<end])
        unsafe event_add(deadline, server.patience)
        return shutdown(descriptor, Int32(SHUT_WR)) != 0 || Self.hasEnded(descriptor)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> LineConnection {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a client") }
        return unsafe Unmanaged<LineConnection>.fromOpaque(context).takeUnretainedValue()
    }

    private static func end(_ context: UnsafeMutableRawPointer?) {
        let connection = unsafe from(context)
        // `begin` retained it.
        unsafe Unmanaged.passUnretained(connection).release()
        connection.freeEvents()
        close(connection.descriptor)
        connection.server.connectionClosed()
    }
}

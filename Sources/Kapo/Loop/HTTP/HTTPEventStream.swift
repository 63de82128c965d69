/// An answer that does not end: Server-Sent Events (WHATWG HTML, section 9.2) to everybody who has asked for them.
///
/// Nothing here knows the form of an event: bytes are sent as they are given. A listener costs nothing while there is
/// nothing to say; the kernel alone finds out, after about a minute, that one has gone without a word.
package final class HTTPEventStream {
    /// Bytes that may wait for a listener, beyond a message of the largest size, when there is something new to say.
    /// One that is behind by more is dropped.
    package static let unsentBytes = 65536

    /// Listeners at most; a further one gets 503.
    package let limit: Int
    /// True when nobody can listen any more.
    private(set) var isOver = false

    /// The end of an answer in chunks (RFC 9112, section 7.1).
    let lastChunk = SharedBytes(Array("0\r\n\r\n".utf8))

    private let greeting: () -> [UInt8]
    /// Bytes of the largest message so far, the greeting among them.
    private var largest = 0
    private var listeners: [HTTPConnection] = []

    fileprivate init(limit: Int, greeting: @escaping () -> [UInt8]) {
        self.limit = limit
        self.greeting = greeting
    }

    /// Those who listen now.
    package var listenerCount: Int { listeners.count }

    /// Sends bytes to everybody who listens, without a copy for each.
    package func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !listeners.isEmpty else { return }
        let plain = SharedBytes(bytes)
        let chunk = SharedBytes(Self.chunk(bytes))
        largest = max(largest, chunk.count)
        // A copy of the list: who cannot be told leaves it.
        for connection in Array(listeners) { connection.tell(plain, chunk) }
    }

    /// Ends the answers of all who listen; who asks now gets 503.
    package func end() {
        isOver = true
        for connection in Array(listeners) { connection.endStream() }
    }

    // MARK: Listeners

    /// Why nobody can listen now, in words for people; nil when somebody can.
    var refusal: String? {
        if isOver { return "This stream is at its end.\n" }
        return listeners.count < limit ? nil : "This stream has \(limit) listeners, and takes no more.\n"
    }

    /// What a new listener is told first.
    func greeting(chunked: Bool) -> SharedBytes {
        let bytes = greeting()
        let greeting = SharedBytes(chunked && !bytes.isEmpty ? Self.chunk(bytes) : bytes)
        largest = max(largest, greeting.count)
        return greeting
    }

    /// Bytes that may wait for a listener.
    var allowance: Int { Self.unsentBytes + largest }

    func add(_ connection: HTTPConnection) {
        listeners.append(connection)
    }

    func remove(_ connection: HTTPConnection) {
        listeners.removeAll { $0 === connection }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }
}

extension HTTPServer {
    /// Answers GET of exactly that path by a stream that begins with `greeting`, for `limit` clients at a time, and
    /// HEAD by its headers.
    package func stream(_ path: String, limit: Int = 64, greeting: @escaping () -> [UInt8]) -> HTTPEventStream {
        let stream = HTTPEventStream(limit: limit, greeting: greeting)
        add(path, .once) { _ in .stream(stream) }
        streams.append(stream)
        return stream
    }
}

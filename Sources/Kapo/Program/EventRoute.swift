import Document
import Host
import Loop

/// `GET /events`: each change of the document, as it comes. Changes of services that follow each other closely are told
/// as one: their document is long, and one that crashes alone changes it three times at once.
final class EventRoute {
    /// Listeners at once.
    static let mostListeners = 64
    /// Nanoseconds between two events of services, at least.
    static let pause: Int64 = 100_000_000

    private let board: StatusBoard
    private let loop: EventLoop
    private var stream: HTTPEventStream?
    private var number: UInt64 = 0
    /// Nil when it is to be made.
    private var latest: [UInt8]?
    /// True when something has changed that listeners have not been told.
    private var isPending = false
    /// Monotonic time of the last event.
    private var toldAt: Int64 = 0
    private lazy var timer = Timer(loop) { [unowned self] in tell() }

    /// Adds the path to the server.
    init(_ loop: EventLoop, _ server: HTTPServer, _ board: StatusBoard) {
        self.loop = loop
        self.board = board
        stream = server.stream("/events", limit: Self.mostListeners) { [unowned self] in
            // Who comes now hears it first: not a second time with the others.
            tell()
            return event
        }
    }

    /// The document has changed: everybody who listens is told. Who comes later hears it first.
    func changed() {
        number += 1
        latest = nil
        guard let stream, stream.listenerCount > 0, !isPending else { return }
        isPending = true
        if board.isLong {
            timer.set(afterNanoseconds: toldAt + Self.pause - Clock.monotonic)
        } else {
            tell()
        }
    }

    /// Tells what has not been told yet.
    func tell() {
        guard isPending else { return }
        isPending = false
        toldAt = Clock.monotonic
        stream?.send(event)
    }

    private var event: [UInt8] {
        if let latest { return latest }
        let event = StatusEvent.bytes(number: number, document: board.document)
        latest = event
        return event
    }
}

import Document
import Loop

/// `GET /events`: each change of the document, as it comes.
final class EventRoute {
    /// Listeners at once.
    static let mostListeners = 64

    private var stream: HTTPEventStream?
    private var number: UInt64 = 0
    private var document: [UInt8] = []
    private var latest: [UInt8] = []

    /// Adds the path to the server.
    init(_ server: HTTPServer) {
        stream = server.stream("/events", limit: Self.mostListeners) { [unowned self] in latest }
    }

    /// Tells everybody who listens. Who comes later hears it first.
    func publish(_ document: [UInt8]) {
        // Health alone may have changed.
        guard document != self.document else { return }
        self.document = document
        number += 1
        latest = StatusEvent.bytes(number: number, document: document)
        stream?.send(latest)
    }
}

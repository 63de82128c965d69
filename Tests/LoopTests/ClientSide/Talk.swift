import Peers

@testable import Loop

/// Who uses a `ClientSocket` in a test, and writes down what it is told.
final class Talk: ClientSocketUser {
    enum Event: Equatable {
        case connected, ended
        case failed(ClientFailure)
    }

    private(set) var events: [Event] = []
    private(set) var bytes: [UInt8] = []
    /// In how many pieces they came.
    private(set) var pieces = 0
    /// Nil once it is let go of.
    var socket: ClientSocket?
    /// What is done when something has come.
    var whenReceived: ((Talk) -> Void)?

    init(_ loop: EventLoop, tls: TLSPeer? = nil) { socket = ClientSocket(loop, self, tls: tls) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func connected() { events.append(.connected) }

    func received(_ bytes: ArraySlice<UInt8>) {
        self.bytes += bytes
        pieces += 1
        whenReceived?(self)
    }

    func ended() { end(.ended) }

    func failed(_ failure: ClientFailure) { end(.failed(failure)) }

    private func end(_ event: Event) {
        events.append(event)
        socket?.close()
    }
}

extension Rig {
    /// A talk with the first of these places, and how it came to its end.
    func talk(_ places: [SocketPlace], tls: TLSPeer? = nil, _ greeting: String = "") throws -> Talk {
        let talk = Talk(loop, tls: tls)
        talk.socket?.connect(places, greeting: Array(greeting.utf8))
        guard talk.events.isEmpty, talk.bytes.isEmpty else {
            throw Failure(description: "told before connect returned")
        }
        try until("the end of a talk") { !talk.events.isEmpty && talk.events.last != .connected }
        settle()
        return talk
    }

    /// A talk that begins with a request for `/` and reads the answer to its end.
    func ask(_ place: SocketPlace, tls: TLSPeer) throws -> Talk {
        try talk([place], tls: tls, "GET / HTTP/1.1\r\n\r\n")
    }
}

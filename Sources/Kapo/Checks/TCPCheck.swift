import Host
import Loop

/// Finds out whether anybody takes connections.
final class TCPCheck: RunningCheck {
    private let place: SocketPlace
    private let handler: (CheckOutcome) -> Void
    private let began = Clock.monotonic
    private var socket: ClientSocket?

    init(_ loop: EventLoop, _ place: SocketPlace, _ handler: @escaping (CheckOutcome) -> Void) {
        self.place = place
        self.handler = handler
        socket = ClientSocket(loop, self)
    }

    func start() { socket?.connect([place], greeting: []) }

    func cancel() { socket?.close() }

    private func conclude(_ outcome: CheckOutcome) {
        cancel()
        handler(outcome)
    }
}

extension TCPCheck: ClientSocketUser {
    func connected() { conclude(.passed("Connected in \(Elapsed.hundredths(Clock.monotonic - began))s")) }

    // Who speaks or closes has accepted the connection.
    func received(_ bytes: ArraySlice<UInt8>) { connected() }

    func ended() { connected() }

    func failed(_ failure: ClientFailure) {
        let after = Elapsed.millionths(Clock.monotonic - began)
        let text = "Unexpected error \(failure.words) after \(after)s"
        switch failure {
        case .unreachable(let code), .broken(let code): conclude(.unreachable(text, code: code))
        case .insecure: conclude(.failed(text))
        }
    }
}

extension ClientFailure {
    /// As Python shows an OSError, or in OpenSSL's words.
    fileprivate var words: String {
        switch self {
        case .unreachable(let code), .broken(let code): "[Errno \(code)] \(SystemError.text(of: code))"
        case .insecure(let reason): reason
        }
    }
}

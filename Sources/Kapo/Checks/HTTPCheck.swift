import Loop
import Machine

/// Asks an HTTP server, in the clear or over TLS, and passes on what it says. No redirect is followed.
final class HTTPCheck: RunningCheck {
    /// Bytes of a body that are passed on; what is beyond them is cut off.
    static let bodyBytes = 65536

    private let fetch: HTTPFetch

    init(
        _ loop: EventLoop, _ place: SocketPlace, _ question: CheckQuestion, _ means: CheckMeans, _ kept: KeptSockets?,
        _ handler: @escaping (CheckOutcome) -> Void
    ) {
        var limits = HTTPAnswerLimits()
        limits.bodyBytes = Self.bodyBytes
        let request = HTTPFetchRequest(
            host: question.host ?? question.authority, target: question.target, userAgent: means.userAgent,
            headers: question.headers.map { .init(name: $0.name, value: $0.value) },
            keepsOpen: kept != nil && question.kind == .http)
        let peer = question.kind == .https ? TLSPeer(means.tls, question.peerName) : nil
        fetch = HTTPFetch(
            loop, .place(place), request, tls: peer, limits: limits, keeper: question.kind == .http ? kept : nil
        ) {
            handler(Self.outcome($0))
        }
    }

    func start() { fetch.start() }

    func cancel() { fetch.cancel() }

    private static func outcome(_ result: Result<HTTPAnswer, HTTPFailure>) -> CheckOutcome {
        switch result {
        // A code that is none of HTTP says nothing that a load balancer could go by.
        case .success(let answer): CheckOutcome(HTTPStatus(code: answer.status) ?? .unavailable, answer.body)
        // Deadlines are the checker's.
        case .failure(let failure): .failed(failure.words(timeout: ""))
        }
    }
}

extension CheckQuestion {
    /// `127.0.0.1:80`, `[::1]:80`.
    var authority: String {
        let host = address.isIPv4 ? address.text : "[\(address.text)]"
        return kind == .http && port == 80 || kind == .https && port == 443 ? host : "\(host):\(port)"
    }

    /// Who the server should be: the name in `Host`, or else the address.
    fileprivate var peerName: TLSPeer.Name {
        guard let host, !host.hasPrefix("[") else { return .address(address.text) }
        let name = String(host.prefix { $0 != ":" })
        return name.isEmpty || IPAddress(name) != nil ? .address(address.text) : .host(name)
    }
}

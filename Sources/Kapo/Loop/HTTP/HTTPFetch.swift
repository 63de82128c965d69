import CLibevent
import Glibc

/// One request on a connection of its own, or on one that is kept: looks the name up, connects, asks, and reads the
/// answer, all within one time. No redirect is followed. `HTTPAnswerReader` says why this is not libevent's client.
@safe package final class HTTPFetch {
    /// Who is asked.
    package enum Server: Equatable, Sendable {
        /// A place that is known.
        case place(SocketPlace)
        /// `localhost` is 127.0.0.1, then ::1; another name is looked up. Its addresses are tried in turn.
        case name(String, port: UInt16)
    }

    private let loop: EventLoop
    private let server: Server
    private var request: HTTPFetchRequest
    private var handler: ((Result<HTTPAnswer, HTTPFailure>) -> Void)?
    private var lookup: NameLookup?
    private let tls: TLSPeer?
    private var socket: ClientSocket?
    private var reader: HTTPAnswerReader
    private let keeper: (any ClientSocketKeeper)?
    /// True on a connection that was kept, as long as the server has said nothing: it may have ended just now.
    private var mayBeStale = false
    /// The time for all of it; nil where somebody else sees to that.
    private var deadline: Timer?
    /// Has a failure told that was there from the beginning.
    private var departure: Timer?

    /// The handler is called once, from the loop, unless it is cancelled; it may let go of this object. `tls` says with
    /// whom TLS is spoken; nil for plain HTTP. `keeper` may have a connection to a place that is known, and gets it
    /// back if the request keeps it open.
    package init(
        _ loop: EventLoop, _ server: Server, _ request: HTTPFetchRequest, tls: TLSPeer? = nil,
        limits: HTTPAnswerLimits = .init(), keeper: (any ClientSocketKeeper)? = nil,
        _ handler: @escaping (Result<HTTPAnswer, HTTPFailure>) -> Void
    ) {
        self.loop = loop
        self.server = server
        self.request = request
        self.handler = handler
        self.tls = tls
        self.keeper = keeper
        reader = HTTPAnswerReader(limits, hasBody: request.isAnsweredWithBody)
    }

    deinit { cancel() }

    /// Begins. Everything must be over within that many nanoseconds; without that, whoever has begun it cancels it when
    /// it is late.
    package func start(timeoutNanoseconds: Int64? = nil) {
        if let timeoutNanoseconds {
            deadline = Timer(loop) { [unowned self] in conclude(.failure(.timeout)) }
            deadline?.set(afterNanoseconds: timeoutNanoseconds)
        }
        switch server {
        case .place(let place):
            if let kept = keeper?.take(place) { return ask(on: kept) }
            connect([place])
        case .name(let name, let port):
            if let places = NameLookup.known(name, port: port) { return connect(places) }
            do throws(NameLookup.Shortage) {
                lookup = try NameLookup.begin(loop, name, port: port) { [unowned self] in found($0, name) }
            } catch {
                departure = Timer(loop) { [unowned self] in conclude(.failure(.unreachable(code: error.code))) }
                departure?.set(afterNanoseconds: 0)
            }
        }
    }

    /// Gives up: the connection is closed, and the handler is not called any more.
    package func cancel() {
        handler = nil
        lookup?.cancel()
        lookup = nil
        deadline = nil
        departure = nil
        socket?.close()
        socket = nil
    }

    private func found(_ places: [SocketPlace], _ name: String) {
        if places.isEmpty { return conclude(.failure(.unknownName(name))) }
        connect(places)
    }

    private func connect(_ places: [SocketPlace]) {
        let socket = ClientSocket(loop, self, tls: tls)
        self.socket = socket
        socket.connect(places, greeting: request.bytes)
    }

    private func ask(on kept: ClientSocket) {
        socket = kept
        mayBeStale = true
        kept.user = self
        kept.send(request.bytes)
    }

    /// Asks once more, on a new connection, if the one that was kept turns out to be over. True if it does.
    private func isAskedAnew() -> Bool {
        guard mayBeStale, case .place(let place) = server else { return false }
        mayBeStale = false
        socket?.close()
        connect([place])
        return true
    }

    private func conclude(_ outcome: Result<HTTPAnswer, HTTPFailure>) {
        let handler = handler
        cancel()
        handler?(outcome)
    }

    private func follow(_ progress: HTTPAnswerReader.Progress) {
        switch progress {
        case .more: break
        case .whole(let answer):
            if reader.isReusable, request.keepsOpen, let keeper, let socket, case .place(let place) = server {
                self.socket = nil
                keeper.keep(socket, to: place)
            }
            conclude(.success(answer))
        case .failed(let failure): conclude(.failure(failure))
        }
    }
}

extension HTTPFetch: ClientSocketUser {
    package func connected() {}

    package func received(_ bytes: ArraySlice<UInt8>) {
        mayBeStale = false
        follow(reader.take(bytes))
    }

    package func ended() { if !isAskedAnew() { follow(reader.end()) } }

    package func failed(_ failure: ClientFailure) {
        if isAskedAnew() { return }
        switch failure {
        case .unreachable(let code): conclude(.failure(.unreachable(code: code)))
        case .broken(let code): conclude(.failure(.broken(code: code)))
        case .insecure(let reason): conclude(.failure(.insecure(reason)))
        }
    }
}

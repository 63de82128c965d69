import CLibevent
import Glibc

/// One GET or POST on a connection of its own: looks the name up, connects, asks, and reads the answer, all within one
/// time. No redirect is followed. `HTTPAnswerReader` says why this is not libevent's client.
@safe package final class HTTPFetch {
    /// Who is asked.
    package enum Server: Equatable, Sendable {
        /// A place that is known.
        case place(SocketPlace)
        /// `localhost` is 127.0.0.1, then ::1; another name is looked up. Its addresses are tried in turn.
        case name(String, port: UInt16)
    }

    /// What is done at the target.
    package enum Method: String, Sendable {
        case get = "GET"
        /// Without a body.
        case post = "POST"
    }

    private let loop: EventLoop
    private let server: Server
    private var handler: ((Result<HTTPAnswer, HTTPFailure>) -> Void)?
    private var lookup: NameLookup?
    /// What is left to try.
    private var places: ArraySlice<SocketPlace> = []
    /// The errno of the first that could not be connected to.
    private var firstCode: Int32?
    private var descriptor: Int32 = -1
    private var unsent: ArraySlice<UInt8>
    private var reader: HTTPAnswerReader
    /// Those of earlier places too: none is freed while it calls its handler.
    private var watches: [DescriptorWatch] = []
    private var outcome: Result<HTTPAnswer, HTTPFailure>?
    /// The deadline; and, once there is an outcome, the way out.
    private var timer: Timer?

    /// A GET, or a POST, of `target` (path and query), with that `Host`; both are ASCII without white space. The
    /// handler is called once, from the loop, unless it is cancelled; it may let go of this object.
    package init(
        _ loop: EventLoop, _ server: Server, _ method: Method = .get, host: String, target: String,
        limits: HTTPAnswerLimits = .init(),
        _ handler: @escaping (Result<HTTPAnswer, HTTPFailure>) -> Void
    ) {
        precondition((host + target).utf8.allSatisfy { 0x21...0x7e ~= $0 }, "\(host) \(target) would break the request")
        self.loop = loop
        self.server = server
        self.handler = handler
        reader = HTTPAnswerReader(limits)
        unsent =
            Array(
                """
                \(method.rawValue) \(target) HTTP/1.1\r
                Host: \(host)\r
                User-Agent: kapo\r
                Accept: */*\r
                Connection: close\r
                \(method == .post ? "Content-Length: 0\r\n" : "")\r\n
                """.utf8)[...]
        timer = Timer(loop) { [unowned self] in depart() }
    }

    deinit { cancel() }

    /// Begins. Everything must be over within that many nanoseconds.
    package func start(timeoutNanoseconds: Int64) {
        timer?.set(afterNanoseconds: timeoutNanoseconds)
        switch server {
        case .place(let place): connect([place])
        case .name(let name, let port) where name.lowercased() == "localhost":
            connect(["127.0.0.1", "::1"].compactMap { SocketPlace(address: $0, port: port) })
        case .name(let name, let port):
            lookup = NameLookup.begin(loop, name, port: port) { [unowned self] in connect($0) }
            if lookup == nil { conclude(.failure(.unreachable(code: ENOMEM))) }
        }
    }

    /// Gives up: the connection is closed, and the handler is not called any more.
    package func cancel() {
        handler = nil
        lookup?.cancel()
        lookup = nil
        timer = nil
        closeDescriptor()
        watches = []
    }

    // MARK: The end

    /// Keeps the outcome for `depart`, in another round of the loop: here some watch is calling its handler.
    private func conclude(_ outcome: Result<HTTPAnswer, HTTPFailure>) {
        self.outcome = outcome
        closeDescriptor()
        timer?.set(afterNanoseconds: 0)
    }

    private func depart() {
        let handler = handler
        let outcome = outcome ?? .failure(.timeout)
        cancel()
        handler?(outcome)
    }

    private func closeDescriptor() {
        guard descriptor >= 0 else { return }
        // The kernel gives the number to the next socket, so nothing may watch it any more.
        for watch in watches { watch.stop() }
        close(descriptor)
        descriptor = -1
    }

    // MARK: Connecting

    private func connect(_ places: [SocketPlace]) {
        self.places = places[...]
        if places.isEmpty, case .name(let name, _) = server { return conclude(.failure(.unknownName(name))) }
        connectNext()
    }

    private func connectNext() {
        // Ends: each turn takes a place away.
        while let place = places.popFirst() {
            switch place.connect() {
            case .success(let descriptor):
                self.descriptor = descriptor
                return watch(.writable) { [unowned self] in connected() }
            case .failure(let failure): firstCode = firstCode ?? failure.code
            }
        }
        conclude(.failure(.unreachable(code: firstCode ?? ENOENT)))
    }

    private func connected() {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // The kernel fills the four bytes of the code.
        if unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) != 0 { code = errno }
        if code != 0 {
            firstCode = firstCode ?? code
            closeDescriptor()
            return connectNext()
        }
        for watch in watches { watch.stop() }
        watch(.writable) { [unowned self] in write() }
        write()
    }

    private func watch(_ interest: DescriptorWatch.Interest, _ handler: @escaping () -> Void) {
        let watch = DescriptorWatch(loop, descriptor, interest, handler)
        watches.append(watch)
        if !watch.start() { conclude(.failure(.broken(code: ENOMEM))) }
    }

    // MARK: Asking and reading

    private func write() {
        // The kernel reads the slice during the call.
        let count = unsafe unsent.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        unsent = unsent.dropFirst(max(0, count))
        // A server that takes no request may have answered all the same: reading will tell.
        guard unsent.isEmpty || count < 0 else { return }
        for watch in watches { watch.stop() }
        watch(.readable) { [unowned self] in read() }
    }

    private func read() {
        let size = 16384
        var (count, code): (Int, Int32) = (0, 0)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            // The kernel writes no more than the buffer has.
            unsafe count = recv(descriptor, buffer.baseAddress, size, Int32(MSG_DONTWAIT))
            code = errno
            used = max(0, count)
        }
        if count < 0 {
            if code != EAGAIN && code != EINTR { conclude(.failure(.broken(code: code))) }
            return
        }
        switch count == 0 ? reader.end() : reader.take(bytes[...]) {
        case .more: break
        case .whole(let answer): conclude(.success(answer))
        case .failed(let failure): conclude(.failure(failure))
        }
    }
}

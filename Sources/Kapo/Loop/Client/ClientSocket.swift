import CLibevent
import Glibc

/// A connection to the first of some places that takes one, in the clear or over TLS. Deadlines are its user's.
///
/// In the clear it costs what a hand-written client costs: the greeting is sent right behind connect(2), which has
/// done all its work by then on the loopback, and only reading waits.
@safe package final class ClientSocket {
    /// Nanoseconds after which a unix socket whose queue is full is tried again.
    private static let retryDelay: Int64 = 20_000_000

    private let loop: EventLoop
    /// Who hears of it, and must outlive its time with it.
    package unowned var user: any ClientSocketUser
    /// The monotonic time from which on somebody has kept it to be used again; nil when nobody has.
    package var keptSince: Int64?
    /// What is left to try.
    private var places: ArraySlice<SocketPlace> = []
    /// The errno of the first that could not be connected to.
    private var firstCode: Int32?
    private var descriptor: Int32 = -1
    /// Fires when the descriptor is ready for what is waited for; or is activated to tell what is known already.
    private var event: OpaquePointer?
    /// True while that is input.
    private var isReading = false
    private var unsent: ArraySlice<UInt8> = []
    private var hasGreeting = false
    private var stage = Stage.connecting
    /// What `tell` has to say.
    private var news: News?

    /// How far it has come.
    private enum Stage {
        case connecting, open
        case secure(TLSStream)
        case closed
    }

    private enum News {
        case connected
        case failed(ClientFailure)
    }

    private var retry: Timer?
    /// With whom TLS is spoken; nil for nobody.
    private let tls: TLSPeer?

    /// A socket that does nothing yet.
    package init(_ loop: EventLoop, _ user: any ClientSocketUser, tls: TLSPeer? = nil) {
        self.loop = loop
        self.user = user
        self.tls = tls
    }

    deinit { close() }

    /// Connects, once, and sends these bytes first. The user is told from the loop, not before this returns.
    package func connect(_ places: [SocketPlace], greeting: [UInt8]) {
        self.places = places[...]
        unsent = greeting[...]
        hasGreeting = !greeting.isEmpty
        connectNext()
    }

    /// Sends these bytes behind all others. It must be connected.
    package func send(_ bytes: [UInt8]) {
        switch stage {
        case .secure(let stream): stream.send(bytes)
        case .open:
            unsent += bytes
            write()
        case .connecting, .closed: preconditionFailure("bytes for a socket that is not connected")
        }
    }

    /// True when the server has said nothing that was not told, and has not ended: the kernel is asked, because the
    /// loop may have had no turn since. In the clear only.
    package var isSilent: Bool {
        var byte: UInt8 = 0
        // The kernel writes no more than that byte, and keeps it.
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN
    }

    /// Closes it: nothing is told from now on.
    package func close() {
        if case .secure(let stream) = stage {
            stream.close()
            // TLS owned it.
            descriptor = -1
        }
        stage = .closed
        retry = nil
        closeDescriptor()
    }

    private func closeDescriptor() {
        stopWaiting()
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    // MARK: Connecting

    private func connectLater() {
        retry = retry ?? Timer(loop) { [unowned self] in connectNext() }
        retry?.set(afterNanoseconds: Self.retryDelay)
    }

    private func connectNext() {
        // Ends: each turn takes a place away.
        while let place = places.popFirst() {
            switch place.connect() {
            case .success(let descriptor):
                self.descriptor = descriptor
                return tryNow()
            // The queue of a unix socket is full, and connect(2) does not wait.
            case .failure(let failure) where failure.code == EAGAIN && place.isUnix:
                places = [place] + places
                return connectLater()
            case .failure(let failure): firstCode = firstCode ?? failure.code
            }
        }
        tellSoon(.failed(.unreachable(code: firstCode ?? ENOENT)))
    }

    /// Sends the greeting, or nothing at all: to a socket that is not connected yet that is EAGAIN too, and to one that
    /// never will be the reason.
    private func tryNow() {
        let bytes = tls == nil ? unsent : []
        let count = sendNow(bytes)
        let code = errno
        if count >= 0 || code == EPIPE || code == ECONNRESET {
            // A server that is gone again may have answered all the same: reading will tell.
            unsent = unsent.dropFirst(max(0, count))
            open(isBroken: count < 0)
        } else if code == EAGAIN || code == EINTR {
            wait(for: EV_WRITE)
        } else {
            firstCode = firstCode ?? code
            closeDescriptor()
            connectNext()
        }
    }

    private func open(isBroken: Bool) {
        stage = .open
        if let tls { return secure(tls) }
        if isBroken { unsent = [] }
        if unsent.isEmpty { waitForInput() } else { wait(for: EV_WRITE) }
        if !hasGreeting { tellSoon(.connected) }
    }

    private func secure(_ peer: TLSPeer) {
        stopWaiting()
        guard let stream = TLSStream(loop, descriptor, peer, self) else {
            return tellSoon(.failed(.insecure(TLSClient.reason)))
        }
        stage = .secure(stream)
        stream.send(Array(unsent))
        unsent = []
    }

    // MARK: Waiting

    private func waitForInput() {
        if isReading { return }
        wait(for: EV_READ | EV_PERSIST)
        isReading = true
    }

    private func wait(for what: Int32) {
        stopWaiting()
        loop.prepare(for: descriptor)
        // Unretained: `stopWaiting` frees the event before the object is gone.
        unsafe event = unsafe event_new(
            loop.base, descriptor, Int16(what), { _, what, context in unsafe ClientSocket.from(context).ready(what) },
            Unmanaged.passUnretained(self).toOpaque())
        if unsafe event == nil || event_add(event, nil) != 0 { tellSoon(.failed(.broken(code: ENOMEM))) }
    }

    private func stopWaiting() {
        if let event = unsafe event { unsafe event_free(event) }
        unsafe event = nil
        isReading = false
    }

    /// Has the loop tell the user, in the same round: whoever has called this may not be ready for it.
    private func tellSoon(_ news: News) {
        self.news = news
        if unsafe event == nil {
            // Unretained, as in `wait`.
            unsafe event = unsafe event_new(
                loop.base, -1, 0, { _, what, context in unsafe ClientSocket.from(context).ready(what) },
                Unmanaged.passUnretained(self).toOpaque())
        }
        unsafe event_active(event, Int32(EV_TIMEOUT), 0)
    }

    private func ready(_ what: Int16) {
        if let news {
            self.news = nil
            switch news {
            case .connected: return user.connected()
            case .failed(let failure): return user.failed(failure)
            }
        }
        switch stage {
        case .connecting: tryNow()
        case .open: Int32(what) & EV_WRITE != 0 ? write() : read()
        case .secure, .closed: break
        }
    }

    // MARK: Bytes

    private func sendNow(_ bytes: ArraySlice<UInt8>) -> Int {
        // The kernel reads the slice during the call.
        unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
    }

    private func write() {
        let count = sendNow(unsent)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return wait(for: EV_WRITE) }
        // A server that takes no more may have answered all the same: reading will tell.
        unsent = count < 0 ? [] : unsent.dropFirst(count)
        if unsent.isEmpty { waitForInput() } else { wait(for: EV_WRITE) }
    }

    private func read() {
        let buffer = unsafe loop.inputBuffer
        // The kernel writes no more than the buffer has; the bytes are copied before anybody else reads.
        let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            user.received(unsafe Array(UnsafeRawBufferPointer(rebasing: buffer[..<count]))[...])
        } else if count == 0 {
            user.ended()
        } else if errno != EAGAIN && errno != EINTR {
            user.failed(.broken(code: errno))
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ClientSocket {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a socket") }
        return unsafe Unmanaged<ClientSocket>.fromOpaque(context).takeUnretainedValue()
    }
}

extension ClientSocket: TLSStreamUser {
    func secured() { if !hasGreeting { user.connected() } }

    func received(_ bytes: [UInt8]) { user.received(bytes[...]) }

    func ended() { user.ended() }

    func failed(_ failure: ClientFailure) { user.failed(failure) }
}

import CLibevent
import COpenSSL
import Glibc

/// What hears of a `TLSStream`. Each function may close it.
protocol TLSStreamUser: AnyObject {
    /// The handshake is done.
    func secured()
    /// The server has sent something.
    func received(_ bytes: [UInt8])
    /// The server sends no more.
    func ended()
    /// Nothing more comes.
    func failed(_ failure: ClientFailure)
}

/// TLS over a connected socket: libevent's bufferevent over OpenSSL.
@safe final class TLSStream {
    private unowned let user: any TLSStreamUser
    /// Nil once it is closed. It owns OpenSSL's session and the socket.
    private var stream: OpaquePointer?
    private var isSecured = false

    /// Begins the handshake on a socket, which it takes over; nil when the name cannot be one, or memory runs out, and
    /// then it does not.
    init?(_ loop: EventLoop, _ descriptor: Int32, _ peer: TLSPeer, _ user: any TLSStreamUser) {
        self.user = user
        guard let session = unsafe peer.client.session(with: peer.name) else { return nil }
        let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
        unsafe stream = unsafe bufferevent_openssl_socket_new(
            loop.base, descriptor, session, BUFFEREVENT_SSL_CONNECTING, options)
        // libevent has freed the session if it could not use it.
        guard let stream = unsafe stream else { return nil }
        // Unretained: `close` frees the bufferevent before the object is gone.
        unsafe bufferevent_setcb(
            stream, { _, context in unsafe TLSStream.from(context).read() }, nil,
            { _, what, context in unsafe TLSStream.from(context).happened(Int32(what)) },
            Unmanaged.passUnretained(self).toOpaque())
        unsafe bufferevent_enable(stream, Int16(EV_READ | EV_WRITE))
    }

    deinit { close() }

    /// Sends these bytes, once the handshake is done, behind all others.
    func send(_ bytes: [UInt8]) {
        // libevent copies them.
        _ = unsafe bufferevent_write(stream, bytes, bytes.count)
    }

    /// Closes the socket, without a farewell.
    func close() {
        if let stream = unsafe stream { unsafe bufferevent_free(stream) }
        unsafe stream = nil
    }

    private func read() {
        let input = unsafe bufferevent_get_input(stream)
        let count = unsafe evbuffer_get_length(input)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            // evbuffer_remove writes no more than it is told, and the buffer has that many bytes.
            length = unsafe max(0, Int(evbuffer_remove(input, buffer.baseAddress, count)))
        }
        if !bytes.isEmpty { user.received(bytes) }
    }

    private func happened(_ what: Int32) {
        if what & BEV_EVENT_CONNECTED != 0 {
            isSecured = true
            user.secured()
        } else if what & BEV_EVENT_EOF != 0, isSecured {
            user.ended()
        } else {
            user.failed(failure(errno))
        }
    }

    /// Why there is no handshake, or nothing more behind it; `code` is the errno. With TLS 1.3 a server looks at a
    /// client's certificate, or misses it, when the client takes the handshake for done.
    private func failure(_ code: Int32) -> ClientFailure {
        let session = unsafe bufferevent_openssl_get_ssl(stream)
        let verdict = unsafe SSL_get_verify_result(session)
        // OpenSSL has a verdict on what nobody wants to be verified, too.
        if !isSecured, verdict != Int(X509_V_OK), unsafe SSL_get_verify_mode(session) != SSL_VERIFY_NONE {
            // A static string.
            return .insecure(unsafe String(cString: X509_verify_cert_error_string(verdict)))
        }
        let error = unsafe bufferevent_get_openssl_error(stream)
        // libevent has put the kinds of error there too, which are small numbers: 5 is that of a system call.
        if error > 255 { return .insecure(TLSClient.reason(of: UInt(error))) }
        return isSecured ? .broken(code: code) : .insecure("the connection was closed during the handshake")
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> TLSStream {
        guard let context = unsafe context else { preconditionFailure("libevent lost the context of a TLS stream") }
        return unsafe Unmanaged<TLSStream>.fromOpaque(context).takeUnretainedValue()
    }
}

import COpenSSL
import Glibc

/// How Kapo speaks TLS with servers: OpenSSL's client, from TLS 1.2 on.
@safe package final class TLSClient {
    /// What OpenSSL could not do.
    package struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// Nil until it is needed: OpenSSL takes a megabyte to begin with.
    private var made: OpaquePointer?

    /// A client that takes any certificate.
    package init() {}

    /// A client that takes only a certificate which an authority has signed, for the name that is asked for. The
    /// authorities are those of a file (PEM), or else those of the host.
    package init(verifyingBy authorities: String?) throws(Failure) {
        guard let context = unsafe context else { throw Failure(description: Self.reason) }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let authorities {
            // OpenSSL reads the path during the call.
            let result = unsafe SSL_CTX_load_verify_file(context, authorities)
            guard result == 1 else { throw Failure(description: "\(authorities): \(Self.reason)") }
        } else {
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else { throw Failure(description: Self.reason) }
        }
    }

    deinit { if let made = unsafe made { unsafe SSL_CTX_free(made) } }

    private var context: OpaquePointer? {
        if unsafe made == nil {
            unsafe made = SSL_CTX_new(TLS_client_method())
            // A server that closes without a word is what checks meet; an answer has a length, or no need of one.
            if let made = unsafe made { unsafe SSL_CTX_set_options(made, kapo_SSL_OP_IGNORE_UNEXPECTED_EOF()) }
        }
        return unsafe made
    }

    /// The state of one connection, which whoever gets it frees; nil when the name is too long for one, or when memory
    /// runs out. A name is sent to the server (SNI), an address is not; either must be in a certificate that is
    /// verified.
    func session(with name: TLSPeer.Name) -> OpaquePointer? {
        // What is left of others' errors.
        ERR_clear_error()
        guard let context = unsafe context, let session = unsafe SSL_new(context) else { return nil }
        // OpenSSL copies the texts.
        let isSet =
            switch name {
            case .host(let host):
                unsafe kapo_SSL_set_tlsext_host_name(session, host) == 1 && SSL_set1_host(session, host) == 1
            case .address(let address):
                unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), address) == 1
            }
        if isSet { return unsafe session }
        unsafe SSL_free(session)
        return nil
    }

    /// OpenSSL's words for the oldest error that it has kept, which it forgets with all others.
    static var reason: String {
        let code = ERR_get_error()
        ERR_clear_error()
        return reason(of: code)
    }

    /// OpenSSL's words for an error.
    static func reason(of code: UInt) -> String {
        // An errno, with the highest of 32 bits set (ERR_SYSTEM_FLAG).
        if code & 0x8000_0000 != 0 {
            // strerror's string is copied at once.
            return unsafe String(cString: strerror(Int32(truncatingIfNeeded: code & 0x7fff_ffff)))
        }
        // A static string, or null.
        guard let text = unsafe ERR_reason_error_string(code) else { return "TLS error \(code)" }
        return unsafe String(cString: text)
    }
}

/// With whom TLS is spoken, and how.
package struct TLSPeer {
    /// Who the server should be.
    package enum Name: Equatable, Sendable {
        /// A name of DNS.
        case host(String)
        /// IPv4 or IPv6 in digits.
        case address(String)
    }

    let client: TLSClient
    let name: Name

    /// The peer of that name.
    package init(_ client: TLSClient, _ name: Name) {
        self.client = client
        self.name = name
    }
}

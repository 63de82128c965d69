import CLibevent
import Glibc

/// Where to connect to: an address with its port, or the path of a unix socket, in the kernel's form.
package struct SocketPlace: Hashable, Sendable {
    /// A sockaddr of some family.
    package let kernelForm: [UInt8]

    /// IPv4 or IPv6 in digits, without brackets, and a port from 1; nil when it is no address.
    package init?(address: String, port: UInt16) {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let text = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        // A storage is made to be written as a sockaddr of any family; libevent writes no more than `length` bytes.
        let result = unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe evutil_parse_sockaddr_port(text, $0, &length)
            }
        }
        guard result == 0 else { return nil }
        kernelForm = unsafe withUnsafeBytes(of: storage) { unsafe Array($0.prefix(Int(length))) }
    }

    /// The 4 bytes of an IPv4 address, or the 16 of one of IPv6, and a port from 1; nil for anything else.
    package init?(bytes: [UInt8], port: UInt16) {
        guard port > 0 else { return nil }
        switch bytes.count {
        case 4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            // The address is 4 bytes long.
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes) }
            kernelForm = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
        case 16:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            // The address is 16 bytes long.
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
            kernelForm = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
        default: return nil
        }
    }

    /// The path of a unix socket; nil when it is empty, has a zero byte or over 107 bytes.
    package init?(unixPath path: String) {
        let text = Array(path.utf8)
        guard 1...107 ~= text.count, !text.contains(0) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The path and a zero fit into the 108 bytes of sun_path.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: text + [0]) }
        kernelForm = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
    }

    /// A copy of what the kernel or libevent has filled in.
    init(_ address: UnsafePointer<sockaddr>, length: Int) {
        kernelForm = unsafe Array(UnsafeRawBufferPointer(start: address, count: length))
    }

    /// The address as 4 bytes of IPv4 or 16 of IPv6, first byte first; nil for a unix socket. They stand behind family
    /// and port in a sockaddr_in, and behind the flow label as well in a sockaddr_in6.
    package var addressBytes: [UInt8]? {
        switch kernelForm.count {
        case MemoryLayout<sockaddr_in>.size: Array(kernelForm[4..<8])
        case MemoryLayout<sockaddr_in6>.size: Array(kernelForm[8..<24])
        default: nil
        }
    }

    /// True for the path of a unix socket.
    var isUnix: Bool { kernelForm.count == MemoryLayout<sockaddr_un>.size }

    /// The port of an address, in network order behind the family.
    package var port: UInt16 { UInt16(kernelForm[2]) << 8 | UInt16(kernelForm[3]) }

    /// Opens a socket, non-blocking and close-on-exec, and begins to connect it. Returns its descriptor, which is
    /// connected, or will be writable when it is, or when it has failed; or else the errno.
    func connect() -> Result<Int32, ConnectFailure> {
        // Every family's sockaddr begins with sa_family_t, in the byte order of the host.
        let family = unsafe kernelForm.withUnsafeBytes { unsafe $0.loadUnaligned(as: sa_family_t.self) }
        let flags = Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC
        let descriptor = socket(Int32(family), flags, 0)
        guard descriptor >= 0 else { return .failure(ConnectFailure(code: errno)) }
        let result = unsafe kernelForm.withUnsafeBytes { bytes in
            // The array holds a sockaddr, and the kernel copies it during the call.
            guard let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return Int(unsafe Glibc.connect(descriptor, address, socklen_t(bytes.count)))
        }
        if result == 0 || errno == EINPROGRESS || errno == EINTR { return .success(descriptor) }
        let code = errno
        close(descriptor)
        return .failure(ConnectFailure(code: code))
    }

    /// The errno of a socket that could not be connected.
    struct ConnectFailure: Error {
        let code: Int32
    }
}

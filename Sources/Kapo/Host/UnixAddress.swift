import Glibc

/// The address of a unix socket: a path, or `@` and an abstract name.
struct UnixAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    /// Nil when it is empty, or longer than the 107 bytes that sockaddr_un has room for.
    init?(_ path: [UInt8]) {
        guard !path.isEmpty, path.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        // The path is shorter than the field, as checked above; the rest of it is zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: path)
            if path.first == UInt8(ascii: "@") { unsafe field[0] = 0 }
        }
        length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    }

    /// Calls `body` with the address in the kernel's form.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // A sockaddr_un is made to be read as a sockaddr; it lives through the call.
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}

import Glibc

/// An address to listen on: IPv4 or IPv6, written in digits. Names are not looked up.
package struct SocketAddress: Equatable, Sendable {
    /// As written: `0.0.0.0`, `::1`, `fe80::1%eth0`.
    package let text: String
    /// AF_INET or AF_INET6.
    let family: Int32
    private let bytes: [UInt8]
    private let scope: UInt32

    /// Every IPv4 address of this host.
    package static let any = SocketAddress(text: "0.0.0.0", family: AF_INET, bytes: [0, 0, 0, 0], scope: 0)

    private init(text: String, family: Int32, bytes: [UInt8], scope: UInt32) {
        self.text = text
        self.family = family
        self.bytes = bytes
        self.scope = scope
    }

    /// Reads an address; nil when it is none, or names an interface that does not exist.
    package init?(_ text: String) {
        // C would stop reading at a zero.
        if text.utf8.contains(0) { return nil }
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = String(parts[0])
        if parts.count == 1, let bytes = Self.bytes(AF_INET, digits, count: 4) {
            self.init(text: text, family: AF_INET, bytes: bytes, scope: 0)
        } else if let bytes = Self.bytes(AF_INET6, digits, count: 16) {
            // if_nametoindex reads the string it is given, and keeps nothing.
            let scope = parts.count == 2 ? unsafe if_nametoindex(String(parts[1])) : 0
            if parts.count == 2 && scope == 0 { return nil }
            self.init(text: text, family: AF_INET6, bytes: bytes, scope: scope)
        } else {
            return nil
        }
    }

    private static func bytes(_ family: Int32, _ text: String, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        // inet_pton writes 4 or 16 bytes, as the family says.
        return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    /// Calls `body` with the address in the kernel's form.
    func withSockaddr<Result>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var storage = sockaddr_storage()
        let length: Int
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes) }
            length = MemoryLayout<sockaddr_in>.size
            unsafe withUnsafeMutableBytes(of: &storage) { storage in
                unsafe withUnsafeBytes(of: address) { unsafe storage.copyMemory(from: $0) }
            }
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
            length = MemoryLayout<sockaddr_in6>.size
            unsafe withUnsafeMutableBytes(of: &storage) { storage in
                unsafe withUnsafeBytes(of: address) { unsafe storage.copyMemory(from: $0) }
            }
        }
        return try unsafe asSockaddr(&storage) { (pointer) throws(SystemError) in
            try unsafe body(pointer, socklen_t(length))
        }
    }
}

/// Calls `body` with the storage as the type that socket calls want.
func asSockaddr<Result>(
    _ storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) throws(SystemError) -> Result
) throws(SystemError) -> Result {
    // sockaddr_storage is made to be read as a sockaddr of any family.
    let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer -> Swift.Result<Result, SystemError> in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            do throws(SystemError) { return .success(try unsafe body(address)) } catch { return .failure(error) }
        }
    }
    return try result.get()
}

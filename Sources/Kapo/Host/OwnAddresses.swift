import Glibc

/// The addresses of this host.
package enum OwnAddresses {
    /// Those that its interfaces have right now: 4 bytes of IPv4 each, or 16 of IPv6. Empty when the kernel does not
    /// say.
    package static func read() -> Set<[UInt8]> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        // The list is the C library's until it is freed; what is wanted of it is copied.
        defer { unsafe freeifaddrs(list) }
        var addresses: Set<[UInt8]> = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ifa_addr, let bytes = unsafe bytes(of: address) {
                addresses.insert(bytes)
            }
            unsafe next = unsafe entry.pointee.ifa_next
        }
        return addresses
    }

    private static func bytes(of address: UnsafeMutablePointer<sockaddr>) -> [UInt8]? {
        // The family says of what type the rest is, and how long.
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET:
            return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                unsafe withUnsafeBytes(of: four.pointee.sin_addr) { unsafe Array($0) }
            }
        case AF_INET6:
            return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                unsafe withUnsafeBytes(of: six.pointee.sin6_addr) { unsafe Array($0) }
            }
        default: return nil
        }
    }
}

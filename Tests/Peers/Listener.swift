import Glibc
import Loop

/// A socket that listens, and its place.
package struct Listener {
    /// Whoever has it closes it.
    package let descriptor: Int32
    package let place: SocketPlace
    /// 0 for a unix socket.
    package let port: UInt16

    /// A system call that failed while a test was set up.
    package struct SetUpError: Error {
        package let call: String
        package let code: Int32
    }

    /// On a port that the kernel chooses, or on a path. With a backlog of 0 the kernel takes one connection, and lets
    /// the next wait.
    package init(_ address: String = "127.0.0.1", _ path: String? = nil, backlog: Int32 = 16) throws {
        let family = path != nil ? AF_UNIX : address.contains(":") ? AF_INET6 : AF_INET
        let flags = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(family, Int32(flags), 0)
        guard descriptor >= 0 else { throw SetUpError(call: "socket", code: errno) }
        let wanted = path.map { SocketPlace(unixPath: $0) } ?? SocketPlace(address: address, port: 1)
        guard var bytes = wanted?.kernelForm else { throw SetUpError(call: "an address", code: EINVAL) }
        // The port: 0 lets the kernel choose.
        if path == nil { bytes.replaceSubrange(2..<4, with: [0, 0]) }
        // The array holds a sockaddr of that family, which the kernel reads, and then writes, during the calls.
        let port: UInt16 = try unsafe bytes.withUnsafeMutableBytes { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return 0 }
            var length = socklen_t(bytes.count)
            guard unsafe bind(descriptor, base, length) == 0, listen(descriptor, backlog) == 0 else {
                throw SetUpError(call: "bind", code: errno)
            }
            unsafe getsockname(descriptor, base, &length)
            return unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
        }
        let place = path.map { SocketPlace(unixPath: $0) } ?? SocketPlace(address: address, port: port)
        guard let place else { throw SetUpError(call: "an address", code: EINVAL) }
        (self.descriptor, self.place, self.port) = (descriptor, place, path == nil ? port : 0)
    }
}

import CLinux
import Glibc

/// The path of a unix socket in a form that fits into a socket's address, which has 108 bytes for it (unix(7)). A
/// longer path goes by way of its directory, which stays open as long as this value is there:
/// `/proc/self/fd/7/immortal.sock`.
package struct SocketName: ~Copyable {
    /// Bytes of a path, without the zero behind it.
    private static let room = 107

    /// The path to bind or to connect to.
    package let path: Word
    private let directory: Descriptor?

    /// The name for the socket at `path`. ENAMETOOLONG when its last part alone is too long.
    package init(_ path: Word) throws(SystemError) {
        guard path.bytes.count > Self.room, let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else {
            guard path.bytes.count <= Self.room else { throw SystemError("bind", ENAMETOOLONG) }
            self.path = path
            directory = nil
            return
        }
        let number = unsafe withPath(Word(bytes: Array(path.bytes[...slash]))) { unsafe kapo_open_directory($0) }
        guard number >= 0 else { throw SystemError("open") }
        let directory = Descriptor(owning: number)
        let short = Array("/proc/self/fd/\(number)".utf8) + path.bytes[slash...]
        guard short.count <= Self.room else { throw SystemError("bind", ENAMETOOLONG) }
        self.path = Word(bytes: short)
        self.directory = consume directory
    }

    /// Calls `body` with the address, and its length.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The path and a zero fit into the field.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.bytes + [0]) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            // A sockaddr_un is a sockaddr to the kernel, which is told its length.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

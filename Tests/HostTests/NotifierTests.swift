import Glibc
import Testing

@testable import Host

@Suite("The notifier")
struct NotifierTests {
    /// A service manager's end: a datagram socket bound to that address, a zero byte first for an abstract one.
    private static func receiver(_ path: [UInt8]) throws -> Descriptor {
        let receiver = Descriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0))
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        // The path of a sockaddr_un stands behind the two bytes of the family, and is shorter than the storage.
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            for (index, byte) in path.enumerated() { unsafe bytes[2 + index] = byte }
        }
        try unsafe asSockaddr(&storage) { (address) throws(SystemError) in
            guard unsafe bind(receiver.number, address, socklen_t(2 + path.count)) == 0 else {
                throw SystemError("bind")
            }
        }
        return receiver
    }

    /// The next message, which must be there within 20 seconds.
    private static func message(_ receiver: borrowing Descriptor) -> String? {
        var wanted = pollfd(fd: receiver.number, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 4096)
        // poll and recv read and fill what is passed to them during the call only.
        guard unsafe poll(&wanted, 1, 20_000) == 1 else { return nil }
        let count = unsafe recv(receiver.number, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("messages arrive at a socket in the file system, one by one")
    func file() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        let receiver = try Self.receiver(Array(path.utf8))
        let notifier = Notifier(path: path)
        let sent = [notifier?.send("READY=1"), notifier?.send("STATUS=naïve 👍\nSTOPPING=1")]
        #expect(sent == [true, true])
        #expect(Self.message(receiver) == "READY=1")
        #expect(Self.message(receiver) == "STATUS=naïve 👍\nSTOPPING=1")
    }

    @Test("messages arrive at an abstract socket")
    func abstract() throws {
        let name = "kapo-notifier-test-\(getpid())"
        let receiver = try Self.receiver([0] + Array(name.utf8))
        let sent = Notifier(path: "@" + name)?.send("READY=1")
        #expect(sent == true)
        #expect(Self.message(receiver) == "READY=1")
    }

    @Test("a manager that is gone is told of, and is no error")
    func gone() throws {
        let directory = try TemporaryDirectory()
        let notifier = Notifier(path: directory.path + "/nobody")
        let sent = notifier?.send("READY=1")
        #expect(sent == false)
    }

    @Test("a manager that does not read costs messages, not time")
    func full() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        let receiver = try Self.receiver(Array(path.utf8))
        let notifier = Notifier(path: path)
        for number in 0..<10_000 {
            let sent = notifier?.send("STATUS=\(number)")
            #expect(sent == true)
        }
        #expect(Self.message(receiver) == "STATUS=0")
    }

    @Test("what is no address is none", arguments: ["", "/", "@", "relative/path", "vsock:2:1", "abstract", " /run/x"])
    func nonsense(_ path: String) {
        let isNone = Notifier(path: path) == nil
        #expect(isNone)
    }

    @Test("a path has 107 bytes at most, as sockaddr_un has room for")
    func longest() {
        let fits = Notifier(path: "/" + String(repeating: "x", count: 106)) != nil
        let isTooLong = Notifier(path: "/" + String(repeating: "x", count: 107)) == nil
        #expect(fits)
        #expect(isTooLong)
    }
}

import Glibc

/// The directory of one service, which its supervisor alone has: `PARENT/NAME`, with the files `lock` and
/// `immortal.sock`.
///
/// The lock is flock(2)'s on the file `lock`, so that it ends with the process, however that ends, and no command
/// inherits it. Everything else in the directory is made and removed by who holds the lock.
package struct ControlDirectory: ~Copyable {
    /// Why there is no directory, or no socket in it, in words for people.
    package struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// The names of the two files.
    package static let lockName = "lock"
    package static let socketName = "immortal.sock"
    /// Others may remove a directory just when it is opened: so often it is made anew.
    private static let attempts = 10

    /// `PARENT/NAME`.
    package let path: Word
    /// `PARENT/NAME/immortal.sock`.
    package var socketPath: Word { Self.join(path, Self.socketName) }
    /// The open directory, for files that are to be beside the socket.
    package var number: Int32 { directory.number }

    private let directory: Descriptor
    private let lock: Descriptor

    /// Makes the directory, and its parents, where they are missing, and locks it. It is this user's alone (0700) until
    /// `listen` widens that. One that is a symbolic link, or belongs to another user, is an error; so is one that is
    /// locked, and the error tells by which process, if that is known.
    package init(_ parent: Word, name: String) throws(Failure) {
        guard 1...255 ~= name.utf8.count, name != ".", name != "..",
            !name.utf8.contains(where: { $0 == 0x2f || $0 == 0 })
        else {
            throw Failure(
                description:
                    "'\(name)' cannot name a service: allowed are 1 to 255 bytes without a slash, but not . or ..")
        }
        self = try Self.acquire(Self.join(parent, name))
    }

    private init(_ path: Word, _ directory: consuming Descriptor, _ lock: consuming Descriptor) {
        self.path = path
        self.directory = directory
        self.lock = lock
    }

    private static func acquire(_ path: Word) throws(Failure) -> ControlDirectory {
        for _ in 0..<attempts {
            try make(path)
            guard let directory = try open(path) else { continue }
            guard let lock = try lock(in: directory.number, path) else { continue }
            // Not before: it is somebody else's to widen while they hold the lock.
            guard fchmod(directory.number, 0o700) == 0 else { throw failure("chmod", path) }
            return ControlDirectory(path, directory, lock)
        }
        throw Failure(description: "\(path.text) is removed again and again by somebody else")
    }

    private static func join(_ parent: Word, _ name: String) -> Word {
        Word(bytes: parent.bytes + (parent.bytes.last == 0x2f ? [] : [0x2f]) + Array(name.utf8))
    }

    /// The failure of a call on something, as of the errno of right now.
    private static func failure(_ call: String, _ path: Word) -> Failure {
        Failure(description: "\(path.text): \(SystemError(call))")
    }

    // MARK: Making and locking

    /// mkdir(2) of the path and of its parents: 0755 for those, 0700 for itself.
    private static func make(_ path: Word) throws(Failure) {
        for end in path.bytes.indices.dropFirst() where path.bytes[end] == 0x2f {
            let parent = Word(bytes: Array(path.bytes[..<end]))
            if File.exists(parent) { continue }
            let result = unsafe withPath(parent) { unsafe mkdir($0, 0o755) }
            guard result == 0 || errno == EEXIST else { throw failure("mkdir", parent) }
        }
        try checkParent(of: path)
        let result = unsafe withPath(path) { unsafe mkdir($0, 0o700) }
        guard result == 0 || errno == EEXIST else { throw failure("mkdir", path) }
    }

    /// Whoever owns the directory above could put another one in place of ours at any moment, or a link. As with
    /// `sudo` where HOME stays that of the caller.
    private static func checkParent(of path: Word) throws(Failure) {
        guard let slash = path.bytes.lastIndex(of: 0x2f), slash > 0 else { return }
        let parent = Word(bytes: Array(path.bytes[..<slash]))
        guard let owner = File.owner(parent), owner != 0, owner != geteuid() else { return }
        throw Failure(
            description: "\(parent.text) belongs to user \(owner); it must belong to user \(geteuid()), as whom Kapo "
                + "runs, or to root")
    }

    /// The directory; nil when it was removed meanwhile.
    private static func open(_ path: Word) throws(Failure) -> Descriptor? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe withPath(path) { unsafe Glibc.open($0, flags) }
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            guard errno == ENOTDIR || errno == ELOOP else { throw failure("open", path) }
            throw Failure(description: "\(path.text) is no directory; a symbolic link to one will not do")
        }
        let directory = Descriptor(owning: number)
        var status = stat()
        // The kernel fills the struct during the call.
        guard unsafe fstat(number, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_uid == geteuid() else {
            throw Failure(
                description: "\(path.text) belongs to user \(status.st_uid); it must belong to user \(geteuid()), "
                    + "as whom Kapo runs")
        }
        return directory
    }

    /// The lock, held; nil when the file was removed meanwhile.
    private static func lock(in directory: Int32, _ path: Word) throws(Failure) -> Descriptor? {
        let place = join(path, lockName)
        // O_NONBLOCK: to open a FIFO would wait. Names live through the calls, here and below.
        let number = unsafe openat(directory, lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", place)
        }
        let lock = Descriptor(owning: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw failure("flock", place) }
            let holder = holder(number).map { " (process \($0))" } ?? ""
            throw Failure(description: "\(path.text) belongs to a supervisor that runs\(holder)")
        }
        var status = stat()
        // The kernel fills the struct during the call.
        guard unsafe fstat(number, &status) == 0 else { throw failure("fstat", place) }
        // Who held the lock before has removed the file: another may be there already, and be locked.
        if status.st_nlink == 0 { return nil }
        let text = Array("\(getpid())\n".utf8)
        // The kernel reads the array during the call.
        guard ftruncate(number, 0) == 0, unsafe pwrite(number, text, text.count, 0) == text.count else {
            throw failure("write", place)
        }
        return lock
    }

    /// The pid in a lock file; nil when there is none yet.
    private static func holder(_ lock: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe pread(lock, &bytes, bytes.count, 0)
        return Int32(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 0x0a }, as: UTF8.self))
    }

    // MARK: The socket

    /// Opens the socket, in place of one that a supervisor has left behind, and then lets those use it who may.
    package func listen(_ access: ControlAccess) throws(Failure) -> ListeningSocket {
        do throws(SystemError) {
            let socket = try open()
            try widen(access)
            return socket
        } catch {
            throw Failure(description: "\(socketPath.text): \(error)")
        }
    }

    private func open() throws(SystemError) -> ListeningSocket {
        guard unsafe unlinkat(number, Self.socketName, 0) == 0 || errno == ENOENT else { throw SystemError("unlink") }
        let name = try SocketName(socketPath)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard socket >= 0 else { throw SystemError("socket") }
        let descriptor = Descriptor(owning: socket)
        guard unsafe name.withSockaddr({ unsafe bind(socket, $0, $1) }) == 0 else { throw SystemError("bind") }
        guard Glibc.listen(socket, ListeningSocket.backlog) == 0 else { throw SystemError("listen") }
        return try ListeningSocket(descriptor)
    }

    /// Sets owners and permissions, those of the directory last: until then nobody else gets to the socket.
    private func widen(_ access: ControlAccess) throws(SystemError) {
        if let group = access.group {
            let same = uid_t.max
            guard unsafe fchownat(number, Self.socketName, same, group, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw SystemError("chown")
            }
            guard fchown(number, same, group) == 0 else { throw SystemError("chown") }
        }
        guard unsafe fchmodat(number, Self.socketName, access.mode, 0) == 0 else { throw SystemError("chmod") }
        guard fchmod(number, access.directoryMode) == 0 else { throw SystemError("chmod") }
    }

    /// Removes the socket, and the directory too if nothing is in it but the lock; the lock is held until this value is
    /// gone.
    package func remove() {
        unsafe unlinkat(number, Self.socketName, 0)
        let others = File.names(in: path).filter { ![".", "..", Self.lockName].contains($0.text) }
        guard others.isEmpty else { return }
        unsafe unlinkat(number, Self.lockName, 0)
        _ = unsafe withPath(path) { unsafe rmdir($0) }
    }
}

import CLinux
import Glibc

/// Where a supervised service has its control socket: `immortal.sock` in a directory that bears its name, beside the
/// `lock` that whoever supervises it holds by flock(2). The layout is immortal's.
package struct ServicePlace: Equatable, Sendable {
    private static let socketName = "immortal.sock"
    private static let lockName = "lock"

    /// The directory of all services.
    package let parent: Word
    /// The name of this one's directory.
    package let directory: Word

    /// The name, for people.
    package var name: String { directory.text }
    /// The path of the socket.
    package var socket: Word { Word(bytes: path + Array("/\(Self.socketName)".utf8)) }

    private var path: [UInt8] { parent.bytes + [UInt8(ascii: "/")] + directory.bytes }

    /// The services in each of these directories, in no order; a directory that is there twice counts once. One that is
    /// not there, or cannot be read, has none. No link is followed below them.
    package static func all(in parents: [Word]) -> [ServicePlace] {
        var seen: Set<FileIdentity> = []
        return parents.flatMap { parent in
            guard let identity = FileIdentity(parent), seen.insert(identity).inserted else { return [ServicePlace]() }
            return File.names(in: parent).filter { ![".", ".."].contains($0.text) }
                .map { ServicePlace(parent: parent, directory: $0) }.filter(\.hasSocket)
        }
    }

    private var hasSocket: Bool {
        guard let open = Self.open(Word(bytes: path)) else { return false }
        return Self.kind(of: Self.socketName, in: open.number) == S_IFSOCK
    }

    /// The open directory, by which its socket can be connected to as `/proc/self/fd/N/immortal.sock`, however long or
    /// odd its path is; nil when it is gone.
    package func open() -> Descriptor? {
        Self.open(Word(bytes: path))
    }

    /// The path of the socket below a directory that `open` has opened.
    package static func socket(in directory: Int32) -> String { "/proc/self/fd/\(directory)/\(socketName)" }

    // MARK: Purging

    /// Removes the directory of a service whose supervisor has died: its socket, its lock and itself. Not if there is
    /// anything else in it, nor if somebody holds the lock, nor if there is none. Returns whether it is gone.
    @discardableResult
    package func purge() -> Bool {
        guard let parent = Self.open(parent, follows: true),
            let opened = Self.open(directory, in: parent.number),
            Set(File.names(in: Word("/proc/self/fd/\(opened.number)")).map(\.text))
                == [".", "..", Self.socketName, Self.lockName],
            Self.kind(of: Self.socketName, in: opened.number) == S_IFSOCK,
            let lock = Self.lock(in: opened.number)
        else { return false }
        let isGone =
            Self.remove(Self.socketName, from: opened.number) && Self.remove(Self.lockName, from: opened.number)
            && Self.remove(directory, from: parent.number, isDirectory: true)
        // Held until here: nobody begins to supervise in a directory that is about to go.
        _ = consume lock
        return isGone
    }

    /// The lock, held until it is closed; nil when somebody else holds it, or it is no regular file, or another by now.
    private static func lock(in directory: Int32) -> Descriptor? {
        let number = unsafe openat(directory, lockName, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let lock = Descriptor(owning: number)
        guard kind(of: lockName, in: directory) == S_IFREG, kapo_lock(number) == 0 else { return nil }
        guard FileIdentity(number) == FileIdentity(Word(lockName), in: directory) else { return nil }
        return lock
    }

    private static func open(_ path: Word, in parent: Int32 = AT_FDCWD, follows: Bool = false) -> Descriptor? {
        // `/.` behind a link leads to what it links.
        let path = follows ? Word(bytes: path.bytes + Array("/.".utf8)) : path
        let number = unsafe withPath(path) { unsafe kapo_open_directory_at(parent, $0) }
        return number >= 0 ? Descriptor(owning: number) : nil
    }

    /// The kind of file that is there, a link being one of its own: `S_IFSOCK`, `S_IFREG`; nil when there is none.
    private static func kind(of name: String, in directory: Int32) -> mode_t? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW)
        return result == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func remove(_ name: String, from directory: Int32) -> Bool {
        remove(Word(name), from: directory, isDirectory: false)
    }

    private static func remove(_ name: Word, from directory: Int32, isDirectory: Bool) -> Bool {
        // unlinkat follows no link, and removes no directory that has something in it.
        unsafe withPath(name) { unsafe unlinkat(directory, $0, isDirectory ? AT_REMOVEDIR : 0) } == 0
    }
}

/// Which file it is, whatever its names are.
private struct FileIdentity: Hashable {
    let device: UInt64
    let number: UInt64

    /// The file at the path, or what it links to, as long as that is so; nil when there is none.
    init?(_ path: Word, in directory: Int32? = nil) {
        var status = stat()
        // The kernel fills the struct during the call. A lock that is a link is none.
        let flags = directory == nil ? 0 : AT_SYMLINK_NOFOLLOW
        let result = unsafe withPath(path) { unsafe fstatat(directory ?? AT_FDCWD, $0, &status, flags) }
        guard result == 0 else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// The file that is open.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}

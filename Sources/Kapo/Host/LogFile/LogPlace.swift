import Glibc

/// The path of a log file, as the kernel wants it.
struct LogPlace {
    let path: Word
    /// The open directory at which a relative path begins; nil for the working directory.
    let directory: Int32?

    /// What tells a file from all others.
    struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t

        init(_ status: stat) {
            device = status.st_dev
            inode = status.st_ino
        }
    }

    private var base: Int32 { directory ?? AT_FDCWD }

    /// The path with something behind it: `.1`.
    func with(_ suffix: String) -> LogPlace {
        LogPlace(path: Word(bytes: path.bytes + Array(suffix.utf8)), directory: directory)
    }

    /// Opens it for appending; makes it if it is not there. Never waits for the reader of a FIFO: one without a reader
    /// is kept open for both, and holds what it can until somebody reads.
    ///
    /// A symbolic link is followed only if it is this user's or root's (ELOOP): who may write in a directory of logs
    /// could otherwise have Kapo write to any file.
    func open() throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try open(O_NOFOLLOW)
        } catch {
            guard error.code == ELOOP, leadsThroughOwnLinks else { throw error }
            return try open(0)
        }
    }

    private func open(_ more: Int32) throws(SystemError) -> Descriptor {
        let flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | more
        var number = openFile(O_WRONLY | flags)
        if number < 0 && errno == ENXIO, let status, status.st_mode & S_IFMT == S_IFIFO {
            number = openFile(O_RDWR | flags)
        }
        guard number >= 0 else { throw SystemError("open") }
        return Descriptor(owning: number)
    }

    private func openFile(_ flags: Int32) -> Int32 {
        let number = unsafe withPath(path) { path in
            retryingOnInterrupt { unsafe Int(openat(base, path, flags, 0o644)) }
        }
        return Int32(number)
    }

    /// What the kernel knows of it, links followed; nil when it is not there, or that cannot be found out.
    var status: stat? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe withPath(path) { unsafe fstatat(base, $0, &status, 0) }
        return result == 0 ? status : nil
    }

    /// The last byte of the file; nil when it is empty or cannot be read.
    func lastByte(of size: Int) -> UInt8? {
        guard size > 0 else { return nil }
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let number = unsafe withPath(path) { unsafe openat(base, $0, flags) }
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        var byte: UInt8 = 0
        // The kernel writes at most one byte.
        return unsafe pread(file.number, &byte, 1, size - 1) == 1 ? byte : nil
    }

    /// The place to which symbolic links at this path lead: rotated files belong beside the file, not beside the link.
    var resolved: LogPlace { way.last ?? self }

    /// This place, if a link is there the one that it leads to, and so on.
    private var way: [LogPlace] {
        var way = [self]
        // As many as the kernel follows; more of them could not have been opened.
        while way.count <= 40, let place = way.last, let target = place.target {
            if target.first == UInt8(ascii: "/") {
                way.append(LogPlace(path: Word(bytes: target), directory: directory))
            } else {
                let parent = place.path.bytes.lastIndex(of: UInt8(ascii: "/")).map { place.path.bytes[...$0] } ?? []
                way.append(LogPlace(path: Word(bytes: parent + target), directory: directory))
            }
        }
        return way
    }

    /// True when no link on the way is that of a user other than this one and root.
    private var leadsThroughOwnLinks: Bool {
        way.allSatisfy { place in
            var status = stat()
            // The kernel fills the struct during the call.
            let result = unsafe withPath(place.path) { unsafe fstatat(base, $0, &status, AT_SYMLINK_NOFOLLOW) }
            let isLink = result == 0 && status.st_mode & S_IFMT == S_IFLNK
            return !isLink || status.st_uid == 0 || status.st_uid == geteuid()
        }
    }

    /// What the link at this path says; nil when it is none.
    private var target: [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let start = unsafe start else { return -1 }
            return unsafe withPath(path) { unsafe readlinkat(base, $0, start, buffer.count) }
        }
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Renames the file; that there is none is no error.
    func rename(to other: LogPlace) throws(SystemError) {
        let result = unsafe withPath(path) { old in
            unsafe withPath(other.path) { unsafe renameat(base, old, other.base, $0) }
        }
        guard result == 0 || errno == ENOENT else { throw SystemError("rename") }
    }

    /// Removes the file; that there is none is no error.
    func remove() throws(SystemError) {
        let result = unsafe withPath(path) { unsafe unlinkat(base, $0, 0) }
        guard result == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }
}

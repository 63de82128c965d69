import Glibc

/// Small files, read at once.
package enum File {
    /// The first `limit` bytes of the file at `path`. Never blocks on a FIFO, never follows past the limit.
    package static func read(_ path: Word, limit: Int) throws(SystemError) -> [UInt8] {
        let number = unsafe withPath(path) { path in
            retryingOnInterrupt { unsafe Int(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) }
        }
        guard number >= 0 else { throw SystemError("open") }
        let file = Descriptor(owning: Int32(number))
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let room = min(limit - bytes.count, 4096)
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                // The kernel writes at most `room` bytes into the array's own storage.
                let base = buffer.baseAddress
                let got = retryingOnInterrupt { unsafe Glibc.read(file.number, base, room) }
                count = max(0, got)
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }

    /// The whole of a regular file; a relative path begins at the open directory, or at the working directory. Nil when
    /// it is no regular file; EFBIG when it is longer than `limit` bytes.
    package static func contents(
        of path: Word, in directory: Int32? = nil, limit: Int
    ) throws(SystemError) -> [UInt8]? {
        try whole(path, in: directory, limit: limit)?.bytes
    }

    /// The same, with the user whose file it is, and when it was written last in nanoseconds since 1970: all of one
    /// file, whatever happens to the path meanwhile. A link at the path is an error (ELOOP) unless it is to be
    /// followed.
    package static func whole(
        _ path: Word, in directory: Int32? = nil, limit: Int, followsLink: Bool = true
    ) throws(SystemError) -> (bytes: [UInt8], owner: UInt32, modified: Int64)? {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLink ? 0 : O_NOFOLLOW)
        let number = unsafe withPath(path) { path in
            retryingOnInterrupt { unsafe Int(openat(directory ?? AT_FDCWD, path, flags)) }
        }
        guard number >= 0 else { throw SystemError("open") }
        let file = Descriptor(owning: Int32(number))
        var status = stat()
        // The kernel fills the struct during the call.
        guard unsafe fstat(file.number, &status) == 0 else { throw SystemError("fstat") }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        // Ends: at the end of the file, or beyond the limit.
        while bytes.count <= limit {
            // The kernel writes at most as many bytes as the array has.
            let count = retryingOnInterrupt { unsafe Glibc.read(file.number, &chunk, chunk.count) }
            guard count >= 0 else { throw SystemError("read") }
            if count == 0 {
                let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
                return (bytes, status.st_uid, modified)
            }
            bytes += chunk.prefix(count)
        }
        throw SystemError("read", EFBIG)
    }

    /// What the symbolic link at `path` says, or nil.
    package static func link(_ path: Word) -> [UInt8]? {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            // A path is bytes here and chars there: the same memory.
            let base = unsafe UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            guard let base = unsafe base else { return }
            let got = unsafe withPath(path) { unsafe readlink($0, base, Int(PATH_MAX)) }
            count = max(0, got)
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// True when a regular file is there.
    package static func isRegular(_ path: Word) -> Bool {
        var status = stat()
        let result = unsafe withPath(path) { unsafe stat($0, &status) }
        return result == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// True when anything is there; a relative path begins at the open directory, or at the working directory.
    package static func exists(_ path: Word, in directory: Int32? = nil) -> Bool {
        unsafe withPath(path) { unsafe faccessat(directory ?? AT_FDCWD, $0, F_OK, 0) } == 0
    }

    /// The names in the directory at `path`, in no order; empty when it cannot be read.
    package static func names(in path: Word) -> [Word] {
        guard let directory = unsafe withPath(path, { unsafe opendir($0) }) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [Word] = []
        // The entry is valid until the next readdir of this directory; its name is copied at once.
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            names.append(Word(bytes: name))
        }
        return names
    }

    /// How many entries the directory at `path` has; nil when it cannot be read, or has more than `most`.
    package static func count(in path: Word, most: Int) -> Int? {
        guard let directory = unsafe withPath(path, { unsafe opendir($0) }) else { return nil }
        defer { unsafe closedir(directory) }
        // `.` and `..` come too. Ends: each turn counts one more, up to the limit.
        var count = -2
        while unsafe readdir(directory) != nil {
            count += 1
            if count > most { return nil }
        }
        return max(0, count)
    }

    /// The user whose file or directory it is at `path`, links followed; nil when there is none.
    package static func owner(_ path: Word) -> UInt32? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe withPath(path) { unsafe stat($0, &status) }
        return result == 0 ? status.st_uid : nil
    }

    /// What the kernel says is the size of the file or directory at `path`, in bytes as a rule; nil when there is none.
    package static func size(_ path: Word) -> Int? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe withPath(path) { unsafe stat($0, &status) }
        return result == 0 ? Int(status.st_size) : nil
    }
}

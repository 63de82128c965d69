import Glibc

/// The files of one kind in a directory, and what tells whether one has changed.
package enum DirectoryMarks {
    /// What changes with the contents of a file, or with the file that a name stands for.
    package struct Mark: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
        let bytes: Int64
        /// Of the contents and of the entry, in nanoseconds since 1970. The kernel's steps are up to 10 ms.
        let modified: Int64
        let changed: Int64
    }

    /// The marks of the regular files whose names end in `suffix`, links followed. Names that begin with a dot are left
    /// out: editors put their drafts there. Throws when the directory cannot be read, which does not mean that it is
    /// empty; a file that goes in the meantime is left out.
    package static func read(_ path: Word, suffix: String = ".yml") throws(SystemError) -> [Word: Mark] {
        guard let directory = unsafe withPath(path, { unsafe opendir($0) }) else { throw SystemError("opendir") }
        defer { unsafe closedir(directory) }
        let number = unsafe dirfd(directory)
        let ending = Array(suffix.utf8)
        var marks: [Word: Mark] = [:]
        errno = 0
        // The entry is valid until the next readdir of this directory; its name is copied at once.
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            let isOfKind = name.count > ending.count && name.suffix(ending.count).elementsEqual(ending)
            if isOfKind, name.first != UInt8(ascii: ".") {
                let name = Word(bytes: name)
                marks[name] = mark(of: name, in: number)
            }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir") }
        return marks
    }

    private static func mark(of name: Word, in directory: Int32) -> Mark? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe withPath(name) { unsafe fstatat(directory, $0, &status, 0) }
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let nanoseconds = { (time: timespec) in Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
        return Mark(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
    }
}

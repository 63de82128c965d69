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

        /// True when every change after this time, in nanoseconds since 1970, gives another mark. It does not as long
        /// as the kernel's clock for files may not have moved on since; some file systems know whole seconds, or two.
        func isSettled(at now: Int64) -> Bool {
            let step: Int64 = changed % 1_000_000_000 == 0 ? 2_000_000_000 : 20_000_000
            return changed < now - step
        }
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
        try unsafe DirectoryNames.read(directory) { name in
            let isOfKind = name.bytes.count > ending.count && name.bytes.suffix(ending.count).elementsEqual(ending)
            if isOfKind { marks[name] = mark(of: name, in: number) }
        }
        return marks
    }

    /// The mark of a regular file in an open directory; nil when there is none. A link is none, unless it is followed.
    static func mark(of name: Word, in directory: Int32, followsLink: Bool = true) -> Mark? {
        var status = stat()
        // The kernel fills the struct during the call.
        let result = unsafe withPath(name) {
            unsafe fstatat(directory, $0, &status, followsLink ? 0 : AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let nanoseconds = { (time: timespec) in Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
        return Mark(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
    }
}

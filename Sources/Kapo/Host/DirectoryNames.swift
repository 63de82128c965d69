import Glibc

/// The names in a directory that is open.
enum DirectoryNames {
    /// Calls `body` with each name, but for those that begin with a dot.
    static func read(in directory: Int32, _ body: (Word) -> Void) throws(SystemError) {
        // A place in the directory of its own: readers of a duplicate would share one.
        let number = unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open") }
        guard let stream = unsafe fdopendir(number) else {
            let error = SystemError("fdopendir")
            close(number)
            throw error
        }
        // It closes the descriptor too.
        defer { unsafe closedir(stream) }
        try unsafe read(stream, body)
    }

    /// The same from a stream on.
    static func read(_ stream: OpaquePointer, _ body: (Word) -> Void) throws(SystemError) {
        errno = 0
        // The entry is valid until the next readdir of this directory; its name is copied at once.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name.first != UInt8(ascii: ".") { body(Word(bytes: name)) }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir") }
    }
}

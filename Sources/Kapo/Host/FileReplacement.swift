import Glibc

extension File {
    /// Writes a file whole: as a draft beside it, `NAME.PID.new` if it is given no other name, which then takes its
    /// place. Who reads `path` sees the old bytes or the new ones. A link at `path` is replaced, not followed. The mode
    /// does not depend on the umask. A relative path begins at the open directory, or at the working directory. ext4
    /// writes out what replaces a file, which takes it milliseconds.
    package static func replace(
        _ path: Word, with bytes: [UInt8], mode: UInt32 = 0o644, in directory: Int32? = nil, draft: Word? = nil
    ) throws(SystemError) {
        let place = directory ?? AT_FDCWD
        let temporary = draft ?? path + ".\(getpid()).new"
        // Only a process that had our pid and was killed in the middle can have left one of this name.
        _ = unsafe withPath(temporary) { unsafe unlinkat(place, $0, 0) }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe withPath(temporary) { unsafe openat(place, $0, flags, mode) }
        guard number >= 0 else { throw SystemError("open") }
        do throws(SystemError) {
            let file = Descriptor(owning: number)
            guard fchmod(file.number, mode) == 0 else { throw SystemError("fchmod") }
            try write(bytes, to: file)
            let moved = unsafe withPath(temporary) { old in
                unsafe withPath(path) { new in unsafe renameat(place, old, place, new) }
            }
            guard moved == 0 else { throw SystemError("rename") }
        } catch {
            _ = unsafe withPath(temporary) { unsafe unlinkat(place, $0, 0) }
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to file: borrowing Descriptor) throws(SystemError) {
        var rest = bytes[...]
        // Ends: each turn writes at least one byte, or throws.
        while !rest.isEmpty {
            // The kernel reads the bytes during the call.
            let count = unsafe rest.withUnsafeBytes { bytes in
                retryingOnInterrupt { unsafe Glibc.write(file.number, bytes.baseAddress, bytes.count) }
            }
            guard count >= 0 else { throw SystemError("write") }
            rest = rest.dropFirst(count)
        }
    }
}

import CLinux
import Glibc

/// A FIFO in a directory of Kapo's: what a command writes to, and Kapo reads from. A command that holds it open for
/// reading, too, outlives its reader: it gets no SIGPIPE, and what it has written stays for the next one to open it.
package struct Fifo: ~Copyable {
    /// The end for Kapo, non-blocking. When all who could write have closed it, there is nothing more to read from it
    /// and it is readable, until somebody opens the FIFO anew.
    package let readEnd: Descriptor
    private let directory: Int32
    private let name: Word
    private let device: dev_t
    private let inode: ino_t

    /// Opens the FIFO of that name in the open directory, which stays open, and makes it when there is none: mode 0600.
    /// Throws EINVAL when there is something else of that name, ELOOP for a link, and EPERM for a FIFO of somebody
    /// else, or one that others may open. A command's user may own it when Kapo is root.
    package init(_ name: Word, in directory: Int32) throws(SystemError) {
        let made = unsafe withPath(name) { unsafe mkfifoat(directory, $0, 0o600) }
        guard made == 0 || errno == EEXIST else { throw SystemError("mkfifo") }
        let readEnd = try Self.open(name, directory, O_RDONLY | O_NONBLOCK)
        let status = try Self.status(readEnd)
        guard status.st_mode & S_IFMT == S_IFIFO else { throw SystemError("mkfifo", EINVAL) }
        let user = geteuid()
        guard user == 0 || status.st_uid == user, status.st_mode & 0o077 == 0 else {
            throw SystemError("mkfifo", EPERM)
        }
        self.readEnd = readEnd
        self.directory = directory
        self.name = name
        (device, inode) = (status.st_dev, status.st_ino)
    }

    /// A new descriptor for a command: for reading and writing, blocking. ESTALE when the name is another file's by
    /// now.
    package func commandEnd() throws(SystemError) -> Descriptor {
        // For reading and writing the kernel never waits for the other side.
        let end = try Self.open(name, directory, O_RDWR)
        let status = try Self.status(end)
        guard status.st_dev == device, status.st_ino == inode else { throw SystemError("open", ESTALE) }
        return end
    }

    /// Hands the read end to somebody who will close it.
    package consuming func release() -> Int32 { readEnd.release() }

    /// Removes the FIFO of that name; who has it open keeps it. That there is none is no error.
    package static func remove(_ name: Word, in directory: Int32) {
        _ = unsafe withPath(name) { unsafe unlinkat(directory, $0, 0) }
    }

    private static func open(_ name: Word, _ directory: Int32, _ access: Int32) throws(SystemError) -> Descriptor {
        let flags = access | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY
        let number = unsafe withPath(name) { name in
            retryingOnInterrupt { unsafe Int(openat(directory, name, flags)) }
        }
        guard number >= 0 else { throw SystemError("open") }
        return Descriptor(owning: Int32(number))
    }

    private static func status(_ descriptor: borrowing Descriptor) throws(SystemError) -> stat {
        var status = stat()
        // The kernel fills the struct during the call.
        guard unsafe fstat(descriptor.number, &status) == 0 else { throw SystemError("fstat") }
        return status
    }
}

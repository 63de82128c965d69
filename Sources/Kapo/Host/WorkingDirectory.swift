import CLinux
import Glibc

/// The directory that Kapo was started in.
package enum WorkingDirectory {
    /// Its path from the root; nil when it has none any more.
    package static var path: String? {
        // getcwd(3) makes the string, which is copied and freed at once.
        guard let path = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Opens it, for the command to start in, and moves to `/`, so that Kapo itself keeps no file system busy. Throws
    /// when it cannot be opened; then nothing has moved.
    package static func leave() throws(SystemError) -> Descriptor {
        let number = kapo_open_working_directory()
        guard number >= 0 else { throw SystemError("open") }
        let descriptor = Descriptor(owning: number)
        guard unsafe chdir("/") == 0 else { throw SystemError("chdir") }
        return descriptor
    }
}

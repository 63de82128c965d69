import CLinux
import Glibc

/// The directory that Kapo was started in.
package enum WorkingDirectory {
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

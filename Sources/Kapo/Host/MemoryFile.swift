import CLinux
import Glibc

/// Bytes for a process to read as its standard input, in a file that has no name: memfd_create(2). A pipe would have to
/// be filled as the process reads.
package enum MemoryFile {
    /// A descriptor of a new one that holds these bytes, at their beginning.
    package static func holding(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        let number = kapo_memory_file()
        guard number >= 0 else { throw SystemError("memfd_create") }
        let file = Descriptor(owning: number)
        var done = 0
        // Ends: each turn writes a byte at least, or throws.
        while done < bytes.count {
            // The kernel reads the array during the call.
            let count = unsafe bytes[done...].withUnsafeBytes { rest in
                retryingOnInterrupt { unsafe pwrite(number, rest.baseAddress, rest.count, off_t(done)) }
            }
            guard count > 0 else { throw SystemError("pwrite") }
            done += count
        }
        return file
    }
}

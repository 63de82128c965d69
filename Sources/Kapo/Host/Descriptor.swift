import CLinux
import Glibc

/// A file descriptor that is closed when its owner is done with it.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) {
        precondition(number >= 0, "\(number) is not a descriptor")
        self.number = number
    }

    /// Hands the number to somebody who will close it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    deinit { close(number) }

    /// Opens /dev/null for each of 0, 1 and 2 that is closed, so that no socket ever becomes "standard output".
    package static func fillStandardOnes() {
        for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) == -1 {
            // The lowest free number is given out, and that is this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }

    /// A new descriptor of /dev/null.
    package static func null() throws(SystemError) -> Descriptor {
        let number = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open") }
        return Descriptor(owning: number)
    }

    /// How many descriptors this process may have open.
    package static var limit: Int {
        var limits = rlimit()
        // The struct lives through the call, which fills it.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 1024 }
        return Int(clamping: limits.rlim_cur)
    }

    /// Lets this process have open that many, and no more. EINVAL when that is more than the hard limit.
    package static func setLimit(_ number: UInt64) throws(SystemError) {
        var limits = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // The struct lives through both calls, which fill and read it.
        guard unsafe getrlimit(resource, &limits) == 0 else { throw SystemError("getrlimit") }
        guard number <= limits.rlim_max else { throw SystemError("setrlimit", EINVAL) }
        limits.rlim_cur = rlim_t(number)
        guard unsafe setrlimit(resource, &limits) == 0 else { throw SystemError("setrlimit") }
    }

    /// Lets this process have open as many as it may allow itself: the soft limit becomes the hard one. Returns the
    /// limits as they were, for commands to have; none when there is nothing to raise.
    package static func raiseLimit() -> [Limit] {
        var limits = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // The struct lives through both calls, which fill and read it.
        guard unsafe getrlimit(resource, &limits) == 0, limits.rlim_cur < limits.rlim_max else { return [] }
        let before = Limit(name: "nofile", soft: UInt64(limits.rlim_cur), hard: UInt64(limits.rlim_max))
        limits.rlim_cur = limits.rlim_max
        guard unsafe setrlimit(resource, &limits) == 0, let before else { return [] }
        return [before]
    }
}

/// Both ends of a pipe, close-on-exec, blocking.
package struct Pipe: ~Copyable {
    package let readEnd: Descriptor
    package let writeEnd: Descriptor

    /// A new pipe.
    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        // kapo_pipe fills the two numbers of the array.
        guard unsafe kapo_pipe(&ends) == 0 else { throw SystemError("pipe2") }
        readEnd = Descriptor(owning: ends[0])
        writeEnd = Descriptor(owning: ends[1])
    }

    /// Has a pipe hold up to 1 MiB, if the kernel allows it: it takes fewer turns to pass much on then.
    package static func enlarge(_ descriptor: Int32) { _ = kapo_set_pipe_size(descriptor, 1 << 20) }

    /// Hands both numbers to somebody who will close them.
    package consuming func release() -> (readEnd: Int32, writeEnd: Int32) {
        (readEnd.release(), writeEnd.release())
    }
}

import CLinux
import Glibc

/// A pidfd: one process, child or not, which no other can be taken for, even when its pid is used again.
package struct ProcessHandle: ~Copyable {
    /// The pid that it has, or had.
    package let pid: Int32
    private let descriptor: Descriptor

    /// The descriptor, which is readable once the process has ended, reaped or not.
    package var number: Int32 { descriptor.number }

    /// The process that has this pid now. Throws ESRCH when there is none, and when the pid is that of a thread.
    package init(pid: Int32) throws(SystemError) {
        let number = kapo_pidfd_open(pid)
        // EINVAL and, since Linux 6.9, ENOENT: a thread that is not its process's first.
        if number < 0 && (errno == EINVAL || errno == ENOENT) { throw SystemError("pidfd_open", ESRCH) }
        guard number >= 0 else { throw SystemError("pidfd_open") }
        descriptor = Descriptor(owning: number)
        self.pid = pid
    }

    /// True when the process has ended.
    package var hasEnded: Bool {
        var wanted = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // The kernel reads and fills the one struct during the call, which does not wait.
        return retryingOnInterrupt { unsafe Int(poll(&wanted, 1, 0)) } == 1
    }
}

extension Signals {
    /// Sends `number` to the process. That it has ended is no error.
    package static func send(_ number: Int32, to process: borrowing ProcessHandle) throws(SystemError) {
        if kapo_pidfd_send_signal(process.number, number) != 0 && errno != ESRCH {
            throw SystemError("pidfd_send_signal")
        }
    }

    /// Sends `number` to the process group that the process leads, its orphans included, or to the process alone when
    /// it leads none. That nobody is there is no error.
    package static func send(_ number: Int32, toGroupOf process: borrowing ProcessHandle) throws(SystemError) {
        if kapo_pidfd_send_signal_to_group(process.number, number) == 0 { return }
        switch errno {
        case ESRCH: try send(number, to: process)
        // Before Linux 6.9. A group that has members keeps its id; one that has none can be another's only when the
        // process has ended.
        case EINVAL where !process.hasEnded: try send(number, toGroupOf: process.pid)
        case EINVAL: break
        default: throw SystemError("pidfd_send_signal")
        }
    }
}

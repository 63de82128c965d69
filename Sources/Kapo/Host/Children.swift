import CLinux
import Glibc

/// The children of this process.
package enum Children {
    /// How one of them ended.
    package struct Ended: Equatable, Sendable {
        package var pid: Int32
        /// The exit code, 0 to 255; nil when a signal ended it.
        package var code: Int32?
        /// The signal that ended it; 0 when none did.
        package var signal: Int32
    }

    /// Reaps one child that has ended; nil when no more has. SIGCHLD says only "at least one": call until nil.
    package static func reap() -> Ended? {
        while true {
            var status: Int32 = 0
            // The kernel fills the status, which lives through the call.
            let pid = waitpid(&status)
            guard pid > 0 else { return nil }
            if kapo_wait_exited(status) != 0 {
                return Ended(pid: pid, code: kapo_wait_exit_code(status), signal: 0)
            }
            if kapo_wait_signalled(status) != 0 {
                return Ended(pid: pid, code: nil, signal: kapo_wait_signal(status))
            }
        }
    }

    private static func waitpid(_ status: inout Int32) -> pid_t {
        var result: Int32 = 0
        let pid = retryingOnInterrupt {
            unsafe Int(Glibc.waitpid(-1, &result, WNOHANG))
        }
        status = result
        return pid_t(pid)
    }
}

import CLinux
import Glibc

/// The children of this process.
package enum Children {
    /// What happened to one of them.
    package enum Change: Equatable, Sendable {
        /// It ended and is reaped: the exit code, 0 to 255, or nil and the signal that ended it.
        case ended(pid: Int32, code: Int32?, signal: Int32)
        /// This signal, such as STOP, keeps it from running.
        case paused(pid: Int32, signal: Int32)
        /// It goes on.
        case resumed(pid: Int32)
    }

    /// What waitpid(2) says when nothing has happened.
    package enum Next: Equatable, Sendable {
        case change(Change)
        /// There are children, and nothing has happened to them.
        case none
        /// There is no child.
        case noChild
    }

    /// Takes one change; a child that has ended is reaped by it. SIGCHLD says only "at least one": call until there is
    /// none.
    package static func next() -> Next {
        var status: Int32 = 0
        // The kernel fills the status, which lives through the call.
        let pid = waitpid(&status)
        if pid == 0 { return .none }
        guard pid > 0 else { return .noChild }
        if kapo_wait_exited(status) != 0 {
            return .change(.ended(pid: pid, code: kapo_wait_exit_code(status), signal: 0))
        }
        if kapo_wait_signalled(status) != 0 {
            return .change(.ended(pid: pid, code: nil, signal: kapo_wait_signal(status)))
        }
        if kapo_wait_continued(status) != 0 { return .change(.resumed(pid: pid)) }
        return .change(.paused(pid: pid, signal: kapo_wait_stop_signal(status)))
    }

    /// True when there is one, ended or not. Takes nothing.
    package static var areThere: Bool {
        var information = unsafe siginfo_t()
        // The kernel fills the struct during the call, which does not wait.
        let result = retryingOnInterrupt {
            unsafe Int(waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT))
        }
        return result == 0
    }

    /// Has orphans among the descendants of this process become its children, as pid 1 has by itself.
    package static func adoptOrphans() throws(SystemError) {
        guard kapo_become_subreaper() == 0 else { throw SystemError("prctl") }
    }

    /// Waits for the end of that child, and says whether it ended with exit code 0.
    package static func succeeds(_ pid: Int32) -> Bool {
        var status: Int32 = 0
        // The kernel fills the status, which lives through the call.
        let ended = retryingOnInterrupt { unsafe Int(Glibc.waitpid(pid, &status, 0)) }
        return ended == pid && kapo_wait_exited(status) != 0 && kapo_wait_exit_code(status) == 0
    }

    private static func waitpid(_ status: inout Int32) -> pid_t {
        var result: Int32 = 0
        let pid = retryingOnInterrupt {
            unsafe Int(Glibc.waitpid(-1, &result, WNOHANG | WUNTRACED | kapo_wait_option_continued()))
        }
        status = result
        return pid_t(pid)
    }
}

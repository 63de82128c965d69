import CLinux
import Glibc

/// The signals of this process.
package enum Signals {
    package static let child = SIGCHLD
    package static let terminate = SIGTERM
    package static let interrupt = SIGINT
    /// Those that ask Kapo itself to end.
    package static let stopping = [SIGTERM, SIGINT]
    /// Those that Kapo passes on to the command.
    package static let forwarded = stopping + [SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT]

    /// What was in force when Kapo was started, for the command to inherit.
    @safe package struct Inherited {
        /// The signals that were blocked.
        let mask: sigset_t
        /// True when SIGPIPE was ignored; Kapo ignores it for itself, and the command must not inherit that.
        let ignoredPipe: Bool
    }

    /// Blocks `numbers` and SIGCHLD, so that a signalfd is the only way in, and ignores SIGPIPE. The first thing to do.
    package static func block(_ numbers: [Int32]) -> Inherited {
        var set = sigset_t()
        var old = sigset_t()
        // The sets live on the stack of this call; with valid numbers none of these calls can fail.
        unsafe sigemptyset(&set)
        for number in numbers + [SIGCHLD] { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, &old)
        // Started with SIGCHLD ignored, Kapo would never hear how its command ended.
        signal(SIGCHLD, SIG_DFL)
        var before = sigaction()
        unsafe sigaction(SIGPIPE, nil, &before)
        let ignoredPipe = unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
        signal(SIGPIPE, SIG_IGN)
        return Inherited(mask: old, ignoredPipe: ignoredPipe)
    }

    /// Gives back to these signals what they had when Kapo was started: those that were not blocked then, are not now.
    package static func release(_ numbers: [Int32], _ inherited: Inherited) {
        var set = sigset_t()
        var before = inherited.mask
        // The sets live on the stack of this call.
        unsafe sigemptyset(&set)
        for number in numbers where unsafe sigismember(&before, number) == 0 { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Sends `number` to the process group that the child `leader` was started in, or to the child alone when it has
    /// left that group. The child must not have been reaped: until then its pid is nobody else's. That nobody is there
    /// is no error.
    package static func send(_ number: Int32, toGroupOf leader: Int32) throws(SystemError) {
        precondition(leader > 1, "\(leader) is no child of Kapo")
        if kill(-leader, number) == 0 { return }
        if errno == ESRCH && kill(leader, number) == 0 { return }
        if errno != ESRCH { throw SystemError("kill") }
    }

    /// The name of a signal, `SIGTERM`, or its number.
    package static func name(of number: Int32) -> String {
        // The string is static.
        guard let name = unsafe kapo_signal_name(number) else { return "signal \(number)" }
        return unsafe "SIG" + String(cString: name)
    }
}

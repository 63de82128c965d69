import CLinux
import Glibc

/// The signals of this process.
package enum Signals {
    package static let child = SIGCHLD
    package static let terminate = SIGTERM
    package static let interrupt = SIGINT
    package static let kill = SIGKILL
    package static let goOn = SIGCONT
    package static let hangUp = SIGHUP
    package static let quit = SIGQUIT
    /// Those that ask Kapo itself to end.
    package static let stopping = [SIGTERM, SIGINT]
    /// Those that stop a job of a terminal, and that can be caught.
    package static let pausing = [SIGTSTP, SIGTTIN, SIGTTOU]
    /// Those that Kapo passes on to the command: all that a process can catch, but for those that tell of a fault of
    /// its own, of a broken pipe and of its children. 32 and 33 belong to the C library.
    package static let forwarded: [Int32] = {
        let own: Set = [SIGKILL, SIGSTOP, SIGCHLD, SIGPIPE, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]
        return (1...31).filter { !own.contains($0) } + Array(34...64)
    }()

    /// What was in force when Kapo was started, for the command to inherit.
    @safe package struct Inherited {
        /// The signals that were blocked.
        let mask: sigset_t
        /// The signals that were ignored.
        let ignored: sigset_t
        /// The parent's pid.
        package let parent: Int32
        /// The limits that Kapo has changed for itself.
        package var limits: [Limit] = []

        /// True when that signal was ignored.
        package func ignores(_ number: Int32) -> Bool {
            var set = ignored
            // The set lives through the call that reads it.
            return unsafe sigismember(&set, number) == 1
        }
    }

    /// Blocks `numbers` and SIGCHLD, so that a signalfd is the only way in, and ignores SIGPIPE. The first thing to do.
    package static func block(_ numbers: [Int32]) -> Inherited {
        var set = sigset_t()
        var old = sigset_t()
        // The sets live on the stack of this call; with valid numbers none of these calls can fail.
        unsafe sigemptyset(&set)
        for number in numbers + [SIGCHLD] { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, &old)
        let ignored = ignoredNow()
        // Started with SIGCHLD ignored, Kapo would never hear how its command ended.
        signal(SIGCHLD, SIG_DFL)
        signal(SIGPIPE, SIG_IGN)
        return Inherited(mask: old, ignored: ignored, parent: getppid())
    }

    private static func ignoredNow() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in 1...64 as ClosedRange<Int32> {
            var action = sigaction()
            // Fails for the numbers of the C library, which it keeps as they are.
            guard unsafe sigaction(number, nil, &action) == 0 else { continue }
            // SIG_IGN is the address 1.
            let isIgnored = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            if isIgnored { unsafe sigaddset(&set, number) }
        }
        return set
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
        if Glibc.kill(-leader, number) == 0 { return }
        if errno == ESRCH && Glibc.kill(leader, number) == 0 { return }
        if errno != ESRCH { throw SystemError("kill") }
    }

    /// Sends `number` to what is left of the process group of a child that was reaped. As long as somebody is, nobody
    /// else gets its id.
    package static func send(_ number: Int32, toRestOfGroup leader: Int32) {
        precondition(leader > 1, "\(leader) was no child of Kapo")
        Glibc.kill(-leader, number)
    }

    /// True when that process group has a member, if only a dead one.
    package static func hasGroup(_ group: Int32) -> Bool { Glibc.kill(-group, 0) == 0 || errno != ESRCH }

    /// Sends `number` to the child `pid`, which must not have been reaped. That it has ended is no error.
    package static func send(_ number: Int32, to pid: Int32) throws(SystemError) {
        precondition(pid > 1, "\(pid) is no child of Kapo")
        if Glibc.kill(pid, number) != 0 && errno != ESRCH { throw SystemError("kill") }
    }

    /// Has this process get `number` when its parent ends. `parent` is who the parent was: one that has ended before
    /// that will not end again.
    package static func dieWithParent(_ number: Int32, parent: Int32) throws(SystemError) {
        guard kapo_die_with_parent(number) == 0 else { throw SystemError("prctl") }
        if getppid() != parent { Glibc.kill(getpid(), number) }
    }

    /// False for pid 1, which no signal stops.
    package static var canPause: Bool { getpid() != 1 }

    /// Stops this process, as a terminal's stop signal would if it were not caught, until a CONT comes.
    package static func pause() {
        Glibc.kill(getpid(), SIGSTOP)
    }

    /// Stops the job that this process is a part of, its process group, as a terminal does with `number`: TSTP, TTIN or
    /// TTOU. Returns once a CONT has come, which waits as signals do; false when the kernel has stopped nobody, because
    /// nobody could wake them: as pid 1, or in a group that no shell looks after.
    package static func pauseJob(_ number: Int32) -> Bool {
        var set = sigset_t()
        var waiting = sigset_t()
        var before = sigaction()
        // The sets and the action live on the stack of this call; with valid numbers none of these calls can fail.
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, number)
        unsafe sigaction(number, nil, &before)
        signal(number, SIG_DFL)
        Glibc.kill(0, number)
        // It was blocked. Now it stops this process like the others.
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        unsafe sigaction(number, &before, nil)
        return unsafe sigpending(&waiting) == 0 && sigismember(&waiting, SIGCONT) == 1
    }

    /// The name of a signal, `SIGTERM`, or its number.
    package static func name(of number: Int32) -> String {
        // The string is static.
        guard let name = unsafe kapo_signal_name(number) else { return "signal \(number)" }
        return unsafe "SIG" + String(cString: name)
    }
}

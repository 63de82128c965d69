import CLinux
import Glibc

/// The terminal that is this process's standard input, and its foreground: the process group that gets what is typed.
package enum Terminal {
    /// True when standard input is the terminal of this session.
    package static var isThere: Bool { tcgetpgrp(STDIN_FILENO) >= 0 }

    /// True when standard input is a terminal, of whatever session, that has not been hung up.
    package static var isOpen: Bool { isatty(STDIN_FILENO) == 1 }

    /// True when this process's group is the foreground.
    package static var isForeground: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// True when this process leads the session of the terminal.
    package static var isLedByUs: Bool { getsid(0) == getpid() }

    /// Makes `group` the foreground, if this process's group is it now.
    package static func give(to group: Int32) {
        // TTOU is blocked: the terminal does not stop who is not in its foreground.
        if isForeground { tcsetpgrp(STDIN_FILENO, group) }
    }

    /// Makes this process's group the foreground again, if `group` is it now, or a group that has no member left.
    package static func takeBack(from group: Int32) {
        let foreground = tcgetpgrp(STDIN_FILENO)
        let isDead = foreground > 1 && kill(-foreground, 0) != 0 && errno == ESRCH
        if foreground == group || isDead { tcsetpgrp(STDIN_FILENO, getpgrp()) }
    }

    /// Gives the terminal up, for a command that has a session of its own to take it. Whoever leads the session of a
    /// terminal hears HUP and CONT then, which were meant for nobody.
    package static func leave() {
        guard isThere, kapo_leave_terminal() == 0 else { return }
        var signals = sigset_t()
        var now = timespec()
        // The set and the time live through the calls; both signals are blocked, and wait if they have come.
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGHUP)
        unsafe sigaddset(&signals, SIGCONT)
        while unsafe sigtimedwait(&signals, nil, &now) > 0 {}
    }
}

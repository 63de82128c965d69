import Glibc
import Testing

@testable import Host

/// In processes of their own, most of which lead a session with a pseudo-terminal as their standard input. Each exits
/// with the number of the step that failed; its end closes the terminal's other side.
@Suite("The terminal")
struct TerminalTests {
    /// A new terminal: its other side, and its path. As posix_openpt(3) and its relatives do it, which the Glibc module
    /// lacks; the numbers are those of ioctl_tty(2).
    private static func open() -> (master: Int32, path: String) {
        let master = unsafe Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var lock: Int32 = 0
        var number: UInt32 = 0
        // The kernel reads and fills four bytes during the calls: TIOCSPTLCK and TIOCGPTN.
        let isOpen = unsafe ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0
        guard isOpen else { exit(90) }
        return (master, "/dev/pts/\(number)")
    }

    /// Makes this process the leader of a session with a new terminal as its standard input.
    private static func begin() {
        guard setsid() > 0 else { exit(91) }
        let path = open().path
        // The first terminal that a leader opens is that of its session.
        let slave = unsafe Glibc.open(path, O_RDWR)
        guard slave >= 0, dup2(slave, STDIN_FILENO) == 0 else { exit(92) }
        _ = Signals.block(Signals.forwarded)
    }

    @Test("without one there is none")
    func none() async {
        await #expect(processExitsWith: .success) {
            let null = unsafe Glibc.open("/dev/null", O_RDONLY)
            dup2(null, STDIN_FILENO)
            guard !Terminal.isThere, !Terminal.isForeground else { exit(1) }
            // Nothing happens.
            Terminal.give(to: getpgrp())
            Terminal.takeBack(from: getpgrp())
            Terminal.leave()
            exit(0)
        }
    }

    @Test("a terminal that is not that of the session is none")
    func foreign() async {
        await #expect(processExitsWith: .success) {
            guard setsid() > 0 else { exit(1) }
            let slave = unsafe Glibc.open(Self.open().path, O_RDWR | O_NOCTTY)
            guard dup2(slave, STDIN_FILENO) == 0, isatty(STDIN_FILENO) == 1 else { exit(2) }
            exit(Terminal.isThere ? 3 : 0)
        }
    }

    @Test("who leads its session has it, and the foreground of it, until a command gets that, and again after it")
    func foreground() async {
        await #expect(processExitsWith: .success) {
            Self.begin()
            guard Terminal.isThere, Terminal.isForeground, Terminal.isLedByUs else { exit(1) }
            let first = try Start.sleeper()
            let second = try Start.sleeper()
            Terminal.give(to: first)
            guard Terminal.isThere, !Terminal.isForeground, tcgetpgrp(STDIN_FILENO) == first else { exit(2) }
            // Not Kapo's to give, and not the second one's to give back.
            Terminal.give(to: second)
            guard tcgetpgrp(STDIN_FILENO) == first else { exit(3) }
            Terminal.takeBack(from: second)
            guard tcgetpgrp(STDIN_FILENO) == first else { exit(4) }
            Terminal.takeBack(from: first)
            guard Terminal.isForeground else { exit(5) }
            for pid in [first, second] { kill(pid, SIGKILL) }
            exit(0)
        }
    }

    @Test("a command that is started with it has the foreground before its first instruction")
    func started() async {
        await #expect(processExitsWith: .success) {
            Self.begin()
            var command = Command(
                words: Start.words(
                    "/usr/bin/python3", "-I", "-S", "-c",
                    "import os; os._exit(os.tcgetpgrp(0) != os.getpid())"),
                environment: [])
            command.hasTerminal = true
            guard reap(try command.spawn(Start.plain)) == 0, !Terminal.isForeground else { exit(1) }
            // Its group is gone, and nobody's is the foreground, until this one takes it.
            exit(0)
        }
    }

    @Test("a command with a session of its own takes the terminal that was left")
    func session() async {
        await #expect(processExitsWith: .success) {
            Self.begin()
            // Only this thread has it blocked: another one of the test library would end of it.
            signal(SIGHUP, SIG_IGN)
            Terminal.leave()
            guard !Terminal.isThere else { exit(1) }
            var command = Command(
                words: Start.words(
                    "/usr/bin/python3", "-I", "-S", "-c",
                    "import os; os._exit(not (os.tcgetpgrp(0) == os.getpid() == os.getsid(0)))"),
                environment: [])
            command.hasTerminal = true
            command.hasSession = true
            exit(reap(try command.spawn(Start.plain)) == 0 ? 0 : 2)
        }
    }
}

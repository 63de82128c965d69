import Glibc
import Testing

@testable import Host

@Suite("Signals and errors of the system")
struct SignalsTests {
    @Test(
        "signals have their names, and those without one their number",
        arguments: [
            (SIGTERM, "SIGTERM"), (SIGKILL, "SIGKILL"), (SIGHUP, "SIGHUP"), (SIGINT, "SIGINT"), (SIGWINCH, "SIGWINCH"),
            (SIGUSR1, "SIGUSR1"), (SIGSEGV, "SIGSEGV"), (SIGCHLD, "SIGCHLD"), (SIGSYS, "SIGSYS"), (0, "signal 0"),
            (64, "signal 64"), (65, "signal 65"), (-1, "signal -1"), (.max, "signal 2147483647"),
        ] as [(Int32, String)])
    func name(_ number: Int32, _ name: String) {
        #expect(Signals.name(of: number) == name)
    }

    @Test("all signals are passed on that a process can catch, but for faults of its own, its pipes and its children")
    func forwarded() {
        let own = [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGPIPE, SIGCHLD, SIGSTOP, SIGSYS]
        let library: [Int32] = [32, 33]
        #expect(Signals.forwarded == (1...64).filter { !(own + library).contains($0) })
        #expect(Signals.stopping == [SIGTERM, SIGINT])
        #expect(Signals.pausing == [SIGTSTP, SIGTTIN, SIGTTOU])
        #expect(Signals.child == SIGCHLD)
        #expect(Signals.kill == SIGKILL)
        #expect(Signals.terminate == SIGTERM)
        #expect(Signals.interrupt == SIGINT)
    }

    @Test("those that pause and those that stop are among them, so that they can be caught")
    func caught() {
        #expect(Set(Signals.stopping + Signals.pausing).isSubset(of: Signals.forwarded))
    }

    @Test("every signal that is passed on comes through the descriptor")
    func allForwarded() async {
        await #expect(processExitsWith: .success) {
            _ = Signals.block(Signals.forwarded)
            guard let signals = try? SignalDescriptor(Signals.forwarded) else { exit(1) }
            for number in Signals.forwarded {
                pthread_kill(pthread_self(), number)
                guard signals.next() == number, signals.next() == nil else { exit(number) }
            }
            exit(0)
        }
    }

    @Test("blocked signals come through the descriptor, each number once, and nothing is left")
    func descriptor() async {
        await #expect(processExitsWith: .success) {
            let inherited = Signals.block([SIGUSR1, SIGTERM])
            guard let signals = try? SignalDescriptor([SIGUSR1, SIGTERM]), signals.next() == nil else { exit(1) }
            for number in [SIGUSR1, SIGUSR1, SIGTERM] { pthread_kill(pthread_self(), number) }
            guard let first = signals.next(), let second = signals.next(), signals.next() == nil else { exit(2) }
            guard Set([first, second]) == [SIGUSR1, SIGTERM] else { exit(3) }
            exit(inherited.ignores(SIGPIPE) ? 4 : 0)
        }
    }

    @Test("signals are given back as they were: blocked stays blocked, and the others come again")
    func release() async {
        await #expect(processExitsWith: .signal(SIGUSR2)) {
            // The thread of an exit test may have anything blocked.
            var before = sigset_t()
            unsafe sigemptyset(&before)
            unsafe sigaddset(&before, SIGUSR1)
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
            let inherited = Signals.block([SIGUSR1, SIGUSR2])
            Signals.release([SIGUSR1, SIGUSR2], inherited)
            pthread_kill(pthread_self(), SIGUSR1)
            pthread_kill(pthread_self(), SIGUSR2)
            exit(1)
        }
    }

    @Test("Kapo ignores SIGPIPE, and knows when it was ignored already")
    func pipe() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let inherited = Signals.block([])
            raise(SIGPIPE)
            exit(inherited.ignores(SIGPIPE) ? 0 : 1)
        }
    }

    @Test("an error tells the call and what the kernel said")
    func error() {
        #expect(SystemError("bind", EADDRINUSE).description == "bind: Address already in use")
        #expect(SystemError("kill", ESRCH).isNoSuchProcess)
        #expect(!SystemError("kill", EPERM).isNoSuchProcess)
        #expect(SystemError.text(of: 9999) == "Unknown error 9999")
    }

    @Test("a call is repeated while a signal interrupts it, and no longer")
    func interrupted() {
        var results = [(-1, EINTR), (-1, EINTR), (7, 0), (8, 0)]
        let next = {
            let (result, code) = results.removeFirst()
            errno = code
            return result
        }
        #expect(retryingOnInterrupt(next) == 7)
        #expect(results.count == 1)
        results = [(-1, EAGAIN), (7, 0)]
        #expect(retryingOnInterrupt(next) == -1)
        #expect(errno == EAGAIN)
    }
}

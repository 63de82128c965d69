import Glibc
import Testing

@Suite struct InitSignalTests {
    /// Has Kapo send back each signal, to this command and to its child, which take them one by one.
    private static let echo = #"""
        everything = set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, everything)
        reader, writer = os.pipe()

        def take():
            got = signal.sigtimedwait(everything, 15)
            return got and (got.si_signo, got.si_pid)

        last = int(sys.argv[2])
        if os.fork() == 0:
            got = 0
            while got != last:
                got, _ = take()
                os.write(writer, b"%d\n" % got)
            os._exit(0)
        child = os.fdopen(reader)
        own = {signal.SIGILL, signal.SIGTRAP, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV, signal.SIGSYS}
        ends = {signal.SIGINT, signal.SIGTERM}
        pauses = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
        numbers = sorted(everything - own - ends - pauses - {signal.SIGPIPE}) + [last]
        assert len(numbers) == 48, numbers
        for number in numbers:
            # Not passed on: these tell of Kapo's own pipes and children.
            os.kill(kapo, signal.SIGPIPE)
            os.kill(kapo, signal.SIGCHLD)
            os.kill(kapo, number)
            got = take()
            assert got == (number, kapo), (number, got)
            assert child.readline() == "%d\n" % number, number
        assert not signal.sigpending(), signal.sigpending()
        note("all %d" % len(numbers))
        os._exit(17)
        """#

    @Test(
        "every signal that a process can catch reaches the command and its child, once",
        arguments: [("run", SIGTERM), ("supervise", SIGINT)], Place.allCases)
    func forwarded(how: (mode: String, last: Int32), place: Place) throws {
        try Sandbox.run { box in
            let words = [how.mode, "python3", "-c", Leftovers.prelude + Self.echo, box.directory, "\(how.last)"]
            let (kapo, _) = try box.kapo(words, at: place)
            #expect(try kapo.process.wait() == .code(17), "\(kapo.log)")
            #expect(kapo.process.output == "all 48\n")
        }
    }
}

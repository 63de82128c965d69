import Testing

/// Pseudo-terminals, driven by scripts in Python.
enum Terminals {
    /// What every script begins with.
    static let prelude = #"""
        import fcntl, os, pty, re, select, signal, struct, sys, termios, time
        KAPO = os.environ["KAPO"] + " --interface 127.0.0.1 --port 0"
        box = sys.argv[1]

        class Terminal:
            """A pseudo-terminal, and the program that leads the session of it."""
            def __init__(self, words):
                self.pid, self.fd = pty.fork()
                if self.pid == 0:
                    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                    os.environ.update(TERM="dumb", PS1="% ", HISTFILE="")
                    os.execvp(words[0], words)
                self.seen = ""

            def type(self, text):
                os.write(self.fd, text.encode())

            def read(self):
                """Takes what the terminal shows; false when nobody has it open any more."""
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    data = b""
                self.seen += data.decode(errors="replace")
                return data != b""

            def expect(self, pattern):
                """Waits until the terminal shows the pattern, behind what was expected before."""
                end = time.monotonic() + 15
                while not (found := re.search(pattern, self.seen, re.DOTALL)):
                    ready = select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]
                    assert ready and self.read(), "not shown: %r in %r" % (pattern, self.seen)
                self.seen = self.seen[found.end():]
                return found

            def foreground(self):
                return os.tcgetpgrp(self.fd)

            def hang_up(self):
                """Closes the terminal, as a window or a connection that is closed."""
                os.close(self.fd)
                self.fd = -1

            def end(self):
                """Waits until the program has ended; its exit code."""
                while self.fd >= 0 and self.read():
                    pass
                return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

        def shell(command=None):
            terminal = Terminal(["bash", "--norc", "--noprofile", "-i"])
            terminal.expect("% ")
            if command:
                terminal.type(command + "\n")
            return terminal

        def stat(pid):
            return open("/proc/%d/stat" % pid).read().rpartition(") ")[2].split()

        def state(pid):
            try:
                return stat(pid)[0]
            except FileNotFoundError:
                return "gone"

        def wait_for(what, condition):
            end = time.monotonic() + 15
            while not condition():
                assert time.monotonic() < end, "not in time: " + what
                time.sleep(0.01)

        def started(terminal):
            """The pids of Kapo and of its command."""
            command = int(terminal.expect(r"started .*?pid=(\d+)\r\n").group(1))
            return int(stat(command)[1]), command

        def leader(arguments):
            """Kapo itself as the leader of the session, as in a container with a terminal."""
            return Terminal(KAPO.split() + arguments)

        def code(terminal):
            """The exit code of the last job of a shell."""
            terminal.type("echo code=$?\n")
            return int(terminal.expect(r"code=(\d+)\r\n% ").group(1))

        def leave(terminal):
            """Ends a shell."""
            terminal.type("exit 0\n")
            assert terminal.end() == 0


        """#
}

extension Sandbox {
    /// Runs the script behind the prelude; its assertions are expectations of the test.
    func terminal(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let outcome = try finish(
            ["python3", "-c", Terminals.prelude + script, directory], environment: ["KAPO": Programs.kapo],
            within: .seconds(60))
        #expect(outcome.ending == .code(0), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
}

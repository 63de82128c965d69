import Testing

/// `kapo ctl` on a terminal: colours, and `top`.
@Suite struct CtlTopTests {
    /// Runs the script as `Sandbox.terminal` does, with services that are web, which is up, and old, which is down.
    private func terminal(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web": CtlTests.web, "old": CtlTests.old, "soon": CtlTests.soon])
            let prelude = #"""
                os.environ.pop("NO_COLOR", None)
                os.environ.update(IMMORTAL_SDIR=box + "/sdir", HOME=box + "/home")
                CTL = [os.environ["KAPO"], "ctl"]
                ENTER, LEAVE = r"\x1b\[\?1049h\x1b\[\?25l", r"\x1b\[\?25h\x1b\[\?1049l"

                def resize(terminal, rows, columns):
                    fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

                def modes(terminal):
                    return termios.tcgetattr(terminal.fd)[:6]

                """#
            try box.terminal(prelude + script, sourceLocation: sourceLocation)
            withExtendedLifetime(services) {}
        }
    }

    @Test("names have colours on a terminal, unless NO_COLOR or -A is against it")
    func colours() throws {
        try terminal(
            #"""
            t = Terminal(CTL)
            t.expect("\x1b\[31mold \x1b\[0m   sleep 600\r\n")
            t.expect("\x1b\[32msoon\x1b\[0m   ./soon\x1b\[33m - Starting in 1.0 seconds\x1b\[0m\r\n")
            t.expect("\x1b\[32mweb \x1b\[0m   ./web --port 80\r\n")
            assert t.end() == 0
            for words, variable in [(CTL + ["-A"], ""), (CTL, "1")]:
                os.environ["NO_COLOR"] = variable
                t = Terminal(words)
                t.expect("web    ./web --port 80\r\n")
                assert t.end() == 0 and "\x1b" not in t.seen
            """#)
    }

    @Test("top draws the table again each second on the other screen, and q gives the terminal back")
    func quits() throws {
        try terminal(
            #"""
            shell = Terminal(["sleep", "600"])
            t = Terminal(CTL + ["top"])
            before = modes(shell)
            t.expect(ENTER)
            for turn in range(3):
                t.expect("kapo ctl top: 1 up, 1 down, 1 waiting; q quits.*Name   CMD.*old.*soon.*web ")
            assert modes(t) != before and not modes(t)[3] & (termios.ECHO | termios.ICANON)
            t.type("xq")
            t.expect(LEAVE)
            assert t.end() == 0
            assert modes(t) == before, (modes(t), before)
            os.kill(shell.pid, signal.SIGKILL)
            shell.end()
            """#)
    }

    @Test("a signal ends top, and the terminal is given back", arguments: ["INT", "TERM", "HUP", "QUIT"])
    func signals(_ name: String) throws {
        try terminal(
            #"""
            t = Terminal(CTL + ["top", "web"])
            t.expect(ENTER + ".*1 up; q quits")
            number = signal.SIG\#(name)
            if number == signal.SIGINT:
                t.type("\x03")
            else:
                os.kill(t.pid, number)
            t.expect(LEAVE)
            assert t.end() == 128 + number
            assert modes(t)[3] & termios.ECHO and modes(t)[3] & termios.ICANON
            """#)
    }

    @Test("a new size is drawn at once: what has no room is counted, and no line is longer than the screen")
    func resizes() throws {
        try terminal(
            #"""
            t = Terminal(CTL + ["top"])
            t.expect(ENTER + ".*web ")
            resize(t, 5, 30)
            t.expect("\x1b\[Hkapo ctl top: 1 up, 1 down, 1 \x1b\[K\r+\n\x1b\[K\r+\n PID.*old.*and 2 more\x1b\[K\x1b\[J")
            resize(t, 6, 200)
            t.expect("q quits\x1b\[K.*./web --port 80\x1b\[K\x1b\[J")
            t.type("q")
            assert t.end() == 0
            """#)
    }

    @Test("^Z gives the terminal back to the shell, and fg takes it again")
    func stops() throws {
        try terminal(
            #"""
            t = shell(" ".join(CTL) + " top")
            t.expect(ENTER + ".*1 up")
            t.type("\x1a")
            t.expect(LEAVE + ".*Stopped.*% ")
            t.type("fg\n")
            t.expect(ENTER + ".*1 up")
            t.expect("1 up")
            t.type("q")
            t.expect(LEAVE)
            assert code(t) == 0
            leave(t)
            """#)
    }

    @Test("where there is no terminal, top is one table; nobody who hangs up is waited for")
    func elsewhere() throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web": CtlTests.web])
            let outcome = try box.ctl(["top"])
            #expect(outcome.ending == .code(0))
            #expect(outcome.output == (try box.ctl().output))
            withExtendedLifetime(services) {}
        }
        try terminal(
            #"""
            t = Terminal(CTL + ["top"])
            t.expect(ENTER + ".*1 up")
            t.hang_up()
            assert t.end() in (1, 129)
            """#)
    }
}

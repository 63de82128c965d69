import Testing

/// Kapo as the leader of a terminal's session, as in a container: what is typed, what changes, and the end of it.
@Suite struct InitTerminalTests {
    @Test("^C ends the command and Kapo, ^Z stops nothing that nobody could wake", arguments: ["run", "supervise"])
    func keys(mode: String) throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = leader(["\(mode)", "cat"])
                kapo, command = started(t)
                assert kapo == t.pid == os.getsid(kapo) and t.foreground() == command
                t.type("\\x1a")
                t.type("hello\\n")
                t.expect("hello\\r\\nhello\\r\\n")
                t.type("\\x03")
                assert t.end() == 130
                """)
        }
    }

    @Test("a start that fails keeps nothing of the terminal from the next one")
    func failedStart() throws {
        try Sandbox.run { box in
            _ = try box.writeExecutable("worker", "#!/bin/sh\nread line\necho got $line\n")
            try box.terminal(
                """
                worker = box + "/worker"
                t = leader(["supervise", "--wait", "0.1", worker])
                started(t)
                os.chmod(worker, 0o644)
                t.type("one\\n")
                t.expect("got one.*Permission denied")
                os.chmod(worker, 0o755)
                kapo, command = started(t)
                assert t.foreground() == command
                t.type("two\\n")
                t.expect("got two")
                started(t)
                t.type("\\x03")
                assert t.end() == 130
                """)
        }
    }

    @Test("where no shell looks after Kapo's job, ^Z stops nothing either")
    func orphanedJob() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = Terminal(["sh", "-c", KAPO + " run cat; echo ended with $?"])
                kapo, command = started(t)
                assert os.getpgid(kapo) == t.pid != kapo
                t.type("\\x1a")
                t.type("hello\\n")
                t.expect("hello\\r\\nhello\\r\\n")
                t.type("\\x03")
                t.expect("ended with 130\\r\\n")
                assert t.end() == 0
                """)
        }
    }

    @Test("the command hears WINCH when the size of the terminal changes, and sees the new one")
    func size() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                script = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.02; done"
                for words in ["run"], ["run", "--setsid"], ["supervise"]:
                    t = leader(words + ["sh", "-c", script])
                    t.expect("ready\\r\\n")
                    for rows, columns in (33, 77), (44, 99):
                        fcntl.ioctl(t.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                        t.expect("%d %d\\r\\n" % (rows, columns))
                    t.type("\\x1c")
                    os.kill(t.pid, signal.SIGTERM)
                    t.end()
                """)
        }
    }

    @Test("with --setsid the command leads a session that has the terminal, and Kapo has none")
    func session() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = leader(["run", "--setsid", "cat"])
                kapo, command = started(t)
                t.type("hello\\n")
                t.expect("hello\\r\\nhello\\r\\n")
                # The fields behind the state: parent, group, session, terminal, its foreground.
                parent, group, session, tty, foreground = map(int, stat(command)[1:6])
                assert (parent, group, session, foreground) == (kapo, command, command, command) and tty != 0
                assert stat(kapo)[4:6] == ["0", "-1"], stat(kapo)
                t.type("\\x03")
                assert t.end() == 130
                """)
        }
    }

    @Test("with --setsid each run of supervise gets the terminal")
    func sessions() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = leader(["supervise", "--wait", "0.1", "--setsid", "cat"])
                for turn in "first", "second", "third":
                    kapo, command = started(t)
                    t.type(turn + "\\n")
                    t.expect(turn + "\\r\\n" + turn + "\\r\\n")
                    assert t.foreground() == command == os.getsid(command)
                    t.type("\\x04")
                started(t)
                os.kill(kapo, signal.SIGTERM)
                t.end()
                """)
        }
    }

    @Test("with --setsid below a shell the command has no terminal, and ^C comes to it through Kapo")
    func sessionBelowShell() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " run --setsid sleep 600")
                kapo, command = started(t)
                assert stat(command)[4] == "0" and os.getsid(command) == command
                assert t.foreground() == os.getpgid(kapo)
                t.type("\\x03")
                t.expect("% ")
                assert code(t) == 130
                leave(t)
                """)
        }
    }

    @Test(
        "when the terminal is hung up, all ends: as the leader, with --setsid, and below a shell",
        arguments: ["run", "supervise --wait 0.1", "run --setsid", "supervise --wait 0.1 --setsid"],
        ["leader", "shell"])
    func hangUp(mode: String, place: String) throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                mode = "\(mode)".split() + ["sleep", "600"]
                t = leader(mode) if "\(place)" == "leader" else shell(" ".join([KAPO] + mode))
                kapo, command = started(t)
                t.hang_up()
                ended = t.end()
                assert "\(place)" == "shell" or ended == 129, ended
                wait_for("the end of Kapo", lambda: state(kapo) in "Zgone")
                assert state(command) in "Zgone"
                """)
        }
    }

    @Test(
        "a shell that is killed takes Kapo and its command along, supervised or not", arguments: ["run", "supervise"])
    func killedShell(mode: String) throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " \(mode) --wait 0 cat")
                kapo, command = started(t)
                os.kill(t.pid, signal.SIGKILL)
                wait_for("the end of Kapo", lambda: state(kapo) in "Zgone")
                assert state(command) in "Zgone"
                """)
        }
    }

    @Test("a command that was started with HUP ignored outlives the terminal, and so does its Kapo")
    func ignoredHangUp() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell("trap '' HUP; " + KAPO + " supervise sleep 600 &")
                kapo, command = started(t)
                t.hang_up()
                t.end()
                time.sleep(0.3)
                assert state(kapo) == state(command) == "S"
                os.kill(kapo, signal.SIGTERM)
                wait_for("the end of Kapo", lambda: state(kapo) in "Zgone")
                """)
        }
    }
}

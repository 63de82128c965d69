import Testing

/// Kapo as a job of an interactive shell: what is typed reaches the command, and Kapo is the job that the shell sees.
@Suite struct InitShellTests {
    @Test("the command has the foreground: it reads from the terminal, and ^C ends it and Kapo with 130")
    func interrupt() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " run cat")
                kapo, command = started(t)
                assert t.foreground() == command == os.getpgid(command) != os.getpgid(kapo)
                t.type("hello\\n")
                t.expect("hello\\r\\nhello\\r\\n")
                t.type("\\x03")
                t.expect("% ")
                assert code(t) == 130
                leave(t)
                """)
        }
    }

    @Test("^\\\\ reaches the command, and ^D is its end of file", arguments: [(#"\x1c"#, 131), (#"\x04"#, 0)])
    func quitAndEnd(key: String, code: Int) throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell("ulimit -c 0; " + KAPO + " run cat")
                started(t)
                t.type("\(key)")
                t.expect("% ")
                assert code(t) == \(code)
                leave(t)
                """)
        }
    }

    @Test(
        "^Z stops the command and Kapo, and fg brings both back, as often as one likes",
        arguments: ["run", "supervise"])
    func stopAndForeground(mode: String) throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " \(mode) cat")
                kapo, command = started(t)
                for turn in "first", "second":
                    t.type("\\x1a")
                    t.expect(r"\\[1\\]\\+ +Stopped.*% ")
                    assert state(kapo) == state(command) == "T"
                    assert t.foreground() == t.pid
                    t.type("fg\\n")
                    t.expect(r"cat\\r\\n")
                    t.type(turn + "\\n")
                    t.expect(turn + "\\r\\n" + turn + "\\r\\n")
                    assert t.foreground() == command and state(kapo) != "T"
                t.type("\\x03")
                t.expect("% ")
                assert code(t) == 130
                leave(t)
                """)
        }
    }

    @Test("bg has both go on behind the shell, until the command wants to read: then the job is stopped")
    func background() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                # Not a shell: dash stands still for ever when a ^Z comes between its vfork and exec.
                with open(box + "/script", "w") as script:
                    script.write("import os, sys, time\\nwhile not os.path.exists(sys.argv[1] + '/go'):\\n")
                    script.write("    time.sleep(0.02)\\nprint('got', sys.stdin.readline())\\n")
                t = shell(KAPO + " run python3 " + box + "/script " + box)
                kapo, command = started(t)
                t.type("\\x1a")
                t.expect("Stopped.*% ")
                t.type("bg\\n")
                t.expect("% ")
                wait_for("going on", lambda: state(kapo) != "T" and state(command) != "T")
                assert t.foreground() == t.pid
                open(box + "/go", "w").close()
                wait_for("the command wants to read", lambda: state(kapo) == state(command) == "T")
                t.type("jobs\\n")
                t.expect("Stopped.*% ")
                t.type("fg\\n")
                t.expect("\\r\\n.*\\r\\n")
                t.type("hello\\n")
                t.expect("got hello\\r\\n.*% ")
                assert code(t) == 0
                leave(t)
                """)
        }
    }

    @Test("a Kapo that is started in the background is stopped when its command reads, and fg gives it the terminal")
    func startedInTheBackground() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " run cat &")
                kapo, command = started(t)
                wait_for("stopped", lambda: state(kapo) == state(command) == "T")
                assert t.foreground() == t.pid
                t.type("fg\\n")
                t.expect("run cat\\r\\n")
                wait_for("the foreground", lambda: t.foreground() == command)
                t.type("hello\\n")
                t.expect("hello\\r\\nhello\\r\\n")
                t.type("\\x04")
                t.expect("% ")
                assert code(t) == 0
                leave(t)
                """)
        }
    }

    @Test("in a pipeline ^Z stops the whole job, fg brings it back, and ^C ends it")
    func pipeline() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " run cat | tr a-z A-Z")
                kapo, command = started(t)
                t.type("\\x1a")
                t.expect("Stopped.*% ")
                assert state(kapo) == state(command) == "T"
                t.type("fg\\n")
                t.expect("A-Z\\r\\n")
                t.type("hello\\n\\x04")
                t.expect("hello\\r\\n.*HELLO\\r\\n.*% ")
                t.type(KAPO + " run cat | cat\\n")
                started(t)
                t.type("\\x03")
                t.expect("% ")
                leave(t)
                """)
        }
    }

    @Test("in a script ^Z stops the script as well, and fg brings all back")
    func script() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                with open(box + "/script", "w") as script:
                    script.write(KAPO + " run cat\\necho ended with $?\\n")
                t = shell("sh " + box + "/script")
                kapo, command = started(t)
                t.type("\\x1a")
                t.expect("Stopped.*% ")
                script = int(stat(kapo)[1])
                wait_for("all stopped", lambda: state(script) == state(kapo) == state(command) == "T")
                t.type("fg\\n")
                t.expect("script\\r\\n")
                t.type("hello\\n\\x04")
                t.expect("hello\\r\\n.*hello\\r\\n.*ended with 0\\r\\n.*% ")
                leave(t)
                """)
        }
    }

    @Test("^C ends supervise, and not only the run")
    func interruptOfSupervise() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " supervise --wait 0 cat")
                kapo, command = started(t)
                t.type("\\x03")
                t.expect("killed by SIGINT.*% ")
                assert code(t) == 130 and state(kapo) == "gone"
                leave(t)
                """)
        }
    }

    @Test("between two runs of supervise Kapo has the foreground itself, so ^C ends it")
    func betweenRuns() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " supervise --wait 600 sh -c 'exit 3'")
                t.expect('again in 600 s"\\r\\n')
                assert os.getpgid(t.foreground()) == t.foreground() != t.pid
                assert "supervise" in open("/proc/%d/cmdline" % t.foreground()).read()
                t.type("\\x03")
                t.expect("% ")
                assert code(t) == 3
                leave(t)
                """)
        }
    }

    @Test("each run of supervise has the foreground in its turn, and reads")
    func eachRun() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " supervise --wait 0.1 cat")
                for turn in "first", "second", "third":
                    kapo, command = started(t)
                    assert t.foreground() == command
                    t.type(turn + "\\n")
                    t.expect(turn + "\\r\\n" + turn + "\\r\\n")
                    t.type("\\x04")
                started(t)
                t.type("\\x03")
                t.expect("% ")
                assert code(t) == 130
                leave(t)
                """)
        }
    }

    @Test("a shell as the command has jobs of its own")
    func nestedShell() throws {
        try Sandbox.run { box in
            try box.terminal(
                """
                t = shell(KAPO + " run bash --norc --noprofile -i")
                kapo, command = started(t)
                t.type("sleep 600\\n")
                # Until it is executed, the inner shell's child ignores what the terminal sends.
                job = lambda: open("/proc/%d/comm" % t.foreground()).read()
                wait_for("a job of the inner shell", lambda: job() == "sleep\\n")
                t.type("\\x1a")
                t.expect("Stopped.*sleep.*% ")
                assert state(kapo) != "T" and state(command) != "T" and t.foreground() == command
                t.type("fg\\n")
                wait_for("the job again", lambda: t.foreground() not in (command, t.pid))
                t.type("\\x03")
                t.expect("% ")
                t.type("exit 7\\n")
                t.expect("ended with exit code 7.*% ")
                assert t.foreground() == t.pid and code(t) == 7
                leave(t)
                """)
        }
    }
}

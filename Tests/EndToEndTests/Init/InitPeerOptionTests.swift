import Glibc
import Testing

/// What others have options for, and groups, terminals and pauses: the same scenarios with Kapo, tini and dumb-init.
@Suite struct InitPeerOptionTests {
    typealias Init = InitPeerTests.Init

    private func start(
        _ box: Sandbox, _ peer: Init, python script: String, at place: Place, _ options: [String] = []
    ) throws -> (running: Running, pid: pid_t) {
        let words = ["python3", "-c", Leftovers.prelude + script, box.directory]
        let running = try box.start(peer.words(words, at: place, options))
        try running.waitForOutput(containing: "ready")
        return (running, try box.pid(of: running, at: place))
    }

    @Test("a signal reaches the command's whole group", arguments: Init.allCases, Place.allCases)
    func group(peer: Init, place: Place) throws {
        try Sandbox.run { box in
            let script = """
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
                child = os.fork()
                if child:
                    note("ready")
                signal.sigwait([signal.SIGTERM])
                if not child:
                    note("child heard")
                    os._exit(0)
                os.waitpid(child, 0)
                os._exit(7)
                """
            let (running, pid) = try start(box, peer, python: script, at: place)
            Glibc.kill(pid, SIGTERM)
            #expect(try running.wait() == .code(7))
            #expect(running.output == "ready\nchild heard\n")
        }
    }

    @Test(
        "a signal is rewritten, and another one dropped",
        arguments: [
            (Init.kapo, ["--rewrite-signal", "TERM=QUIT", "--rewrite-signal", "HUP=0"]),
            (.dumbInit, ["--rewrite", "15:3", "--rewrite", "1:0"]),
        ])
    func rewriting(peer: Init, options: [String]) throws {
        try Sandbox.run { box in
            let script = """
                heard = [signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM]
                signal.pthread_sigmask(signal.SIG_BLOCK, heard)
                note("ready")
                os._exit(signal.sigwait(heard))
                """
            let (running, pid) = try start(box, peer, python: script, at: .pidOne, options)
            Glibc.kill(pid, SIGHUP)
            Glibc.kill(pid, SIGTERM)
            #expect(try running.wait() == .code(SIGQUIT))
        }
    }

    @Test(
        "an exit code is mapped to 0, and another one stays",
        arguments: [(Init.kapo, ["--map-exit", "143=0"]), (.tini, ["-e", "143"])])
    func exitCode(peer: Init, options: [String]) throws {
        try Sandbox.run { box in
            for (script, code) in [("kill -TERM $$", 0), ("exit 143", 0), ("exit 3", 3)] as [(String, Int32)] {
                let outcome = try box.finish(peer.words(["sh", "-c", script], at: .pidOne, options))
                #expect(outcome.ending == .code(code), "\(script): \(outcome.errors)")
            }
        }
    }

    @Test(
        "when its parent ends, the init gets a signal, and passes it on",
        arguments: [(Init.kapo, ["--parent-death-signal", "TERM"]), (.tini, ["-p", "SIGTERM"])])
    func parentDeath(peer: Init, options: [String]) throws {
        try Sandbox.run { box in
            try box.go()
            let words = ["python3", "-c", Leftovers.prelude + "tidy('clean')(lambda: note('ready'))", box.directory]
            let parent = try box.start(
                ["sh", "-c", #""$@" & wait"#, "sh"] + peer.words(words, at: .ordinary, options))
            try parent.waitForOutput(containing: "ready")
            parent.signal(SIGKILL)
            try eventually("the end of all", that: { box.processes.isEmpty })
            #expect(Files.exists(box.path("clean")))
        }
    }

    @Test("TSTP stops the command, and CONT wakes it", arguments: Init.allCases)
    func pause(peer: Init) throws {
        try Sandbox.run { box in
            let (running, pid) = try start(box, peer, python: "note('ready'); signal.pause()", at: .ordinary)
            let command = try #require(ProcessTable.children(of: pid).first)
            // tini goes on itself; the others stop as a job does.
            let stopped = peer == .tini ? [command] : [pid, command]
            Glibc.kill(pid, SIGTSTP)
            try ProcessTable.waitUntil(stopped: true, stopped)
            Glibc.kill(pid, SIGCONT)
            try ProcessTable.waitUntil(stopped: false, stopped)
            Glibc.kill(pid, SIGTERM)
            #expect(try running.wait() == .code(128 + SIGTERM))
        }
    }

    @Test(
        "the command has the terminal, in a session of its own",
        arguments: [(Init.kapo, ["--setsid"]), (.dumbInit, [])])
    func session(peer: Init, options: [String]) throws {
        let words = peer.words(["cat"], at: .ordinary, options).map { "'\($0)'" }.joined(separator: ", ")
        try Sandbox.run { box in
            try box.terminal(
                """
                t = Terminal([\(words)])
                t.type("hello\\n")
                t.expect("hello\\r\\n.*hello\\r\\n")
                command = t.foreground()
                parent, group, session, tty, foreground = map(int, stat(command)[1:6])
                assert (parent, group, session, foreground) == (t.pid, command, command, command) and tty != 0
                t.type("\\x03")
                assert t.end() == 130
                """)
        }
    }

    @Test("the command has the foreground of the terminal, in the init's session", arguments: [Init.kapo, .tini])
    func foreground(peer: Init) throws {
        let words = peer.words(["cat"], at: .ordinary).map { "'\($0)'" }.joined(separator: ", ")
        try Sandbox.run { box in
            try box.terminal(
                """
                t = Terminal([\(words)])
                t.type("hello\\n")
                t.expect("hello\\r\\n.*hello\\r\\n")
                command = t.foreground()
                assert os.getsid(command) == t.pid != command
                t.type("\\x03")
                assert t.end() == 130
                """)
        }
    }

    @Test(
        "what the command leaves behind has been told to end when Kapo ends; tini and dumb-init leave it",
        arguments: Init.allCases)
    func leftovers(peer: Init) throws {
        try Sandbox.run { box in
            let script = "note('ready'); orphan(tidy('clean'), session=True); os._exit(5)"
            try box.go()
            let (running, _) = try start(box, peer, python: script, at: .ordinary)
            #expect(try running.wait() == .code(5))
            #expect(Files.exists(box.path("clean")) == (peer == .kapo))
            for pid in box.processes { Glibc.kill(pid, SIGKILL) }
        }
    }

    @Test("a Kapo that is killed takes its command along; tini and dumb-init do not", arguments: Init.allCases)
    func killed(peer: Init) throws {
        try Sandbox.run { box in
            let (running, pid) = try start(box, peer, python: "note('ready'); signal.pause()", at: .ordinary)
            let command = try #require(ProcessTable.children(of: pid).first)
            Glibc.kill(pid, SIGKILL)
            _ = try running.wait()
            if peer == .kapo {
                try eventually("the end of the command", that: { !ProcessTable.isAlive(command) })
            } else {
                EndToEndTests.pause(.milliseconds(200))
                #expect(ProcessTable.isAlive(command))
                Glibc.kill(command, SIGKILL)
            }
        }
    }
}

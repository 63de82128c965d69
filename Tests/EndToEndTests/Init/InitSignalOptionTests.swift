import Glibc
import Testing

/// Who gets which signal: --signal-to, --rewrite-signal and --stop-signal.
@Suite struct InitSignalOptionTests {
    /// A command and its child, which say what they hear. Behind a USR1 the command sends its child a USR2: what that
    /// says first came before. Both end on 64 (RTMAX).
    private static let reporter = """
        everything = set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, everything)
        child = os.fork()
        name = "parent" if child else "child"
        note(name + " ready")
        while True:
            got = signal.sigwait(everything)
            note("%s %d." % (name, got))
            if child and got == signal.SIGUSR1:
                os.kill(child, signal.SIGUSR2)
            if got == 64:
                os._exit(0)
        """

    private func start(
        _ box: Sandbox, _ mode: [String], _ environment: [String: String?] = [:], at place: Place = .ordinary
    ) throws -> (kapo: Kapo, pid: pid_t) {
        let words = Sandbox.kapo(
            mode + ["python3", "-c", Leftovers.prelude + Self.reporter, box.directory], at: place)
        let kapo = try box.kapo(box.start(words, environment: environment))
        for name in ["parent", "child"] { try kapo.process.waitForOutput(containing: "\(name) ready") }
        return (kapo, try box.pid(of: kapo.process, at: place))
    }

    /// What that process of the reporter has heard, in order.
    private func heard(_ name: String, _ kapo: Kapo) -> [Int32] {
        kapo.process.output.split(separator: "\n").filter { $0.hasPrefix(name) && $0.hasSuffix(".") }
            .compactMap { Int32($0.dropFirst(name.count + 1).dropLast()) }
    }

    @Test(
        "signals go to the group, or with --signal-to child to the command alone",
        arguments: ["run", "supervise"], Place.allCases)
    func target(mode: String, place: Place) throws {
        for (options, variable, isGroup) in [
            ([], nil, true), (["--signal-to", "group"], "child", true), (["--signal-to=child"], nil, false),
            ([], "child", false),
        ] as [([String], String?, Bool)] {
            try Sandbox.run { box in
                let (kapo, pid) = try start(box, [mode] + options, ["KAPO_SIGNAL_TO": variable], at: place)
                Glibc.kill(pid, SIGUSR1)
                try kapo.process.waitForOutput(containing: "child \(SIGUSR2).")
                #expect(heard("parent", kapo) == [SIGUSR1])
                #expect(heard("child", kapo) == (isGroup ? [SIGUSR1, SIGUSR2] : [SIGUSR2]), "\(options)")
                // Ended by TERM, and its child by the sweep, which does not ask who gets signals.
                let command = try #require(ProcessTable.children(of: pid).first)
                Glibc.kill(command, SIGKILL)
                for child in ProcessTable.children(of: pid) { Glibc.kill(child, SIGKILL) }
                if mode == "supervise" { Glibc.kill(pid, SIGTERM) }
                Glibc.kill(-command, SIGKILL)
                #expect(try kapo.process.wait() == .code(128 + SIGKILL))
            }
        }
    }

    /// Options or a variable, a signal that is sent to Kapo, and what the command hears of it; 0 for nothing.
    struct Rewriting: CustomTestStringConvertible {
        var options: [String] = []
        var variable: String?
        var expected: [(sent: Int32, heard: Int32)]

        var testDescription: String { (options + [variable].compactMap { $0 }).joined(separator: " ") }
    }

    static let rewritings = [
        Rewriting(options: ["--rewrite-signal", "HUP=QUIT"], expected: [(SIGHUP, SIGQUIT), (SIGQUIT, SIGQUIT)]),
        Rewriting(options: ["--rewrite-signal=SIGHUP=SIGUSR2"], expected: [(SIGHUP, SIGUSR2)]),
        Rewriting(options: ["--rewrite-signal", "hup=sigterm"], expected: [(SIGHUP, SIGTERM)]),
        Rewriting(options: ["--rewrite-signal", "1=15"], expected: [(SIGHUP, SIGTERM)]),
        Rewriting(options: ["--rewrite-signal", "RTMIN+3=RTMAX-2"], expected: [(37, 62), (38, 38)]),
        Rewriting(options: ["--rewrite-signal", "SIGRTMIN=40"], expected: [(34, 40)]),
        Rewriting(options: ["--rewrite-signal", "WINCH=0"], expected: [(SIGWINCH, 0), (SIGHUP, SIGHUP)]),
        Rewriting(options: ["--rewrite-signal", "TERM=0"], expected: [(SIGTERM, 0), (SIGTERM, 0), (SIGHUP, SIGHUP)]),
        Rewriting(options: ["--rewrite-signal", "INT=0"], expected: [(SIGINT, 0), (SIGHUP, SIGHUP)]),
        Rewriting(options: ["--rewrite-signal", "TERM=QUIT"], expected: [(SIGTERM, SIGQUIT)]),
        Rewriting(
            options: ["--rewrite-signal", "HUP=USR2", "--rewrite-signal", "USR2=HUP"],
            expected: [(SIGHUP, SIGUSR2), (SIGUSR2, SIGHUP)]),
        Rewriting(options: ["--rewrite-signal", "HUP=QUIT", "--rewrite-signal", "HUP=0"], expected: [(SIGHUP, 0)]),
        Rewriting(variable: "HUP=QUIT WINCH=0  INT=TERM", expected: [(SIGHUP, 3), (SIGWINCH, 0), (SIGINT, 15)]),
        Rewriting(options: ["--rewrite-signal", "HUP=USR2"], variable: "HUP=QUIT", expected: [(SIGHUP, SIGUSR2)]),
    ]

    @Test(
        "a signal that is rewritten comes as the other one, once, and one that is dropped does not",
        arguments: rewritings)
    func rewriting(_ rewriting: Rewriting) throws {
        try Sandbox.run { box in
            let (kapo, pid) = try start(
                box, ["run"] + rewriting.options, ["KAPO_REWRITE_SIGNAL": rewriting.variable])
            var expected: [Int32] = []
            for (sent, heard) in rewriting.expected {
                Glibc.kill(pid, sent)
                if heard > 0 { expected.append(heard) }
                // Kapo reads a 63 after what was sent before, and the command hears it then.
                Glibc.kill(pid, 63)
                expected.append(63)
                try eventually(
                    "\(expected), but \(heard): \(self.heard("child", kapo))",
                    that: { self.heard("child", kapo).count == expected.count })
            }
            #expect(heard("parent", kapo) == expected)
            #expect(heard("child", kapo) == expected)
            Glibc.kill(pid, 64)
            #expect(try kapo.process.wait() == .code(0))
        }
    }

    @Test("a TERM that is dropped does not end supervise; an INT that becomes a QUIT does")
    func droppedTerm() throws {
        try Sandbox.run { box in
            let (kapo, pid) = try start(
                box, ["supervise", "--wait", "0", "--rewrite-signal", "TERM=0", "--rewrite-signal", "INT=QUIT"])
            Glibc.kill(pid, SIGTERM)
            Glibc.kill(pid, 64)
            try eventually(
                "two processes of the next run",
                that: { kapo.process.output.matches(of: /(parent|child) ready/).count == 4 })
            #expect(try kapo.entry().Restarts == 1)
            Glibc.kill(pid, SIGINT)
            try kapo.process.waitForOutput(containing: "parent \(SIGQUIT).")
            Glibc.kill(pid, 64)
            #expect(try kapo.process.wait() == .code(0))
        }
    }

    @Test(
        "when the time to live is over the command gets --stop-signal, TERM without one",
        arguments: [
            ([], nil, SIGTERM), (["--stop-signal", "QUIT"], nil, SIGQUIT), (["--stop-signal=RTMIN+5"], nil, 39),
            ([], "USR1", SIGUSR1), (["--stop-signal", "2"], "USR1", SIGINT),
        ] as [([String], String?, Int32)], ["run", "supervise"])
    func stopSignal(how: (options: [String], variable: String?, heard: Int32), mode: String) throws {
        try Sandbox.run { box in
            let (kapo, pid) = try start(
                box, [mode, "--ttl", "1"] + how.options, ["KAPO_STOP_SIGNAL": how.variable])
            for name in ["parent", "child"] { try kapo.process.waitForOutput(containing: "\(name) \(how.heard).") }
            #expect(heard("parent", kapo) == [how.heard])
            #expect(kapo.log.contains("time to live is over"))
            // A TERM to Kapo comes as it is.
            Glibc.kill(pid, SIGTERM)
            try kapo.process.waitForOutput(containing: "parent \(SIGTERM).")
            Glibc.kill(pid, 64)
            #expect(try kapo.process.wait() == .code(0))
        }
    }
}

import Glibc
import Testing

/// The same scenarios with Kapo, tini and dumb-init: where the others do it, Kapo does, too.
@Suite struct InitPeerTests {
    enum Init: String, CaseIterable {
        case kapo, tini
        case dumbInit = "dumb-init"

        /// What starts a command under it at that place, with options of its own.
        func words(_ command: [String], at place: Place, _ options: [String] = []) -> [String] {
            switch self {
            case .kapo: Sandbox.kapo(["run"] + options + command, at: place)
            // Signals go to the group, as they do with the others; orphans come to it everywhere.
            case .tini: place.words + ["tini", "-g"] + (place == .ordinary ? ["-s"] : []) + options + ["--"] + command
            case .dumbInit: place.words + ["dumb-init"] + options + ["--"] + command
            }
        }
    }

    @Test(
        "10,000 orphans leave no zombie a second later, and one that lives is a child of the init",
        arguments: [
            (Init.kapo, Place.pidOne), (.kapo, .ordinary), (.tini, .pidOne), (.tini, .ordinary), (.dumbInit, .pidOne),
        ])
    func orphans(peer: Init, place: Place) throws {
        try Sandbox.run { box in
            let running = try box.start(peer.words(["sh", "-c", Leftovers.tenThousand], at: place))
            try running.waitForOutput(containing: "made")
            let children = try Leftovers.expectReaped(running, by: box.pid(of: running, at: place))
            // Of the three, only Kapo ends what its command leaves behind.
            if peer != .kapo && place == .ordinary { for pid in children { Glibc.kill(pid, SIGTERM) } }
        }
    }

    /// Says which signals come back from process 1. Real-time signal 64 follows each, and comes after it or alone.
    private let echo = #"""
        import os, signal, sys
        everything = set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, everything)
        heard = []
        for number in map(int, sys.argv[1:]):
            os.kill(1, number)
            os.kill(1, 64)
            while (got := signal.sigtimedwait(everything, 15).si_signo) != 64:
                heard.append(got)
        print(*heard)
        """#

    @Test("every signal that another init passes on is passed on by Kapo", arguments: Init.allCases)
    func signals(peer: Init) throws {
        try Sandbox.run { box in
            let numbers =
                [
                    SIGHUP, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGALRM, SIGSTKFLT, SIGCONT, SIGURG, SIGXCPU, SIGXFSZ,
                    SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR,
                ] + Array(34...63) + [SIGTERM]
            let words = ["python3", "-c", echo] + numbers.map { "\($0)" }
            let outcome = try box.finish(peer.words(words, at: .pidOne))
            #expect(outcome.ending == .code(0), "\(outcome.errors)")
            // tini leaves ABRT to its default, which is nothing for process 1.
            let expected = numbers.filter { peer != .tini || $0 != SIGABRT }
            #expect(outcome.output == expected.map { "\($0)" }.joined(separator: " ") + "\n")
        }
    }

    @Test("process 1 ends with the command's exit code, or with 128 + N", arguments: Init.allCases)
    func codes(peer: Init) throws {
        try Sandbox.run { box in
            for (script, code) in Ends.scripts {
                let outcome = try box.finish(peer.words(["sh", "-c", script], at: .pidOne))
                #expect(outcome.ending == .code(code), "\(script): \(outcome.errors)")
            }
        }
    }

    @Test("a TERM that comes to process 1 from inside is passed on", arguments: Init.allCases)
    func termFromInside(peer: Init) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(peer.words(["sh", "-c", Ends.termFromInside], at: .pidOne))
            #expect(outcome.ending == .code(9), "\(outcome.errors)")
            #expect(outcome.output == "1 sent, heard\n")
        }
    }
}

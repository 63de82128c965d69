import Glibc
import Testing

/// How an init ends.
@Suite struct InitEndTests {
    @Test("a Kapo that is killed takes its command along", arguments: ["run", "supervise"])
    func killed(mode: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                [mode, "python3", "-c", Leftovers.prelude + "stubborn(lambda: note('ready'))", box.directory])
            try kapo.process.waitForOutput(containing: "ready")
            kapo.process.signal(SIGKILL)
            #expect(try kapo.process.wait() == .signal(SIGKILL))
            try eventually("the end of the command", within: .seconds(5), that: { box.processes.isEmpty })
        }
    }

    @Test("process 1 of a PID namespace ends with the command's exit code, or with 128 + N", arguments: ["run"])
    func codes(mode: String) throws {
        try Sandbox.run { box in
            for (script, code) in Ends.scripts {
                let outcome = try box.finish(Sandbox.kapo([mode, "sh", "-c", script], at: .pidOne))
                #expect(outcome.ending == .code(code), "\(script): \(outcome.errors)")
            }
        }
    }

    @Test(
        "a TERM that comes to process 1 from inside ends it with the command's code", arguments: ["run", "supervise"])
    func termFromInside(mode: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(Sandbox.kapo([mode, "sh", "-c", Ends.termFromInside], at: .pidOne))
            #expect(outcome.ending == .code(9), "\(outcome.errors)")
            #expect(outcome.output == "1 sent, heard\n")
        }
    }

    @Test("process 1 of a PID namespace that sees another /proc ends with its command, and at once")
    func foreignProc() throws {
        try Sandbox.run { box in
            let words = Place.unshare + Sandbox.kapo(["run", "sh", "-c", "exit 42"])
            let outcome = try box.finish(words, within: .seconds(5))
            #expect(outcome.ending == .code(42), "\(outcome.errors)")
            #expect(!outcome.errors.contains("left behind"))
        }
    }
}

/// Scripts of sh(1) that end in some way.
enum Ends {
    /// Each with the exit code that an init makes of its end.
    static let scripts: [(script: String, code: Int32)] = [
        ("exit 0", 0), ("exit 1", 1), ("exit 42", 42), ("exit 255", 255), ("kill -HUP $$", 128 + SIGHUP),
        ("kill -KILL $$", 128 + SIGKILL), ("kill -TERM $$", 128 + SIGTERM),
        ("ulimit -c 0; kill -SEGV $$", 128 + SIGSEGV),
    ]

    /// Sends TERM to process 1 and ends with 9 when it comes back.
    static let termFromInside = """
        trap 'echo heard; exit 9' TERM
        printf '1 sent, '
        kill -TERM 1
        while :; do sleep 0.05; done
        """
}

import Glibc
import Testing

/// `--restart` and `--success-exit`.
@Suite struct RestartWhenTests {
    /// Options, a script of sh, and what becomes of it: nil for a restart, or else the code that Kapo ends with.
    struct Case: CustomTestStringConvertible {
        var options: String
        var script: String
        var code: Int32?

        init(_ options: String, _ script: String, _ code: Int32?) {
            (self.options, self.script, self.code) = (options, script, code)
        }

        var words: [String] {
            ["supervise", "--wait", "0.05"] + options.split(separator: " ").map(String.init) + ["sh", "-c", script]
        }
        var testDescription: String { "\(options) \(script)" }
    }

    private static let cases = [
        Case("", "exit 0", nil), Case("", "exit 7", nil),
        Case("--restart always", "exit 0", nil), Case("--restart always", "kill -9 $$", nil),
        Case("--restart on-failure", "exit 0", 0), Case("--restart on-failure", "exit 7", nil),
        Case("--restart on-failure", "kill -HUP $$", nil),
        Case("--restart on-failure --success-exit 0,7", "exit 7", 7),
        Case("--restart on-failure --success-exit 7", "exit 0", nil),
        Case("--restart on-failure --success-exit 0,HUP", "kill -HUP $$", 129),
        Case("--restart on-failure --success-exit 0,1", "kill -HUP $$", nil),
        Case("--restart on-failure --success-exit 143", "kill -TERM $$", nil),
        Case("--restart on-abnormal", "exit 0", 0), Case("--restart on-abnormal", "exit 7", 7),
        Case("--restart on-abnormal", "kill -SEGV $$", nil),
        Case("--restart on-abnormal --success-exit SEGV", "kill -SEGV $$", 139),
        Case("--restart never", "exit 0", 0), Case("--restart never", "exit 7", 7),
        Case("--restart never", "kill -9 $$", 137),
    ]

    @Test("an end is followed by a start", arguments: cases.filter { $0.code == nil })
    func again(_ example: Case) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(example.words)
            try kapo.entry("two restarts") { $0.Restarts >= 2 }
        }
    }

    @Test("an end is the end of Kapo, with the command's code", arguments: cases.filter { $0.code != nil })
    func over(_ example: Case) throws {
        try Sandbox.run { box in
            let kapo = try box.finish(Sandbox.kapo(example.words))
            #expect(kapo.ending == example.code.map { .code($0) })
            #expect(kapo.errors.ranges(of: "started sh").count == 1)
            #expect(!kapo.errors.contains("again"))
        }
    }

    @Test("the variables do the same")
    func variables() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(["supervise", "sh", "-c", "exit 7"]),
                environment: ["KAPO_RESTART": "on-failure", "KAPO_SUCCESS_EXIT": "0 7"])
            #expect(outcome.ending == .code(7))
        }
    }
}

import Glibc
import Testing

/// --map-exit: other exit codes in place of the command's.
@Suite struct InitExitCodeTests {
    static let mappings: [(options: [String], variable: String?, script: String, code: Int32)] = [
        (["--map-exit", "143=0"], nil, "kill -TERM $$", 0),
        (["--map-exit", "143=0"], nil, "exit 143", 0),
        (["--map-exit", "143=0"], nil, "exit 3", 3),
        (["--map-exit", "0=7"], nil, "exit 0", 7),
        (["--map-exit=3=4", "--map-exit", "4=5"], nil, "exit 3", 4),
        (["--map-exit=3=4", "--map-exit", "4=5"], nil, "exit 4", 5),
        (["--map-exit", "3=4", "--map-exit", "3=255"], nil, "exit 3", 255),
        ([], "3=4 137=0", "kill -KILL $$", 0),
        (["--map-exit", "3=6"], "3=4 137=0", "exit 3", 6),
        (["--map-exit", "3=6"], "3=4 137=0", "kill -KILL $$", 137),
    ]

    @Test("run ends with the code that the command's is mapped to, once", arguments: mappings)
    func run(options: [String], variable: String?, script: String, code: Int32) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo(["run"] + options + ["sh", "-c", script]), environment: ["KAPO_MAP_EXIT": variable])
            #expect(outcome.ending == .code(code), "\(outcome.errors)")
        }
    }

    @Test("supervise does, too, and the document shows what the command did")
    func supervise() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "3600", "--map-exit", "3=0", "sh", "-c", "exit 3"])
            let ended = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(ended.ExitCode == 3)
            #expect(try kapo.stop() == .code(0))
            let other = try box.kapo(["supervise", "--map-exit", "143=0", "sleep", "600"])
            try other.entry("running") { $0.Status == "running" }
            #expect(try other.stop() == .code(0))
        }
    }

    @Test("what Kapo says itself is not mapped: the command was not found, or not executed")
    func ownCodes() throws {
        try Sandbox.run { box in
            let options = ["run", "--map-exit", "127=0", "--map-exit", "126=0"]
            for (command, code) in [("no-such-command", 127), (box.directory, 126)] as [(String, Int32)] {
                let outcome = try box.finish(Sandbox.kapo(options + [command]))
                #expect(outcome.ending == .code(code), "\(outcome.errors)")
            }
        }
    }
}

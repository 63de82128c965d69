import Glibc
import Testing

@Suite struct RunFailureTests {
    /// The command is started in both modes by the same code, and must fail in the same way.
    static let modes = ["run", "supervise"]

    private func start(_ box: Sandbox, _ mode: String, _ command: [String]) throws -> Outcome {
        try box.finish([Programs.kapo, "--interface", "127.0.0.1", "--port", "0", mode] + command)
    }

    @Test("a port that is taken is an error: 125, the log says so, and the command is not started", arguments: modes)
    func portInUse(mode: String) throws {
        try Sandbox.run { box in
            let other = try box.kapo(["run", "sleep", "600"])
            let port = String(other.port)
            let outcome = try box.finish(
                [Programs.kapo, "-i", "127.0.0.1", "-p", port, mode, "touch", box.path("started")])
            #expect(outcome.ending == .code(125))
            #expect(outcome.errors.contains("cannot listen on 127.0.0.1:\(port)"))
            #expect(outcome.errors.contains("Address already in use"))
            #expect(!Files.exists(box.path("started")))
            #expect(try other.entry().Status == "running")
        }
    }

    @Test("an address that is not of this machine is an error: 125")
    func foreignAddress() throws {
        try Sandbox.run { box in
            // 192.0.2.0/24 is for documentation (RFC 5737): no machine has such an address.
            let outcome = try box.finish(
                [Programs.kapo, "-i", "192.0.2.1", "-p", "0", "run", "touch", box.path("started")])
            #expect(outcome.ending == .code(125))
            #expect(outcome.errors.contains("192.0.2.1"))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("a command that is not found: 127, and the log says which", arguments: modes)
    func notFound(mode: String) throws {
        try Sandbox.run { box in
            let outcome = try start(box, mode, ["no-such-command-anywhere"])
            #expect(outcome.ending == .code(127))
            #expect(outcome.errors.contains("level=error"))
            #expect(outcome.errors.contains("cannot start 'no-such-command-anywhere': it"))

            let path = box.path("nothing/here")
            let missing = try start(box, mode, [path])
            #expect(missing.ending == .code(127))
            #expect(missing.errors.contains("cannot start '\(path)': No such file or directory"))
        }
    }

    @Test("a command that cannot be executed: 126, and the log says why", arguments: modes)
    func notExecutable(mode: String) throws {
        try Sandbox.run { box in
            let file = try box.writeExecutable("file", "#!/bin/sh\n", mode: "644")
            let outcome = try start(box, mode, [file])
            #expect(outcome.ending == .code(126))
            #expect(outcome.errors.contains("cannot start '\(file)': Permission denied"))

            let directory = try start(box, mode, [box.directory])
            #expect(directory.ending == .code(126), "a directory")

            let garbage = try box.writeExecutable("garbage", "\u{7f}ELF, but no program\n")
            let format = try start(box, mode, [garbage])
            #expect(format.ending == .code(126))
            #expect(format.errors.contains("Exec format error"))
        }
    }

    @Test("a script whose interpreter is missing: 127, and the log does not blame the script", arguments: modes)
    func missingInterpreter(mode: String) throws {
        try Sandbox.run { box in
            let script = try box.writeExecutable("script", "#!/no/such/interpreter\n")
            let outcome = try start(box, mode, [script])
            #expect(outcome.ending == .code(127))
            #expect(outcome.errors.contains("cannot start '\(script)': the interpreter"))
        }
    }

    @Test("an empty command name is an error of its own kind, not a crash", arguments: modes)
    func emptyName(mode: String) throws {
        try Sandbox.run { box in
            let outcome = try start(box, mode, [""])
            #expect([.code(64), .code(127)].contains(outcome.ending), "\(outcome.ending): \(outcome.errors)")
        }
    }
}

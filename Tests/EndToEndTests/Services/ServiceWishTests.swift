import Glibc
import Testing

/// What a file asks for beyond the command, and what comes of it in a directory.
@Suite struct ServiceWishTests {
    @Test(
        "a service that is not to be started again stays down while its file stays as it is",
        arguments: ["retries: 0", "kapo: {restart: never}", "kapo: {start-limit: 1/60}"])
    func done(_ line: String) throws {
        try Sandbox.run { box in
            let kapo = try directory(["job": "cmd: 'true'\n\(line)\n"], box)
            try eventually("the job is down; log: \(kapo.errors)") { kapo.errors.contains("true is down") }
            // Longer than the second after which a service that was halted comes back.
            pause(.milliseconds(1500))
            #expect(kapo.errors.matches(of: /started true/).count == 1, "\(kapo.errors)")
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
        }
    }

    @Test("a service of a directory ends by its stop signal, whatever is said of TERM", arguments: ["", "TERM=0"])
    func stopSignal(_ rewrite: String) throws {
        try Sandbox.run { box in
            let script = "trap 'echo quit; exit 0' QUIT; echo ready; while :; do sleep 0.05; done"
            let more = rewrite.isEmpty ? "" : ", rewrite-signal: \(rewrite)"
            let kapo = try directory(
                ["job": "cmd: [sh, -c, \"\(script)\"]\nkapo: {stop-signal: QUIT\(more)}\n"], box)
            try kapo.waitForOutput(containing: "ready\n")
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
            #expect(kapo.output == "ready\nquit\n")
        }
    }

    @Test("an option of supervise comes before cwd of its file, and cwd before chdir and the variable")
    func precedence() throws {
        try Sandbox.run { box in
            try Files.write(box.path("job.yml"), "cmd: pwd\nretries: 0\ncwd: /usr\nkapo: {chdir: /etc}\n".utf8)
            let words = [Programs.kapo, "supervise", "--port", "0", "--config", box.path("job.yml")]
            #expect(try box.finish(words, environment: ["KAPO_CHDIR": "/tmp"]).output == "/usr\n")
            #expect(try box.finish(words + ["--chdir", "/"]).output == "/\n")
        }
    }

    @Test("a bad value of an option is told with its place, and a directory that is not there with its path")
    func messages() throws {
        try Sandbox.run { box in
            try Files.write(box.path("job.yml"), "cmd: 'true'\nkapo: {restart: sometimes}\n".utf8)
            let bad = try box.finish([Programs.kapo, "supervise", "--config", box.path("job.yml"), "--check-config"])
            #expect(bad.ending == .code(1))
            #expect(bad.errors.contains("job.yml:2:17: restart: 'sometimes' is not"), "\(bad.errors)")
            let nowhere = box.path("nowhere")
            let gone = try box.finish([Programs.kapo, "dir", nowhere], environment: ["IMMORTAL_SDIR": box.path("run")])
            #expect(gone.ending == .code(125))
            #expect(gone.errors.contains("\(nowhere) cannot be read"), "\(gone.errors)")
        }
    }

    /// Starts `kapo dir` on a directory of these files.
    private func directory(_ files: [String: String], _ box: Sandbox) throws -> Running {
        #expect(unsafe mkdir(box.path("services"), 0o755) == 0)
        for (name, text) in files { try Files.write(box.path("services/\(name).yml"), text.utf8) }
        return try box.start(
            [Programs.kapo, "dir", box.path("services")], environment: ["IMMORTAL_SDIR": box.path("run")])
    }
}

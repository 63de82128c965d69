import Glibc
import Testing

/// What the command starts with.
@Suite struct InitStartTests {
    /// Becomes the program of its arguments, with some signals blocked or ignored, and with descriptors to inherit.
    static let starter = """
        import os, signal, sys
        for number in range(1, 65):
            if number not in (9, 19, 32, 33):
                signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTSTP, 40):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1, signal.SIGCONT, 50])
        for number in (3, 9, 77, 500):
            os.dup2(1, number)
        os.execvp(sys.argv[1], sys.argv[1:])
        """

    private func started(_ box: Sandbox, _ words: [String]) throws -> Outcome {
        try box.finish(["python3", "-I", "-S", "-c", Self.starter] + words)
    }

    /// The signals of a line of /proc/PID/status. Without 32 and 33, which the C library lets no program change.
    static func set(_ name: String, in status: String) -> [Int] {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        let bits = line.flatMap { UInt64($0.dropFirst(name.count + 2), radix: 16) } ?? 0
        return (1...64).filter { bits >> ($0 - 1) & 1 == 1 && $0 != 32 && $0 != 33 }
    }

    @Test(
        "the signals that Kapo was started with blocked and ignored are so for the command, and no others",
        arguments: [["run"], ["run", "--stdout"]])
    func signals(mode: [String]) throws {
        try Sandbox.run { box in
            let show = ["sed", "-n", "-E", "/^Sig(Blk|Ign|Cgt)/p", "/proc/self/status"]
            let direct = try started(box, show)
            #expect(Self.set("SigBlk", in: direct.output) == [10, 18, 50])
            #expect(Self.set("SigIgn", in: direct.output) == [1, 2, 20, 40])
            let wrapped = try started(box, Sandbox.kapo(mode + show))
            #expect(wrapped.ending == .code(0), "\(wrapped.errors)")
            #expect(wrapped.output == direct.output)
        }
    }

    @Test("the command has the three standard descriptors and no other, also when its output is captured")
    func descriptors() throws {
        try Sandbox.run { box in
            // The one that ls reads the directory through is the first free one.
            let show = ["ls", "-v", "/proc/self/fd"]
            let direct = try started(box, show)
            #expect(direct.output == "0\n1\n2\n3\n4\n9\n77\n500\n")
            for mode in [
                ["run"], ["run", "--stdout", "--stderr"], ["run", "--setsid"], ["run", "--ready", "notify"],
            ] {
                let wrapped = try started(box, Sandbox.kapo(mode + show))
                #expect(wrapped.output == "0\n1\n2\n3\n", "\(wrapped.errors)")
            }
        }
    }

    @Test("a second run has no more of them than the first one")
    func descriptorsAgain() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                box.start(
                    ["python3", "-I", "-S", "-c", Self.starter]
                        + Sandbox.kapo(["supervise", "--wait", "0", "--stdout", "sleep", "600"])))
            for restart in 0...2 {
                let entry = try kapo.entry("running") { $0.Restarts == restart && $0.Status == "running" }
                #expect(Set(Files.names(in: "/proc/\(entry.PID)/fd")) == ["0", "1", "2"])
                Glibc.kill(entry.PID, SIGKILL)
            }
        }
    }

    /// Starts Kapo in a new directory below the sandbox's, as a shell does.
    private func kapo(_ box: Sandbox, in directory: String, _ words: [String], path: String? = nil) throws -> Kapo {
        let script = #"mkdir -p "$0" && cd "$0" && PATH=${ADD:+$ADD:}$PATH exec "$@""#
        return try box.kapo(
            box.start(["sh", "-c", script, box.path(directory)] + Sandbox.kapo(words), environment: ["ADD": path]))
    }

    @Test("the command runs in Kapo's working directory, and Kapo itself is in /", arguments: ["run", "supervise"])
    func workingDirectory(mode: String) throws {
        try Sandbox.run { box in
            let kapo = try kapo(box, in: "here", [mode, "sleep", "600"])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            #expect(Files.target(ofLink: "/proc/\(pid)/cwd") == box.path("here"))
            #expect(Files.target(ofLink: "/proc/\(kapo.pid)/cwd") == "/")
        }
    }

    @Test(
        "a relative path, of the command or in PATH, is found from Kapo's working directory, after a restart too",
        arguments: ["./worker", "bin/../worker", "../here/worker", "worker"])
    func relativePaths(word: String) throws {
        try Sandbox.run { box in
            _ = try box.finish(["mkdir", "-p", box.path("here/bin")])
            _ = try box.writeExecutable("here/worker", "#!/bin/sh\npwd\nexec sleep 600\n")
            let kapo = try kapo(box, in: "here", ["supervise", "--wait", "0", word], path: "nowhere:.")
            for restart in 0...2 {
                let entry = try kapo.entry("running") { $0.Restarts == restart && $0.Status == "running" }
                #expect(entry.Command == word)
                try eventually(
                    "the output of each run",
                    that: {
                        kapo.process.output == String(repeating: box.path("here") + "\n", count: restart + 1)
                    })
                Glibc.kill(entry.PID, SIGKILL)
            }
        }
    }

    @Test("a relative path that is missing, and one whose interpreter is, are told apart from any directory")
    func relativeFailures() throws {
        try Sandbox.run { box in
            _ = try box.writeExecutable("script", "#!/no/such/interpreter\n")
            for (word, reason) in [("./script", "the interpreter"), ("./none", "No such file or directory")] {
                let script = #"cd "$0" && exec "$@""#
                let outcome = try box.finish(
                    ["sh", "-c", script, box.directory] + Sandbox.kapo(["run", word]))
                #expect(outcome.ending == .code(127))
                #expect(outcome.errors.contains("cannot start '\(word)': \(reason)"), "\(outcome.errors)")
            }
        }
    }

    @Test("a working directory that is removed is no failure: neither before a restart nor before the start")
    func removedDirectory() throws {
        try Sandbox.run { box in
            let kapo = try kapo(box, in: "here", ["supervise", "--wait", "0", "sleep", "600"])
            let first = try kapo.entry("running") { $0.Status == "running" }
            #expect(try box.finish(["rmdir", box.path("here")]).code == 0)
            Glibc.kill(first.PID, SIGKILL)
            let second = try kapo.entry("running again") { $0.Restarts == 1 && $0.Status == "running" }
            #expect(Files.target(ofLink: "/proc/\(second.PID)/cwd") == box.path("here") + " (deleted)")

            let script = #"mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@""#
            let outcome = try box.finish(
                ["sh", "-c", script, box.path("there")] + Sandbox.kapo(["run", "sh", "-c", "exit 42"]))
            #expect(outcome.ending == .code(42), "\(outcome.errors)")
        }
    }
}

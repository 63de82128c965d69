import Glibc
import Testing

@Suite struct CaptureTests {
    @Test("100 MB of captured output are echoed byte for byte, while every question is answered")
    func hundredMegabytes() throws {
        try Sandbox.run { box in
            let data = box.path("data")
            let writer = try box.writeExecutable(
                "writer", "#!/bin/sh\nfor n in 0 1 2 3 4 5 6 7 8 9; do echo $n; cat \(data); sleep 0.05; done\n")
            #expect(try box.shell("head -c 10485760 /dev/urandom > \(data)").code == 0)

            let kapo = try box.kapo(["--stdout", "run", "--wait", "600", writer])
            var answers = 0
            // Every question must be answered: `entry` throws when one is not.
            while try kapo.entry().Status == "running" { answers += 1 }
            #expect(answers > 5)
            #expect(try kapo.entry().ExitCode == 0)
            #expect(try kapo.stop() == .code(0))

            let sums = try box.shell("\(writer) | sha256sum; sha256sum < \(kapo.process.outputPath)")
            let lines = sums.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0] == lines[1], "\(lines)")
            let size = try box.shell("stat -c %s \(kapo.process.outputPath)").output
            #expect(size == "\(10 * (10_485_760 + 2))\n")
        }
    }

    @Test("captured standard error goes to Kapo's, byte for byte, and standard output is inherited meanwhile")
    func standardError() throws {
        try Sandbox.run { box in
            let script = "readlink /proc/$$/fd/1; readlink /proc/$$/fd/2 >&2; printf 'a\\377\\000b' >&2"
            let kapo = try box.kapo(["--stderr", "run", "sh", "-c", script])
            #expect(try kapo.process.wait() == .code(0))
            #expect(kapo.process.output == "\(kapo.process.outputPath)\n", "the command's own descriptor is Kapo's")
            #expect(kapo.log.contains("\npipe:["))
            let bytes = Files.read(kapo.process.errorPath) ?? []
            let wanted: [UInt8] = [0x61, 0xff, 0x00, 0x62]
            #expect(bytes.indices.contains { bytes[$0...].starts(with: wanted) })
        }
    }

    @Test("without --stdout and --stderr the command inherits Kapo's descriptors, and no others")
    func inherited() throws {
        try Sandbox.run { box in
            let script = "readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; ls /proc/$$/fd"
            let kapo = try box.kapo(["run", "sh", "-c", script])
            #expect(try kapo.process.wait() == .code(0))
            let lines = kapo.process.output.split(separator: "\n").map(String.init)
            #expect(lines == ["/dev/null", kapo.process.outputPath, kapo.process.errorPath, "0", "1", "2"])
        }
    }

    @Test("with --stdout the command's standard output is a pipe, and it has no other descriptor of Kapo's")
    func pipe() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "-S", "-E", "supervise", "--wait", "600", "sh", "-c", "readlink /proc/$$/fd/1; ls /proc/$$/fd",
            ])
            try kapo.entry("stopped") { $0.Status == "stopped" }
            let output = try kapo.process.waitForOutput(containing: "\n2\n")
            #expect(output.hasPrefix("pipe:["))
            #expect(output.hasSuffix("]\n0\n1\n2\n"))
        }
    }

    @Test("what the command wrote before it was killed is all written when Kapo exits")
    func everythingBeforeTheEnd() throws {
        try Sandbox.run { box in
            #expect(try box.shell("head -c 3000000 /dev/urandom > \(box.path("data"))").code == 0)
            let script = "cat \(box.path("data")); kill -9 $$"
            let outcome = try box.shell(
                """
                { "$KAPO" -i 127.0.0.1 -p 0 --stdout run sh -c '\(script)'; echo $? > \(box.path("code")); } |
                    { sleep 0.3; sha256sum; }
                sha256sum < \(box.path("data"))
                """)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0] == lines[1], "\(lines)")
            #expect(Files.text(box.path("code")) == "137\n")
        }
    }

    @Test("a reader that goes away ends the command by SIGPIPE, as it would without Kapo")
    func readerGoesAway() throws {
        try Sandbox.run { box in
            let script = #""$KAPO" -i 127.0.0.1 -p 0 --stdout run yes | head -c 10; echo ${PIPESTATUS[0]}"#
            let outcome = try box.finish(["bash", "-c", script], environment: ["KAPO": Programs.kapo])
            #expect(outcome.output == "y\ny\ny\ny\ny\n\(128 + SIGPIPE)\n")
            #expect(outcome.errors.contains("SIGPIPE"))
        }
    }

    @Test("output of a grandchild that outlives the command's run is captured too")
    func grandchild() throws {
        try Sandbox.run { box in
            let script = "(while ! test -e go; do sleep 0.02; done; echo late) & echo early"
            let kapo = try box.kapo(
                ["-S", "supervise", "--wait", "600", "--no-sweep", "sh", "-c", "cd \(box.directory); \(script)"])
            try kapo.entry("stopped") { $0.Status == "stopped" }
            try Files.write(box.path("go"), [])
            try kapo.process.waitForOutput(containing: "early\nlate\n")
        }
    }

    @Test("a grandchild that holds on to the pipe does not keep Kapo from ending")
    func lastingGrandchild() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["-S", "run", "--no-sweep", "sh", "-c", "sleep 600 & echo $!"])
            #expect(try kapo.process.wait() == .code(0))
            let pid = try #require(pid_t(kapo.process.output.dropLast()))
            try eventually("that the grandchild lives", that: { ProcessTable.commandLine(pid) == "sleep 600" })
            kill(pid, SIGKILL)
        }
    }
}

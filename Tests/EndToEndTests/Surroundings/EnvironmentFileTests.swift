import Glibc
import Testing

@Suite struct EnvironmentFileTests {
    @Test("the command gets the variables of the file, byte for byte, and they win over Kapo's")
    func variables() throws {
        try Sandbox.run { box in
            let text = "# c\nONE=1\nexport TWO='a  b'\nTHREE=\"say \\\"$ONE\\\"\"\nONE=last\nODD="
            try Files.write(box.path("env"), Array(text.utf8) + [0xff, 0xfe, 0x0a])
            let outcome = try box.finish(
                Sandbox.kapo(["run", "--env-file", box.path("env"), "env", "-0"]),
                environment: ["ONE": "own", "KEPT": "own"])
            let bytes = try #require(Files.read(box.path("0.stdout")))
            let entries = bytes.split(separator: 0).map(Array.init)
            for entry in ["ONE=last", "TWO=a  b", #"THREE=say "$ONE""#, "KEPT=own"] {
                #expect(entries.filter { $0 == Array(entry.utf8) }.count == 1, "\(entry): \(outcome.errors)")
            }
            #expect(entries.contains(Array("ODD=".utf8) + [0xff, 0xfe]))
            #expect(entries.filter { $0.starts(with: Array("ONE=".utf8)) }.count == 1)
        }
    }

    @Test("it is read again at each start: an edit takes effect at the next one")
    func restart() throws {
        try Sandbox.run { box in
            try Files.write(box.path("env"), "SAID=first\n".utf8)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--env-file", box.path("env"), "sh", "-c", "echo $SAID; exec sleep 600"])
            try kapo.process.waitForOutput(containing: "first\n")
            try Files.write(box.path("env"), "SAID=second\n".utf8)
            kill(try kapo.entry().PID, SIGKILL)
            try kapo.process.waitForOutput(containing: "first\nsecond\n")
        }
    }

    @Test("what is wrong at a restart is logged, and tried again until it is right")
    func wrongAtRestart() throws {
        try Sandbox.run { box in
            try Files.write(box.path("env"), "SAID=first\n".utf8)
            let kapo = try box.kapo(
                ["supervise", "--wait", "0", "--env-file", box.path("env"), "sh", "-c", "echo $SAID; exec sleep 600"])
            try kapo.process.waitForOutput(containing: "first\n")
            try Files.write(box.path("env"), "SAID=second\nwrong\n".utf8)
            kill(try kapo.entry().PID, SIGKILL)
            try kapo.process.waitForErrors(
                containing: "cannot start 'sh': the environment file '\(box.path("env"))', line 2: no '='")
            #expect(try kapo.entry().Signal == SIGKILL)
            try Files.write(box.path("env"), "SAID=third\n".utf8)
            try kapo.process.waitForOutput(containing: "first\nthird\n")
        }
    }

    @Test(
        "what is wrong at the first start is an error: 126, with the file and the line",
        arguments: ["run", "supervise"])
    func wrong(mode: String) throws {
        try Sandbox.run { box in
            func says(_ path: String, _ words: String) throws {
                let outcome = try box.finish(Sandbox.kapo([mode, "--env-file", path, "touch", box.path("started")]))
                #expect(outcome.ending == .code(126))
                #expect(outcome.errors.contains("cannot start 'touch': the environment file '\(path)'\(words)"))
                #expect(!Files.exists(box.path("started")))
                #expect(!outcome.errors.contains("SECRET"))
            }
            try Files.write(box.path("env"), "A=1\n\nSECRET\n".utf8)
            try says(box.path("env"), ", line 3: no '='")
            try Files.write(box.path("env"), "A='SECRET\n".utf8)
            try says(box.path("env"), ", line 1: the quote")
            try Files.write(box.path("env"), repeatElement(UInt8(ascii: "#"), count: 1_048_577))
            try says(box.path("env"), ": File too large")
            try says(box.path("none"), ": No such file or directory")
            try says(box.directory, " is not a regular file")
            try says("/dev/null", " is not a regular file")
        }
    }

    @Test("a file of a mebibyte is read; whether the kernel takes so many variables is another matter")
    func largest() throws {
        try Sandbox.run { box in
            let text = "A=1\n#" + String(repeating: "x", count: 1_048_576 - 5)
            try Files.write(box.path("env"), text.utf8)
            #expect(try box.run(["--env-file", box.path("env")], "echo $A").output == "1\n")
        }
    }

    @Test("a relative file is looked for where Kapo was started")
    func relative() throws {
        try Sandbox.run { box in
            try box.makeDirectory("dir")
            try Files.write(box.path("dir/env"), "A=1\n".utf8)
            #expect(try box.run(in: "dir", ["--env-file", "env", "--chdir", "/"], "echo $A; pwd").output == "1\n/\n")
        }
    }

    @Test("the command is found along the PATH of the file, whatever bytes it is of")
    func path() throws {
        try Sandbox.run { box in
            let script = #"""
                import os, subprocess, sys
                box = os.fsencode(sys.argv[1])
                odd = box + b"/\xff\xcc"
                os.mkdir(odd)
                os.symlink("/bin/echo", odd + b"/tool")
                with open(box + b"/env", "wb") as file:
                    file.write(b"PATH=/nonexistent:" + odd + b"\n")
                kapo = [os.environ["KAPO"], "-i", "127.0.0.1", "-p", "0", "run"]
                def run(environment, *words):
                    print(subprocess.run(kapo + list(words), env=environment).returncode, flush=True)
                run(os.environ, "--env-file", box + b"/env", "tool", "by file")
                run(dict(os.environb) | {b"PATH": odd}, "tool", "by variable")
                run(os.environ, "tool", "not at all")
                """#
            let outcome = try box.python(script, [box.directory])
            #expect(outcome.output == "by file\n0\nby variable\n0\n127\n", "\(outcome.errors)")
        }
    }
}

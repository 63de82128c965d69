import Glibc
import Testing

/// Names, files and directories that somebody means ill with.
@Suite struct SpoolHostileTests {
    @Test(
        "a name that is none is refused before anything is touched, 2 by hacheck's names and 64 as kapo spool",
        arguments: [
            "../web", "/etc/passwd", ".web", "..", "web/x", "a:80", "wéb", String(repeating: "a", count: 129),
            "a\u{1b}b",
        ])
    func names(_ name: String) throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            for command in ["haup", "hadown", "hastatus"] {
                let outcome = try spool.run("\(command) web \(name)")
                #expect(outcome.ending == .code(2) && outcome.output == "")
                #expect(outcome.errors.contains("1 to 128 of the letters"), "\(outcome.errors)")
                #expect(outcome.errors.contains("Usage: kapo spool"))
            }
            for action in ["up", "down", "status"] {
                #expect(try spool.run("kapo spool \(action) web \(name)").ending == .code(64))
            }
            #expect(!Files.exists(spool.root))
        }
    }

    @Test(
        "bad usage is on standard error, and nothing is touched",
        arguments: [
            "haup", "hadown", "hastatus", "halist web", "hadown web -H 10.0.0.1", "hadown web -P x",
            "hadown web -H ../x -P 80", "hadown web -e soon", "hadown web --what", "haup -a stop web", "halist -p 0",
        ])
    func usage(_ line: String) throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            let outcome = try spool.run(line)
            #expect(outcome.ending == .code(2) && outcome.output == "" && outcome.errors.contains("Error: "))
            let words = line.split(separator: " ", maxSplits: 1)
            let action = ["haup": "up", "hadown": "down", "hastatus": "status", "halist": "list"][words[0]] ?? ""
            let rest = words.count == 2 ? String(words[1]) : ""
            #expect(try spool.run("kapo spool -a \(action) \(rest)").ending == .code(64))
            #expect(!Files.exists(spool.root))
        }
    }

    @Test("links, FIFOs and directories in the spool are followed, read and written by nobody")
    func kinds() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hastatus web").ending == .code(0))
            try Files.write(box.path("secret"), "secret".utf8)
            let made = unsafe [
                symlink(box.path("secret"), spool.root + "/link"), symlink("/dev/zero", spool.root + "/zero"),
                mkfifo(spool.root + "/fifo", 0o644), mkdir(spool.root + "/directory", 0o755),
            ]
            #expect(made == [0, 0, 0, 0])
            let status = try spool.run("hastatus link zero fifo directory")
            #expect(status.output == "UP\tlink\nUP\tzero\nUP\tfifo\nUP\tdirectory\n")
            #expect(try spool.run("kapo spool status").output == "")
            let down = try spool.run("hadown link fifo directory web")
            #expect(down.ending == .code(1) && down.output == "")
            #expect(down.errors == "kapo spool: \(spool.root)/directory: rename: Is a directory\n")
            #expect(Files.text(box.path("secret")) == "secret")
            #expect(try spool.run("hastatus link fifo web").output.split(separator: "\n").count == 3)
            #expect(try spool.run("haup link zero fifo web").ending == .code(0) && spool.names == ["directory"])
            #expect(Files.text(box.path("secret")) == "secret")
        }
    }

    @Test("what is in a file does nothing to a terminal, and whatever it is, the service is down")
    func contents() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hastatus web").ending == .code(0))
            let files = [
                "a": "\u{1b}[2Jx\nDOWN\tinf\tother\ty\n", "b": "", "c": #"{"reason": "x", "expiration": "1"}"#,
                "d": #"{"reason": "x", "expiration": NaN}"#, "e": String(repeating: "x", count: 65537), "f": "[1]",
                "g": #"{"reason": "\u0000\u202e", "expiration": 1e999}"#, "h": "old\n",
            ]
            for (name, contents) in files { try spool.put(name, contents) }
            let status = try spool.run("kapo spool status")
            let lines = status.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 8)
            #expect(status.output.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || 0x20...0x7e ~= $0.value })
            #expect(lines.allSatisfy { $0.count { $0 == "\t" } == 3 })
            #expect(lines[0] == #"DOWN"# + "\tinf\ta\t" + #"\u{1b}[2Jx\u{a}DOWN\u{9}inf\u{9}other\u{9}y"#)
            #expect(lines[1] == "DOWN\tinf\tb\t" && lines[2] == "DOWN\tinf\tc\tx")
            #expect(lines[4] == "DOWN\tinf\te\tits file in the spool cannot be read: file too large")
            #expect(lines[7] == "DOWN\tinf\th\told")
            #expect(try spool.run("hastatus e").ending == .code(1))
            #expect(try spool.run("haup a b c d e f g h").ending == .code(0) && spool.names == [])
        }
    }

    @Test("files that belong to nobody's service are left alone")
    func others() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hadown web").ending == .code(0))
            for name in [".web.1.new", "web~", "web:080", "web:127.0.0.1:80", "a b", "#web#"] {
                try spool.put(name, "x")
            }
            #expect(try spool.run("kapo spool status").output == "DOWN\tinf\tweb\talice\n")
            #expect(try spool.run("haup web").ending == .code(0) && spool.names.count == 6)
        }
    }

    @Test("a root that cannot be had is an error with a name, and 1")
    func roots() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            try Files.write(box.path("file"), "".utf8)
            for (root, says) in [
                ("file", "open: Not a directory"), ("none/spool", "mkdir: No such file or directory"),
            ] {
                let path = box.path(root)
                for command in ["haup", "hadown", "hastatus"] {
                    let outcome = try spool.run("\(command) web --spool-root \(path)")
                    #expect(outcome == Outcome(ending: .code(1), output: "", errors: "kapo spool: \(path): \(says)\n"))
                }
            }
        }
    }

    @Test("who may not write is told so, and may look", .enabled(if: getuid() == 0, "this is for root"))
    func rights() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hadown web").ending == .code(0))
            try spool.put("old", #"{"reason": "x", "expiration": 1}"#)
            #expect(try box.finish(["chmod", "755", spool.root, box.directory]).ending == .code(0))
            let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Programs.kapo, "spool"]
            let root = ["--spool-root", spool.root]
            let status = try box.finish(nobody + ["status"] + root)
            #expect(status == Outcome(ending: .code(0), output: "DOWN\tinf\tweb\talice\n", errors: ""))
            let down = try box.finish(nobody + ["down", "api"] + root)
            #expect(
                down.errors == "kapo spool: \(spool.root)/api: open: Permission denied\n" && down.ending == .code(1))
            let up = try box.finish(nobody + ["up", "web"] + root)
            #expect(up.errors == "kapo spool: \(spool.root)/web: unlink: Permission denied\n" && up.ending == .code(1))
            #expect(spool.names == ["old", "web"])
        }
    }
}

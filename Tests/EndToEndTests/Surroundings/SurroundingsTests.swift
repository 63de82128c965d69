import Glibc
import Testing

@Suite struct SurroundingsTests {
    @Test("umask and nice value are the command's, and not added to Kapo's")
    func umaskAndNice() throws {
        try Sandbox.run { box in
            let said = try box.finish(
                ["nice", "-n", "3"]
                    + Sandbox.kapo([
                        "run", "--umask", "137", "--nice", "7", "sh", "-c", "umask; nice; touch \(box.path("new"))",
                    ]))
            #expect(said.output == "0137\n7\n", "\(said.errors)")
            #expect(try box.finish(["stat", "-c", "%a", box.path("new")]).output == "640\n")
            #expect(try box.run([], "umask; nice").output == box.finish(["sh", "-c", "umask; nice"]).output)
        }
    }

    @Test(
        "a nice value below Kapo's takes root", .enabled(if: Powers.isNice && Powers.changesUser, "only root sets it"))
    func lowNice() throws {
        try Sandbox.run { box in
            let said = try box.run(["--nice", "-7"], "nice")
            #expect(said.output == "-7\n")
            #expect(try box.run(["--nice", "-7", "--user", "nobody"], "nice; id -u").output == "-7\n65534\n")
        }
    }

    @Test("limits are the command's, soft and hard, by option and by variable")
    func limits() throws {
        try Sandbox.run { box in
            let script = "ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Ht"
            let options = ["--limit", "nofile=100:200", "--limit", "core=0", "--limit=cpu=3600"]
            let said = try box.run(options, script)
            #expect(said.output == "100\n200\n0\n3600\n")
            let variable = ["KAPO_LIMIT": "nofile=100:200 core=0 cpu=3600"]
            #expect(try box.run([], script, environment: variable).output == "100\n200\n0\n3600\n")
        }
    }

    @Test("Kapo itself is not limited")
    func kapoItself() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--limit", "nofile=64", "--umask", "0", "--nice", "9", "sleep", "600",
            ])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            func limit(_ pid: pid_t) -> Substring? {
                Files.text("/proc/\(pid)/limits").split(separator: "\n").first { $0.hasPrefix("Max open files") }
            }
            #expect(limit(pid)?.contains(" 64 ") == true)
            let hard = limit(getpid())?.split(separator: " ").dropFirst(4).first
            #expect(hard != nil && limit(kapo.pid)?.split(separator: " ")[3...4] == [hard ?? "", hard ?? ""])
            #expect(ProcessTable.stat(kapo.pid)?[16] == ProcessTable.stat(getpid())?[16])
        }
    }

    @Test("Kapo may open as much as it can be allowed; the command may what Kapo was allowed before")
    func descriptors() throws {
        try Sandbox.run { box in
            let lowered = ["prlimit", "--nofile=200:300", "--"]
            let show = "ulimit -Sn; ulimit -Hn; grep 'open files' /proc/$PPID/limits"
            let plain = try box.finish(lowered + Sandbox.kapo(["run", "sh", "-c", show]))
            let lines = plain.output.split(separator: "\n")
            #expect(lines.prefix(2) == ["200", "300"])
            #expect(lines.last?.split(separator: " ").dropFirst(3).prefix(2) == ["300", "300"])
            let limited = try box.finish(
                lowered + Sandbox.kapo(["run", "--limit", "nofile=100:250", "sh", "-c", show]))
            #expect(limited.output.hasPrefix("100\n250\n"), "\(limited.output)")
        }
    }

    @Test("what the kernel refuses is said by its name: 126", arguments: ["run", "supervise"])
    func refused(mode: String) throws {
        try Sandbox.run { box in
            let powerless = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : []
            for (options, says) in [
                (["--limit", "core=0", "--limit", "nofile=unlimited"], "setrlimit nofile: Operation not permitted"),
                (["--nice", "-20"], "setpriority: Permission denied"),
                (["--chdir", "/nonexistent"], "chdir '/nonexistent': No such file or directory"),
                (["--chdir", "/dev/null"], "chdir '/dev/null': Not a directory"),
            ] {
                let outcome = try box.finish(powerless + Sandbox.kapo([mode] + options + ["true"]))
                #expect(outcome.ending == .code(126))
                #expect(outcome.errors.contains("cannot start 'true': \(says)"), "\(outcome.errors)")
            }
        }
    }

    @Test(
        "the command starts in --chdir; a relative one begins where Kapo was started, as does a relative command in it")
    func chdir() throws {
        try Sandbox.run { box in
            try box.makeDirectory("one")
            try box.makeDirectory("one/two")
            #expect(try box.run(["--chdir", box.path("one")], "pwd").output == "\(box.path("one"))\n")
            #expect(try box.run(in: "one", ["--chdir", "two"], "pwd").output == "\(box.path("one/two"))\n")
            #expect(try box.run(in: "one", ["--chdir", ".."], "pwd").output == "\(box.directory)\n")
            #expect(try box.run(in: "one", [], "pwd").output == "\(box.path("one"))\n")
            _ = try box.writeExecutable("one/two/tool", "#!/bin/sh\necho found\n")
            let words = Sandbox.kapo(["run", "--chdir", "two", "./tool"])
            #expect(try box.finish(["env", "--chdir", box.path("one")] + words).output == "found\n")
            _ = try box.writeExecutable("one/two/odd", "#!/no/such/interpreter\n")
            let odd = try box.finish(["env", "--chdir", box.path("one")] + words.dropLast() + ["./odd"])
            #expect(odd.ending == .code(127))
            #expect(odd.errors.contains("cannot start './odd': the interpreter or loader that it names is missing"))
        }
    }

    @Test(
        "the directory is entered as the user, who must be allowed to; where Kapo was started is open to it",
        .enabled(if: Powers.changesUser, "only root starts a command as another user"))
    func chdirAsUser() throws {
        try Sandbox.run { box in
            try box.makeDirectory("open")
            try Files.write(box.path("open/env"), "A=1\n".utf8, mode: 0o600)
            _ = try box.finish(["mkdir", "-m", "700", box.path("closed")])
            let user = ["--user", "nobody"]
            #expect(try box.run(user + ["--chdir", box.path("open")], "pwd").output == "\(box.path("open"))\n")
            let closed = try box.run(user + ["--chdir", box.path("closed")], "pwd")
            #expect(closed.ending == .code(126))
            #expect(closed.errors.contains("chdir '\(box.path("closed"))': Permission denied"))
            #expect(try box.run(in: "closed", user, "readlink /proc/self/cwd").output == "\(box.path("closed"))\n")
            let secret = try box.run(
                user + ["--env-file", box.path("open/env")], "echo $A; cat \(box.path("open/env"))")
            #expect(secret.output == "1\n", "Kapo reads the file, which the user may not")
        }
    }
}

import Glibc
import Testing

@Suite struct WatchNameTests {
    /// A copy of sleep(1) under a name that no other process of this system has.
    private func uniqueSleep(_ box: Sandbox, _ prefix: String) throws -> String {
        let name = prefix + box.identity
        let copied = try box.finish(["cp", "/bin/sleep", box.path(name)])
        #expect(copied.code == 0)
        return name
    }

    /// Watches the name and expects exactly the process.
    private func expect(_ box: Sandbox, _ name: String, finds process: Running, _ comment: Comment) throws {
        let kapo = try box.kapo(["watch", "--wait", "0.1", name])
        let entry = try kapo.entry("\(comment)") { $0.PID == process.pid }
        #expect(entry.Status == "running", comment)
        #expect(entry.Mode == "watch")
        #expect(entry.Command == name)
        #expect(entry.Arguments == nil)
        #expect(try kapo.stop() == .code(0))
    }

    @Test("a process is found by the name that the kernel has for it")
    func kernelName() throws {
        try Sandbox.run { box in
            let name = "k" + box.identity.prefix(12)
            let script = "import time; open('/proc/self/comm', 'w').write('\(name)'); time.sleep(600)"
            try expect(box, name, finds: box.start(["python3", "-c", script]), "found by its kernel name")
        }
    }

    @Test("a process is found by the name of its executable, however long")
    func executable() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box, "a_name_of_more_than_fifteen_characters_")
            let renamed = ["sh", "-c", #"exec "$@""#, "sh", "python3", "-c"]
            try expect(box, name, finds: box.start([box.path(name), "600"]), "started by its path")
            // argv[0] and the kernel's name say something else: only /proc/PID/exe tells.
            let script = """
                import os, sys
                os.execv(sys.argv[1], ["something-else", "600"])
                """
            for pid in box.processes { kill(pid, SIGKILL) }
            let disguised = try box.start(renamed + [script, box.path(name)])
            try expect(box, name, finds: disguised, "disguised by its argv[0]")
            try expect(box, "/somewhere/else/" + name, finds: disguised, "a path stands for its base name")
        }
    }

    @Test("a process is found by the name in its argv[0]")
    func argumentZero() throws {
        try Sandbox.run { box in
            let name = "an_argv0_of_more_than_fifteen_characters_" + box.identity
            let process = try box.start(["bash", "-c", "exec -a /opt/\(name) sleep 600"])
            try expect(box, name, finds: process, "found by argv[0]")
        }
    }

    @Test("a Python script is found by the script's name, and not by that of a data file among its arguments")
    func pythonScript() throws {
        try Sandbox.run { box in
            let name = "long_script_name_\(box.identity).py"
            let script = try box.writeExecutable(name, "#!/usr/bin/env python3\nimport time\ntime.sleep(600)\n")
            let data = try box.writeExecutable("data_file_\(box.identity)", "#!/usr/bin/env python3\n")
            let direct = try box.start([
                "env", "--chdir=\(box.directory)", "./\(name)", data,
            ])
            try expect(box, name, finds: direct, "started as ./\(name)")
            let kapo = try box.kapo(["watch", "--wait", "0.1", "data_file_\(box.identity)"])
            pause(.milliseconds(300))
            #expect(try kapo.entry().Status == "stopped")
            direct.signal(SIGKILL)
            try direct.wait()

            try expect(box, name, finds: box.start(["python3", "-u", script]), "started as python3 -u \(script)")
        }
    }

    @Test("a shell script is found by the script's name, however long")
    func shellScript() throws {
        try Sandbox.run { box in
            let name = "long_shell_script_name_\(box.identity)"
            let script = try box.writeExecutable(name, "#!/bin/sh\nwhile :; do sleep 0.1; done\n")
            try expect(box, name, finds: box.start([script]), "started by its path")
        }
    }

    @Test("a name that nothing has gives one entry that is stopped")
    func nothing() throws {
        try Sandbox.run { box in
            let entry = try box.kapo(["watch", "nothing-has-this-name-\(box.identity)"]).entry()
            #expect(entry.Status == "stopped")
            #expect(entry.PID == 0)
            #expect(entry.ExitCode == 0 && entry.Signal == 0 && entry.Restarts == 0)
            #expect(entry.StartTime == "0001-01-01T00:00:00Z")
            #expect(entry.EndTime == "0001-01-01T00:00:00Z")
            #expect(entry.Wait == 5_000_000_000)
        }
    }

    @Test("the part of a long name that the kernel keeps is not the name of another process")
    func cutName() throws {
        try Sandbox.run { box in
            let name = try uniqueSleep(box, "cut_at_fifteen_")
            _ = try box.start([box.path(name), "600"])
            try box.kapo(["watch", "--wait", "0.1", name]).entry("found") { $0.Status == "running" }
            let kapo = try box.kapo(["watch", name + "x"])
            #expect(try kapo.entry().Status == "stopped")
        }
    }

    @Test("Kapo never matches itself")
    func itself() throws {
        try Sandbox.run { box in
            // Under a name of its own: other tests have processes named kapo.
            let name = "kapo_\(box.identity)"
            let copied = try box.finish(["cp", Programs.kapo, box.path(name)])
            #expect(copied.code == 0)
            let words = [box.path(name), "-i", "127.0.0.1", "-p", "0", "watch", "-w", "0.1", name]
            let one = try box.kapo(box.start(words))
            pause(.milliseconds(300))
            #expect(try one.entry().Status == "stopped")
            let other = try box.kapo(box.start(words))
            try one.entry("the other one") { $0.PID == other.pid }
            try other.entry("the first one") { $0.PID == one.pid }
        }
    }
}

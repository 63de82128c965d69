import Testing

@testable import Host

@Suite("The name of a process")
struct ProcessNameTests {
    /// A process made of texts. `files` are the first bytes of the files that it can see.
    private static func candidate(
        kernelName: String = "other", executable: String? = "/usr/bin/other", _ arguments: [String] = ["other"],
        files: [String: String] = [:]
    ) -> ProcessName.Candidate {
        ProcessName.Candidate(
            kernelName: Array(kernelName.utf8), executable: { executable.map { Array($0.utf8) } },
            arguments: { arguments.map { Array($0.utf8) } },
            fileStart: { path in files[String(decoding: path, as: UTF8.self)].map { Array($0.utf8) } })
    }

    private static func matches(_ name: String, _ candidate: ProcessName.Candidate) -> Bool {
        ProcessName(Word(name)).matches(candidate)
    }

    @Test("the kernel's name, its executable's and argv[0]'s base names all match, and nothing else does")
    func plain() {
        #expect(Self.matches("nginx", Self.candidate(kernelName: "nginx")))
        #expect(Self.matches("nginx", Self.candidate(executable: "/usr/sbin/nginx")))
        #expect(Self.matches("nginx", Self.candidate(["nginx", "-g"])))
        #expect(Self.matches("nginx", Self.candidate(["/usr/sbin/nginx"])))
        #expect(Self.matches("nginx", Self.candidate(["./nginx"])))
        for name in ["ngin", "nginx2", "inx", "NGINX", "nginx ", "usr", "sbin", "-g", "", "*"] {
            #expect(
                !Self.matches(
                    name, Self.candidate(kernelName: "nginx", executable: "/usr/sbin/nginx", ["nginx", "-g"])))
        }
    }

    @Test("a name over 15 characters matches by executable and argv[0], and not a namesake of its first 15")
    func long() {
        let name = "a-very-long-name-for-a-worker"
        let cut = String(name.prefix(15))
        #expect(Self.matches(name, Self.candidate(kernelName: cut, executable: "/opt/\(name)", ["x"])))
        #expect(Self.matches(name, Self.candidate(kernelName: cut, executable: nil, ["/opt/\(name)", "-v"])))
        #expect(!Self.matches(name, Self.candidate(kernelName: cut, executable: "/opt/\(cut)-other", ["\(cut)-other"])))
        #expect(Self.matches(cut, Self.candidate(kernelName: cut, executable: "/opt/\(name)", [name])))
    }

    @Test("a name of exactly 15 characters matches by the kernel's name alone")
    func fifteen() {
        #expect(Self.matches("fifteen-chars-x", Self.candidate(kernelName: "fifteen-chars-x", executable: nil, [])))
    }

    @Test("a path that is asked for stands for its base name")
    func path() {
        for path in ["/usr/sbin/nginx", "./nginx", "sbin//nginx", "nginx/"] {
            #expect(Self.matches(path, Self.candidate(kernelName: "nginx")))
        }
    }

    @Test("an executable that was replaced since still has its name")
    func deleted() {
        #expect(Self.matches("nginx", Self.candidate(executable: "/usr/sbin/nginx (deleted)")))
        #expect(ProcessName.baseName(Array("/a/b (deleted)".utf8)[...]) == Array("b".utf8))
        #expect(ProcessName.baseName(Array(" (deleted)".utf8)[...]) == Array(" (deleted)".utf8))
        #expect(ProcessName.baseName([]) == [])
        #expect(ProcessName.baseName(Array("///".utf8)[...]) == [])
    }

    @Test("a process without arguments and executable, as kernel threads are, matches by the kernel's name only")
    func kernelThread() {
        let thread = Self.candidate(kernelName: "kworker/0:1", executable: nil, [])
        #expect(!Self.matches("other", thread))
        #expect(!Self.matches("", thread))
    }

    @Test(
        "a script matches when argv[0] is the interpreter that its first line names",
        arguments: [
            ("#!/usr/bin/python3\n", ["/usr/bin/python3", "./worker.py"], true),
            ("#!/usr/bin/env python3\n", ["python3", "./worker.py"], true),
            ("#!/usr/bin/env -S python3 -u\n", ["python3", "-u", "./worker.py"], true),
            ("#! /usr/bin/python3 -u\n", ["/usr/bin/python3", "-u", "./worker.py", "--port", "80"], true),
            ("#!/usr/bin/python3\r\n", ["python3", "./worker.py"], true),
            ("#!\t/usr/bin/python3\t-u\nx", ["python3", "-u", "-O", "./worker.py"], true),
            ("#!/usr/bin/python3", ["python3", "./worker.py"], true),
            ("#!/bin/sh\n", ["python3", "./worker.py"], false),
            ("# !/usr/bin/python3\n", ["python3", "./worker.py"], false),
            ("print()\n#!/usr/bin/python3\n", ["python3", "./worker.py"], false),
            ("#!\n/usr/bin/python3", ["python3", "./worker.py"], false),
            ("", ["python3", "./worker.py"], false),
            ("#!/usr/bin/python3\n", ["python3", "-c", "./worker.py"], false),
            ("#!/usr/bin/python3\n", ["python3", "-m", "./worker.py"], false),
            ("#!/usr/bin/python3\n", ["python3", "other.py", "./worker.py"], false),
            ("#!/usr/bin/python3\n", ["vi", "./worker.py"], false),
            ("#!/usr/bin/python3\n", ["python3"], false),
        ])
    func script(_ start: String, _ arguments: [String], _ matches: Bool) {
        let files = ["./worker.py": start, "other.py": "#!/usr/bin/python3\n"]
        #expect(Self.matches("worker.py", Self.candidate(arguments, files: files)) == matches)
    }

    @Test("arguments that are no files are passed over in search of the script")
    func valuesOfOptions() {
        let files = ["/srv/worker.py": "#!/usr/bin/env python3\n"]
        #expect(Self.matches("worker.py", Self.candidate(["python3", "-W", "ignore", "/srv/worker.py"], files: files)))
        #expect(!Self.matches("ignore", Self.candidate(["python3", "-W", "ignore", "/srv/worker.py"], files: files)))
    }

    @Test("the search for a script ends after sixteen arguments")
    func bound() {
        let files = ["worker.py": "#!/usr/bin/python3\n"]
        let words = { (count: Int) in ["python3"] + [String](repeating: "-u", count: count) + ["worker.py"] }
        #expect(Self.matches("worker.py", Self.candidate(words(15), files: files)))
        #expect(!Self.matches("worker.py", Self.candidate(words(16), files: files)))
    }

    @Test("no file is opened for a process whose arguments cannot match")
    func lazy() {
        let candidate = ProcessName.Candidate(
            kernelName: Array("python3".utf8), executable: { nil },
            arguments: { ["python3", "a.py", "b.py"].map { Array($0.utf8) } },
            fileStart: { _ in
                Issue.record("a file was opened")
                return nil
            })
        #expect(!Self.matches("worker.py", candidate))
    }
}

import Glibc
import Testing

/// The services of examples/: their programs are replaced by ones that are there, and the rest is as it stands.
@Suite struct ServiceExamplesTests {
    private static let names = ["unicorn.yml", "services/cache.yml", "services/worker.yml"]

    /// Goes into the background as unicorn does: its pid is in a file, USR2 makes another master, QUIT ends this one.
    private static let unicorn = """
        import os, signal, sys
        file, quits = sys.argv[1:3]
        def succeed(*_):
            if os.fork() == 0: master()
        def end(*_):
            with open(quits, "a") as log: log.write("%d\\n" % os.getpid())
            os._exit(0)
        def master():
            signal.signal(signal.SIGUSR2, succeed)
            signal.signal(signal.SIGQUIT, end)
            with open(file + ".new", "w") as new: new.write("%d\\n" % os.getpid())
            os.rename(file + ".new", file)
            os.closerange(writer, writer + 1)
            while True: signal.pause()
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            master()
        os.close(writer)
        os.read(reader, 1)
        """

    @Test("each file is one that Kapo takes as it stands", arguments: names)
    func check(_ name: String) throws {
        try Sandbox.run { box in
            let file = "\(Repository.root)/examples/\(name)"
            let outcome = try box.finish([Programs.kapo, "supervise", "--config", file, "--check-config"])
            #expect(outcome.ending == .code(0))
            #expect(outcome.output.hasPrefix("cmd:\n"))
            #expect(outcome.errors == "")
        }
    }

    @Test("the web application is followed from master to master, and ends by QUIT")
    func webApplication() throws {
        try Sandbox.run { box in
            try Files.write(box.path("unicorn.py"), Self.unicorn.utf8)
            let pidFile = box.path("unicorn.pid")
            let command = "python3 \(box.path("unicorn.py")) \(pidFile) \(box.path("quits"))"
            let text = Repository.text("examples/unicorn.yml")
                .replacing(/(?m)^cmd: .*$/, with: "cmd: \(command)").replacing("user: www-data\n", with: "")
                .replacing("/srv/app/shared", with: box.directory).replacing("/srv/app/current", with: box.directory)
            try Files.write(box.path("unicorn.yml"), text.utf8)
            let home = ["HOME": box.directory as String?, "IMMORTAL_SDIR": box.path("run")]
            let kapo = try box.start(
                [Programs.kapo, "immortal", "-n", "-c", box.path("unicorn.yml")], environment: home)

            let socket = box.path(".immortal/unicorn/immortal.sock")
            let first = try followed(other: [], socket, box, kapo)
            for flag in ["-2", "-q"] {
                let master = Files.text(pidFile)
                #expect(try box.finish([Programs.kapo, "ctl", flag, "unicorn"], environment: home).code == 0)
                if flag == "-2" { try eventually("a second master") { Files.text(pidFile) != master } }
            }
            let second = try followed(other: [first], socket, box, kapo)
            #expect(Files.text(pidFile) == "\(second)\n")
            kapo.signal(SIGTERM)
            _ = try kapo.wait()
            #expect(Files.text(box.path("quits")) == "\(first)\n\(second)\n")
            #expect(!kapo.errors.contains("starting python3 again"), "\(kapo.errors)")
        }
    }

    @Test("the worker is started when the cache takes connections, and the cache ends after it")
    func directory() throws {
        try Sandbox.run { box in
            let port = try FreePort.one(box)
            let listener = "import socket, time; s = socket.create_server(('127.0.0.1', \(port))); time.sleep(600)"
            try Files.write(box.path("cache.py"), listener.utf8)
            let cache = Repository.text("examples/services/cache.yml")
                .replacing(/(?m)^cmd: .*$/, with: "cmd: python3 \(box.path("cache.py"))")
                .replacing("user: redis\n", with: "").replacing("6379", with: "\(port)")
            let worker = Repository.text("examples/services/worker.yml")
                .replacing("/usr/local/bin/worker.sh", with: "\(Repository.root)/examples/worker.sh")
            let line = try #require(
                Repository.text("examples/kapo-dir.service").firstMatch(of: /(?m)^ExecStart=(.*)$/)
            ).1
            let words = line.split(separator: " ").map {
                ["/usr/local/bin/kapo": Programs.kapo, "/etc/kapo": box.path("services")][String($0)] ?? String($0)
            }
            #expect(unsafe mkdir(box.path("services"), 0o755) == 0)
            try Files.write(box.path("services/cache.yml"), cache.utf8)
            try Files.write(box.path("services/worker.yml"), worker.utf8)
            let kapo = try box.start(words, environment: ["IMMORTAL_SDIR": box.path("run")])
            try kapo.waitForOutput(containing: "worker: waiting for jobs\n")
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
            let order = kapo.errors.split(separator: "\n").compactMap { line -> String? in
                guard let service = line.firstMatch(of: /service=(\w+)/)?.1 else { return nil }
                return line.contains("started ")
                    ? "+\(service)" : line.contains(/ended with| was killed/) ? "-\(service)" : nil
            }
            #expect(order == ["+cache", "+worker", "-worker", "-cache"], "\(kapo.errors)")
        }
    }

    /// The pid of the process that is followed now, once it is none of the others.
    private func followed(other pids: [pid_t], _ socket: String, _ box: Sandbox, _ kapo: Running) throws -> pid_t {
        try eventually("a master that is followed; log: \(kapo.errors)") {
            let answer = try box.finish(["curl", "--silent", "--unix-socket", socket, "http:/status"]).output
            guard answer.contains("\"fpid\":true"), let text = answer.firstMatch(of: /"pid":(\d+)/)?.1,
                let pid = pid_t(text), !pids.contains(pid)
            else { return nil }
            return pid
        }
    }
}

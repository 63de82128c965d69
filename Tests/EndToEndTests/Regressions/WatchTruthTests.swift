import Glibc
import Testing

/// What `watch` says of a process that runs, in odd moments.
@Suite struct WatchTruthTests {
    /// A copy of sleep(1) under a name that no other process of this system has, running.
    private func startSleeper(_ box: Sandbox) throws -> (name: String, process: Running) {
        let name = "sleeper-\(box.identity)"
        #expect(try box.finish(["cp", "/bin/sleep", box.path(name)]).code == 0)
        return (name, try box.start([box.path(name), "600"]))
    }

    @Test("a process that runs is running to the last answer of a Kapo that was told to end")
    func lastAnswers() throws {
        try Sandbox.run { box in
            let (name, process) = try startSleeper(box)
            let kapo = try box.kapo(["watch", name])
            #expect(try kapo.entry().PID == process.pid)
            let client = try box.startClient(
                of: kapo,
                #"""
                import signal
                kapo, watched = \#(kapo.pid), \#(process.pid)
                request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

                def check(stream):
                    status, headers, body = read_answer(stream)
                    entry = json.loads(body)[0]
                    assert (entry["Status"], entry["PID"]) == ("running", watched), body

                connections = [connect() for _ in range(4)]
                streams = [connection.makefile("rb") for connection in connections]
                for connection, stream in zip(connections, streams):
                    connection.sendall(request)
                    check(stream)
                # While Kapo is stopped, TERM comes first and the requests after it.
                os.kill(kapo, signal.SIGSTOP)
                while open(f"/proc/{kapo}/stat").read().rsplit(")", 1)[1].split()[0] != "T":
                    time.sleep(0.01)
                os.kill(kapo, signal.SIGTERM)
                for connection in connections:
                    connection.sendall(request)
                os.kill(kapo, signal.SIGCONT)
                for stream in streams:
                    check(stream)
                """#)
            #expect(try client.wait() == .code(0), "\(client.errors)")
            #expect(try kapo.process.wait() == .code(0))
            #expect(process.isRunning)
        }
    }

    @Test("systemd never hears that a process has stopped when it is Kapo that stops")
    func notifications() throws {
        try Sandbox.run { box in
            let (name, process) = try startSleeper(box)
            let address = box.path("notify.sock")
            let manager = try box.start([
                "python3", "-c",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.settimeout(60)
                s.bind(sys.argv[1])
                print('bound', flush=True)
                while (message := s.recv(65536).decode()) != 'THE END':
                    print(message, flush=True)
                """,
                address,
            ])
            try manager.waitForOutput(containing: "bound")
            let kapo = try box.kapo(["watch", name], environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "STATUS=running, pid \(process.pid)\n")
            #expect(try kapo.stop() == .code(0))
            // Messages keep their order: after this one there are none of Kapo's.
            let last = "import socket, sys; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
            #expect(try box.python("\(last); s.sendto(b'THE END', sys.argv[1])", [address]).code == 0)
            #expect(try manager.wait() == .code(0), "\(manager.errors)")
            let lines = manager.output.split(separator: "\n")
            #expect(lines.contains("READY=1"))
            #expect(lines.contains("STOPPING=1"))
            #expect(lines.filter { $0.hasPrefix("STATUS=") && $0 != "STATUS=running, pid \(process.pid)" } == [])
            #expect(process.isRunning)
        }
    }

    /// Ends its first thread and then its second, each when a file appears.
    private let twoThreads = #"""
        import ctypes, os, sys, threading, time

        def wait_for(path):
            while not os.path.exists(path):
                time.sleep(0.01)

        def second():
            wait_for(sys.argv[2])
            os._exit(0)

        # Loaded now: pthread_exit(3) wants it, and would have to load it on a thread that is ending.
        ctypes.CDLL("libgcc_s.so.1")
        threading.Thread(target=second).start()
        wait_for(sys.argv[1])
        ctypes.CDLL(None).pthread_exit(None)
        """#

    @Test("a process whose first thread has ended is running as long as another one runs")
    func firstThread() throws {
        try Sandbox.run { box in
            // At most 15 characters: the kernel's name is all that is left of it once the first thread is gone.
            let name = "two-\(box.identity.prefix(10))"
            let script = try box.writeExecutable(name, "#!/usr/bin/python3\n\(twoThreads)\n")
            let (first, second) = (box.path("first"), box.path("second"))
            let process = try box.start([script, first, second])
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            let found = try kapo.entry("running") { $0.Status == "running" }
            #expect(found.PID == process.pid)

            try Files.write(first, [])
            try eventually("the end of the first thread", that: { ProcessTable.stat(process.pid)?.first == "Z" })
            #expect(process.isRunning, "\(process.errors)")
            // Some looks later it is still so, and whoever looks for the first time sees it too.
            pause(.milliseconds(500))
            #expect(try kapo.entry() == found)
            let other = try box.kapo(["watch", "--pid", "\(process.pid)", name])
            #expect(try other.entry().PID == process.pid)
            #expect(process.isRunning)

            try Files.write(second, [])
            for kapo in [kapo, other] { try kapo.entry("stopped") { $0.Status == "stopped" && $0.PID == 0 } }
            #expect(try process.wait() == .code(0))
        }
    }

    @Test("such a process stays known by a name that the kernel has no room for")
    func firstThreadOfLongName() throws {
        try Sandbox.run { box in
            let name = "a-name-of-over-fifteen-characters-\(box.identity.prefix(10))"
            let script = try box.writeExecutable(name, "#!/usr/bin/python3\n\(twoThreads)\n")
            let (first, second) = (box.path("first"), box.path("second"))
            let process = try box.start([script, first, second])
            let kapo = try box.kapo(["watch", "--wait", "0.1", name])
            let found = try kapo.entry("running") { $0.Status == "running" }

            try Files.write(first, [])
            try eventually("the end of the first thread", that: { ProcessTable.stat(process.pid)?.first == "Z" })
            // Some looks later it is still so, though nobody can read the long name any more.
            pause(.milliseconds(500))
            #expect(try kapo.entry() == found)

            try Files.write(second, [])
            try kapo.entry("stopped") { $0.Status == "stopped" && $0.PID == 0 }
            #expect(try process.wait() == .code(0))
        }
    }
}

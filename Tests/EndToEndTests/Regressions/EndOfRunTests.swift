import Glibc
import Testing

/// How Kapo ends together with its command.
@Suite struct EndOfRunTests {
    @Test(
        "requests that had arrived when the command ended are answered, whichever of the two Kapo hears of first",
        arguments: ["requests", "signals"])
    func arrivedRequests(first: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            let client = try box.startClient(
                of: kapo,
                #"""
                import signal

                def wait_for_state(pid, wanted):
                    end = time.monotonic() + 20
                    while open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != wanted:
                        assert time.monotonic() < end, (pid, wanted)
                        time.sleep(0.01)

                kapo, command = \#(kapo.pid), \#(pid)
                os.kill(kapo, signal.SIGSTOP)
                wait_for_state(kapo, "T")
                if "\#(first)" == "signals":
                    # Signals that wait are taken together, so Kapo hears of the end before it hears of the requests.
                    os.kill(kapo, signal.SIGWINCH)
                connections = [connect() for _ in range(8)]
                for connection in connections:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                os.kill(command, signal.SIGKILL)
                wait_for_state(command, "Z")
                os.kill(kapo, signal.SIGCONT)
                for connection in connections:
                    with connection.makefile("rb") as stream:
                        status, headers, body = read_answer(stream)
                        assert status == 200 and len(body) == int(headers["content-length"]), (status, body)
                        assert json.loads(body)[0]["PID"] in (command, 0), body
                """#)
            #expect(try client.wait() == .code(0), "\(client.errors)")
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
        }
    }

    @Test("a command that has left its process group gets TERM all the same", arguments: ["run", "supervise"])
    func leftGroup(mode: String) throws {
        try Sandbox.run { box in
            let script = """
                import os, time
                os.setpgid(0, os.getpgid(os.getppid()))
                print("left", flush=True)
                time.sleep(600)
                """
            let kapo = try box.kapo([mode, "python3", "-c", script])
            try kapo.process.waitForOutput(containing: "left")
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            let fields = try #require(ProcessTable.stat(pid))
            #expect(fields[2] == "\(kapo.pid)", "its process group is Kapo's")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(kapo.log.contains("python3 was killed by SIGTERM"))
        }
    }
}

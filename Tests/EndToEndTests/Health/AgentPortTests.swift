import Glibc
import Testing

/// `--agent-port`: a line for everybody who connects, whatever they say or do not say.
@Suite struct AgentPortTests {
    @Test("who says nothing, a line as agent-send does, or a lot, hears the line and then the end")
    func everybody() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "sleep", "600"])
            #expect(kapo.agentPort != kapo.port && kapo.agentPort != 0)
            try box.healthClient(
                of: kapo,
                #"""
                for words in b"", b"worker-1\n", b"x" * 60000, b"GET / HTTP/1.0\r\n\r\n", b"\0":
                    assert ask_agent(words) == "up ready\n", words
                # One that sends in pieces, goes on behind the line, and ends its side at last.
                with socket.create_connection(("127.0.0.1", agent_port), 15) as connection:
                    connection.sendall(b"worker")
                    assert connection.recv(65536) == b"up ready\n"
                    connection.sendall(b"-1\n" * 100)
                    assert connection.recv(65536) == b""
                # One that resets does no harm.
                connection = socket.create_connection(("127.0.0.1", agent_port), 15)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
                assert ask_agent() == "up ready\n"
                check_good()
                """#)
            try eventually("nobody is left", that: { ProcessTable.sockets(kapo.pid) == 2 })
        }
    }

    @Test("256 clients that never close have their line, hold up the next one for seconds and not for ever")
    func crowd() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "sleep", "600"])
            try box.healthClient(
                of: kapo,
                #"""
                def line(connection):
                    return b"".join(iter(lambda: connection.recv(65536), b""))

                crowd = [socket.create_connection(("127.0.0.1", agent_port), 15) for number in range(256)]
                for connection in crowd:
                    assert line(connection) == b"up ready\n"
                with socket.create_connection(("127.0.0.1", agent_port), 30) as last:
                    readable, _, _ = select.select([last], [], [], 0.2)
                    assert not readable, "there is no bound"
                    # The document is not concerned.
                    check_good()
                    assert ask("/readyz")[0] == 200
                    assert line(last) == b"up ready\n"
                """#)
            try eventually("nobody is left", that: { ProcessTable.sockets(kapo.pid) == 2 })
            #expect(ProcessTable.ticksUsed(kapo.pid) < 200, "it waits, and does not spin")
        }
    }

    @Test("agent checks that never close leave the descriptors that a restart and the document need")
    func descriptors() throws {
        try Sandbox.run { box in
            let script = """
                ulimit -n 128
                exec "$KAPO" -i 127.0.0.1 -p 0 --agent-port 0 supervise --wait 0.1 --ready fd:3 \
                    sh -c 'echo >&3; exec sleep 600'
                """
            let running = try box.start(["sh", "-c", script], environment: ["KAPO": Programs.kapo])
            let kapo = try box.kapo(running)
            try kapo.process.waitForErrors(containing: "for agent checks")
            try box.healthClient(
                of: kapo,
                #"""
                wait_for("the command", lambda: ask("/readyz")[0] == 200)
                crowd = [socket.create_connection(("127.0.0.1", agent_port), 15) for number in range(120)]
                wait_for("lines", lambda: len(select.select(crowd, [], [], 0)[0]) >= 16)
                assert len(os.listdir("/proc/\#(kapo.pid)/fd")) < 64, os.listdir("/proc/\#(kapo.pid)/fd")
                entry = lambda: json.loads(ask("/")[2])[0]
                os.kill(entry()["PID"], 9)
                wait_for("the restart", lambda: entry()["Restarts"] == 1 and ask("/readyz")[0] == 200)
                """#)
            #expect(!kapo.log.contains("cannot start"), "\(kapo.log)")
        }
    }

    @Test("when the descriptors run out it waits without spinning, and goes on when there are some")
    func starvation() throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(["run", "sleep", "600"])
            #expect(try box.finish(["prlimit", "--pid", "\(kapo.pid)", "--nofile=0:"]).code == 0)
            let ticks = ProcessTable.ticksUsed(kapo.pid)
            let client = try box.startClient(
                of: kapo,
                HealthClient.prelude(agentPort: kapo.agentPort)
                    + #"""
                    with socket.create_connection(("127.0.0.1", agent_port), 30) as connection:
                        readable, _, _ = select.select([connection], [], [], 1)
                        assert not readable
                        print("waits", flush=True)
                        assert connection.recv(65536) == b"up ready\n"
                    """#)
            try client.waitForOutput(containing: "waits")
            #expect(ProcessTable.ticksUsed(kapo.pid) - ticks < 30, "it waits, and does not spin")
            #expect(try box.finish(["prlimit", "--pid", "\(kapo.pid)", "--nofile=1024:"]).code == 0)
            #expect(try client.wait() == .code(0), "\(client.errors)")
        }
    }

    @Test("a port that is taken is an error that names the option, and nothing is started")
    func taken() throws {
        try Sandbox.run { box in
            let other = try box.kapo(["run", "sleep", "600"])
            let outcome = try box.finish([
                Programs.kapo, "-i", "127.0.0.1", "-p", "0", "--agent-port", "\(other.port)", "run", "touch",
                box.path("started"),
            ])
            #expect(outcome.code == 125)
            let text = "--agent-port: cannot listen on 127.0.0.1:\(other.port): bind: Address already in use"
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("it can be said by a variable and before the mode; what is no port is a bad value")
    func option() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["watch", "x"], environment: ["KAPO_AGENT_PORT": "0"])
            try kapo.process.waitForErrors(containing: " for agent checks\"\n")
            #expect(try box.finish([Programs.kapo, "--agent-port", "http", "run", "true"]).code == 64)
            let bad = try box.finish([Programs.kapo, "run", "true"], environment: ["KAPO_AGENT_PORT": "65536"])
            #expect(bad.code == 64 && bad.errors.contains("The variable KAPO_AGENT_PORT: '65536' is not a port"))
        }
    }

    @Test("without the option nobody listens; with it the socket closes when Kapo ends")
    func listeners() throws {
        try Sandbox.run { box in
            let plain = try box.kapo(["run", "sleep", "600"])
            #expect(plain.agentPort == 0 && ProcessTable.sockets(plain.pid) == 1)
            let kapo = try box.kapoWithAgent(["run", "sleep", "600"])
            let port = kapo.agentPort
            #expect(ProcessTable.sockets(kapo.pid) == 2)
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            let script = "import socket, sys; socket.create_connection(('127.0.0.1', \(port)), 5)"
            #expect(try box.python(script).errors.contains("ConnectionRefusedError"))
        }
    }
}

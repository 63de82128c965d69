import Glibc
import Testing

/// `--ready tcp:PORT`.
@Suite struct ConnectionReadyTests {
    /// A server that listens once it is allowed to, on the address and port of its arguments.
    private static let server = """
        import os, socket, sys, time
        directory, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        s = socket.socket(family)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((address, port))
        open(directory + "/bound", "w")
        while not os.path.exists(directory + "/go"):
            time.sleep(0.02)
        s.listen()
        while True:
            client = s.accept()[0]
            client.settimeout(15)
            if client.recv(1) == b"":
                open(directory + "/closed", "w")
            client.close()
        """

    @Test("it is ready when it accepts connections, on 127.0.0.1 or on ::1 alone", arguments: ["127.0.0.1", "::1"])
    func listens(address: String) throws {
        try Sandbox.run { box in
            let port = try FreePort.one(box)
            let kapo = try box.kapo([
                "supervise", "--ready", "tcp:\(port)", "python3", "-c", Self.server, box.directory, address, "\(port)",
            ])
            try box.hear("bound")
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            try kapo.runningEntry()
            #expect(kapo.log.contains("python3 is ready"))
            // A server that serves one client at a time must not be left with this one.
            try box.hear("closed")
        }
    }

    @Test("a run that never listens is stopped after --ready-timeout, and Kapo keeps no descriptor of its attempts")
    func never() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "600", "--ready", "tcp:\(FreePort.one(box))", "--ready-timeout", "1", "sleep",
                "600",
            ])
            try kapo.startingEntry()
            let entry = try kapo.entry("the end") { $0.Status == "killed" }
            #expect(entry.Signal == SIGTERM)
            #expect(kapo.log.contains("level=error msg=\"sleep is not ready in time, stopping it\""))
            #expect(ProcessTable.sockets(kapo.pid) <= 2, "the listener, and perhaps the connection of the last answer")
        }
    }

    @Test("a probe is not mistaken for the server, even when the kernel gives it the port that it connects to")
    func itself() throws {
        try Sandbox.run { box in
            // There are two ports to choose from, so each attempt has an even chance to get that one.
            let script = """
                ip link set lo up; echo '40000 40001' > /proc/sys/net/ipv4/ip_local_port_range
                exec "$KAPO" --port 7777 run --ready tcp:40000 --ready-timeout 2 sleep 600
                """
            let user = getuid() == 0 ? [] : ["--map-root-user"]
            let outcome = try box.finish(
                ["unshare"] + user + ["--net", "sh", "-c", script], environment: ["KAPO": Programs.kapo])
            #expect(outcome.errors.contains("listening on 0.0.0.0:7777"))
            #expect(outcome.errors.contains("sleep is not ready in time"))
            #expect(!outcome.errors.contains("is ready"))
        }
    }
}

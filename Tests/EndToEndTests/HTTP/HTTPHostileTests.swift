import Glibc
import Testing

@Suite struct HTTPHostileTests {
    @Test("a client that sends a byte now and then is cut off after ten seconds or so; others are served meanwhile")
    func slowClient() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let client = try box.startClient(
                of: kapo,
                #"""
                started = time.monotonic()
                with connect() as connection:
                    request = b"GET / HTTP/1.1\r\nX: " + b"a" * 1000
                    for byte in request:
                        try:
                            connection.sendall(bytes([byte]))
                        except OSError:
                            break
                        if select.select([connection], [], [], 0.5)[0]:
                            assert b" 200 " not in read_to_end(connection)
                            break
                print(time.monotonic() - started)
                """#)
            while client.isRunning {
                #expect(try kapo.entry().Status == "running")
                pause(.milliseconds(100))
            }
            #expect(try client.wait() == .code(0), "\(client.errors)")
            let seconds = try #require(Double(client.output.dropLast()))
            #expect(seconds > 5 && seconds < 20)
        }
    }

    @Test("a client that asks and asks and never reads does not make Kapo grow, and others are served")
    func neverReads() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            for _ in 0..<5 { #expect(try kapo.entry().Status == "running") }
            let before = ProcessTable.residentKiB(kapo.pid)
            let client = try box.startClient(
                of: kapo,
                #"""
                block = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2000
                sent = 0
                with connect() as connection:
                    connection.setblocking(False)
                    # Ends when everything is sent, when Kapo hangs up, or when it has taken nothing for two seconds.
                    while sent < 50_000_000 and select.select([], [connection], [], 2)[1]:
                        try:
                            sent += connection.send(block)
                        except OSError:
                            break
                print(sent)
                """#)
            var most = 0
            while client.isRunning {
                #expect(try kapo.entry().Status == "running")
                most = max(most, ProcessTable.residentKiB(kapo.pid))
            }
            #expect(try client.wait() == .code(0), "\(client.errors)")
            #expect(try #require(Int(client.output.dropLast())) > 100_000)
            #expect(most - before < 5120)
            try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
        }
    }

    /// CPU time in clock ticks that Kapo uses within one second.
    private func ticksInOneSecond(_ kapo: Kapo) -> Int {
        let before = ProcessTable.ticksUsed(kapo.pid)
        pause(.seconds(1))
        return ProcessTable.ticksUsed(kapo.pid) - before
    }

    /// A client that opens that many connections, says so, and closes them when the file appears.
    private func startHoarder(_ box: Sandbox, _ kapo: Kapo, _ count: Int) throws -> Running {
        let hoarder = try box.startClient(
            of: kapo,
            """
            connections = [connect() for _ in range(\(count))]
            print("connected", flush=True)
            while not os.path.exists("\(box.path("go"))"):
                time.sleep(0.01)
            """)
        try hoarder.waitForOutput(containing: "connected")
        return hoarder
    }

    @Test("with more connections than its cap Kapo waits without using the CPU, and serves when they are gone")
    func cap() throws {
        try Sandbox.run { box in
            let script = #"ulimit -n 80; exec "$KAPO" -i 127.0.0.1 -p 0 run sleep 600"#
            let kapo = try box.kapo(box.start(["sh", "-c", script], environment: ["KAPO": Programs.kapo]))
            let hoarder = try startHoarder(box, kapo, 40)
            // 80 descriptors, of which 64 are kept back for other things.
            try eventually("16 connections and the listener", that: { ProcessTable.sockets(kapo.pid) == 17 })
            #expect(ticksInOneSecond(kapo) < 20)
            #expect(ProcessTable.sockets(kapo.pid) == 17)
            try Files.write(box.path("go"), [])
            #expect(try hoarder.wait() == .code(0), "\(hoarder.errors)")
            #expect(try kapo.entry().Status == "running")
            try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
        }
    }

    @Test("out of descriptors for real, Kapo does not spin, and serves when there are some again")
    func noDescriptors() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            #expect(try kapo.entry().Status == "running")
            try eventually("no connection", that: { try kapo.counters().connections_open == 1 })
            let own = Files.names(in: "/proc/\(kapo.pid)/fd").compactMap { Int($0) }
            let limit = try #require(own.max()) + 4
            let lowered = try box.finish(["prlimit", "--pid", "\(kapo.pid)", "--nofile=\(limit):\(limit)"])
            #expect(lowered.code == 0, "\(lowered.errors)")
            let hoarder = try startHoarder(box, kapo, 30)
            try eventually("a full table", that: { ProcessTable.descriptors(kapo.pid) == limit })
            #expect(ticksInOneSecond(kapo) < 20)
            #expect(kapo.process.isRunning)
            try Files.write(box.path("go"), [])
            #expect(try hoarder.wait() == .code(0), "\(hoarder.errors)")
            #expect(try kapo.entry().Status == "running")
            try eventually("one connection", that: { try kapo.counters().connections_open == 1 })
        }
    }

    @Test("a connection that is opened and closed, or reset, leaves nothing behind")
    func connectAndClose() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            #expect(try kapo.entry().Status == "running")
            try box.client(
                of: kapo,
                #"""
                for number in range(300):
                    connection = connect()
                    if number % 3 == 1:
                        connection.sendall(b"GET / HT")
                    if number % 3 == 2:
                        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    if number % 2:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()
                """#)
            let counters = try eventually("one connection") { () -> Counters? in
                let counters = try kapo.counters()
                return counters.connections_open == 1 ? counters : nil
            }
            // A connection that is reset without a byte ends in the kernel: 50 of the 300.
            #expect(counters.connections_accepted > 250)
            try eventually("the listener alone", that: { ProcessTable.sockets(kapo.pid) == 1 })
        }
    }
}

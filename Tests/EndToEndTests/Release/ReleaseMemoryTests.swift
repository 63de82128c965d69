import Glibc
import Testing

/// How much memory the static release takes: resident, and anonymous, which is what belongs to this process alone (the
/// rest is the program's file, which the kernel shares and can drop).
@Suite struct ReleaseMemoryTests {
    private func start(_ box: Sandbox) throws -> Kapo {
        let kapo = try box.kapo(["run", "--", "sleep", "1000"], program: Programs.release)
        try kapo.entry("a command that runs") { $0.Status == "running" }
        return kapo
    }

    @Test("idle, at most 7 MB are resident and 700 kB are private; a million requests add at most 300 kB")
    func million() throws {
        try Sandbox.run { box in
            let kapo = try start(box)
            let idle = ProcessTable.memoryKiB(kapo.pid)
            #expect((500...7000).contains(idle.resident), "\(idle)")
            #expect((50...700).contains(idle.anonymous), "\(idle)")
            var served = 0
            // Ends: each turn adds requests, or a test of its outcome fails.
            while served < 1_000_000 {
                let load = try box.finish(
                    ["wrk", "-t1", "-c64", "-d2", "http://127.0.0.1:\(kapo.port)/"], within: .seconds(60))
                try #require(load.code == 0 && !load.output.contains("Socket errors"), "\(load.output)\(load.errors)")
                let line = load.output.split(separator: "\n").first { $0.contains(" requests in ") }
                let count = line.flatMap { $0.split(separator: " ").first }.flatMap { Int($0) } ?? 0
                try #require(count > 0, "\(load.output)")
                served += count
            }
            try eventually(
                "little growth of \(idle) \(ProcessTable.memoryKiB(kapo.pid))",
                that: {
                    let grown = ProcessTable.memoryKiB(kapo.pid)
                    // Of the program's file, pages that no request had used before come in as well: they are no growth.
                    return grown.resident <= 7300 && grown.anonymous <= idle.anonymous + 300
                })
        }
    }

    @Test("10,000 idle connections take at most 4 KiB each, are all answered, and are given back")
    func connections() throws {
        try Sandbox.run { box in
            let kapo = try start(box)
            let idle = ProcessTable.memoryKiB(kapo.pid)
            let client = try box.startClient(
                of: kapo,
                #"""
                import resource
                limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
                count = min(10000, limit - 100)

                def ask(connection):
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    data = b""
                    while not data.endswith(b"]\n"):
                        data += connection.recv(65536)
                    assert data.startswith(b"HTTP/1.1 200 "), data

                connections = [connect() for _ in range(count)]
                for connection in connections:
                    ask(connection)
                print("open", count, flush=True)
                while not os.path.exists("\#(box.path("go"))"):
                    time.sleep(0.05)
                for connection in connections:
                    ask(connection)
                print("asked again", flush=True)
                """#)
            let line = try client.waitForOutput(containing: "\n")
            let count = try #require(Int(line.split(separator: " ").last?.filter(\.isNumber) ?? ""))
            let open = ProcessTable.memoryKiB(kapo.pid)
            #expect((open.anonymous - idle.anonymous) * 1024 <= count * 4096, "\(idle) \(open) \(count)")
            #expect(open.anonymous > idle.anonymous + count / 2)
            try Files.write(box.path("go"), [])
            #expect(try client.wait(within: .seconds(60)) == .code(0), "\(client.errors)")
            #expect(client.output.contains("asked again"))
            try eventually(
                "memory to be given back: \(idle), \(open), \(ProcessTable.memoryKiB(kapo.pid))",
                that: {
                    // libevent's records of 10,000 descriptors stay: 50 bytes each, and what lies between them.
                    ProcessTable.memoryKiB(kapo.pid).anonymous <= idle.anonymous + 3000
                })
            #expect(try kapo.counters().connections_open == 1)
        }
    }
}

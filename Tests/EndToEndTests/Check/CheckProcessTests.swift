import Glibc
import Testing

/// What kind of process a check is: one that ends in time, as any program does, and leaves nothing.
@Suite struct CheckProcessTests {
    static let silences = [
        "time.sleep(600)",
        #"""
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            client.sendall(b"x")
            time.sleep(0.1)
        """#,
        #"""
        client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            client.sendall(b"x")
            time.sleep(0.1)
        """#,
    ]

    @Test("a server that says nothing, and one that never ends, are given up in time", arguments: silences)
    func timeout(_ python: String) throws {
        try Sandbox.run { box in
            let server = try CheckServer(box, python)
            let outcome = try box.check(["--timeout", "0.35", server.url])
            #expect(outcome.ending == .code(1))
            #expect(outcome.errors == "kapo check: \(server.url): no answer within 0.35 s\n")
        }
    }

    @Test("so is an address that nothing comes back from")
    func blackHole() throws {
        try Sandbox.run { box in
            // A queue of one, which is full: the kernel drops what comes after.
            let full = """
                import socket, time
                listener = socket.socket()
                listener.bind(("127.0.0.1", 0))
                listener.listen(0)
                first = socket.create_connection(listener.getsockname())
                print(listener.getsockname()[1], flush=True)
                time.sleep(600)
                """
            let server = try box.start(["python3", "-c", full])
            let port = try server.waitForOutput(containing: "\n").dropLast()
            let outcome = try box.check([], environment: ["KAPO_PORT": "\(port)", "KAPO_CHECK_TIMEOUT": ".2"])
            #expect(outcome.ending == .code(1))
            #expect(outcome.errors == "kapo check: http://127.0.0.1:\(port)/readyz: no answer within .2 s\n")
        }
    }

    @Test("the time is kept: not less than it, and not a second more")
    func exactness() throws {
        try Sandbox.run { box in
            let server = try CheckServer(box, "time.sleep(600)")
            let before = ContinuousClock.now
            #expect(try box.check(["--timeout", "1.5", server.url]).ending == .code(1))
            let taken = ContinuousClock.now - before
            #expect(taken >= .milliseconds(1490) && taken < .milliseconds(2500), "\(taken)")
        }
    }

    @Test("a signal ends it as it ends any program", arguments: [SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    func signals(_ signal: Int32) throws {
        try Sandbox.run { box in
            let server = try CheckServer(box, "time.sleep(600)")
            let check = try box.start([Programs.kapo, "check", "--timeout", "600", server.url])
            try server.process.waitForOutput(containing: "asked")
            check.signal(signal)
            #expect(try check.wait() == .signal(signal))
            #expect(check.output + check.errors == "")
        }
    }

    @Test("a shell sees 143, and a signal that was ignored at the start stays ignored")
    func shell() throws {
        try Sandbox.run { box in
            let server = try CheckServer(box, "time.sleep(600)")
            let script = """
                "$KAPO" check --timeout 600 \(server.url) &
                until grep -q asked "$OUTPUT"; do sleep 0.02; done
                kill $!
                wait $!; echo $?
                trap '' TERM
                "$KAPO" check --timeout 1 \(server.url) &
                until [ $(grep -c asked "$OUTPUT") = 2 ]; do sleep 0.02; done
                kill $!
                wait $!; echo $?
                """
            let outcome = try box.shell(script, environment: ["OUTPUT": server.process.outputPath])
            #expect(outcome.output == "143\n1\n")
        }
    }

    @Test("it starts no process, writes and locks no file, listens nowhere, and becomes nobody's subreaper")
    func systemCalls() throws {
        try Sandbox.run { box in
            let server = try CheckServer.answering(#"HTTP/1.1 200 OK\r\n\r\nfine"#, box)
            let trace = box.path("trace")
            let names = Files.names(in: box.directory)
            let outcome = try box.finish(
                ["strace", "-f", "-o", trace, Programs.kapo, "check", server.url])
            #expect(outcome.ending == .code(0), "\(outcome.errors)")
            let calls = Files.text(trace)
            #expect(calls.contains("connect("))
            for call in [
                "fork(", "clone(", "clone3(", "listen(", "bind(", "O_CREAT", "O_WRONLY", "O_RDWR", "unlink",
                "PR_SET_CHILD_SUBREAPER", "signalfd", "setsid(", "setpgid(", "wait4(", "waitid(",
            ] {
                #expect(!calls.contains(call), "\(call)")
            }
            // Those of the tests themselves: the trace, and what strace wrote.
            let left = Set(Files.names(in: box.directory)).subtracting(names)
            #expect(left.allSatisfy { $0 == "trace" || $0.hasSuffix(".stdout") || $0.hasSuffix(".stderr") }, "\(left)")
        }
    }
}

import Glibc
import Testing

@Suite struct BlockedReaderTests {
    /// Bytes that the process and its children have asked the kernel to write: `wchar` of /proc/PID/io.
    private func written(_ pid: pid_t) -> Int {
        let line = Files.text("/proc/\(pid)/io").split(separator: "\n").first { $0.hasPrefix("wchar:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Waits until the process has written something and then nothing for half a second.
    private func waitUntilBlocked(_ pid: pid_t) throws {
        var last = (bytes: 0, since: ContinuousClock.now)
        try eventually(
            "that \(pid) blocks",
            that: {
                let bytes = written(pid)
                if bytes != last.bytes { last = (bytes, .now) }
                return bytes > 0 && ContinuousClock.now - last.since > .milliseconds(500)
            })
    }

    @Test("when nobody reads, the command blocks, Kapo answers and does not grow, and every byte is there later")
    func blocked() throws {
        try Sandbox.run { box in
            let fifo = try Fifo(box.path("fifo"))
            let (data, go) = (box.path("data"), box.path("go"))
            #expect(try box.shell("head -c 20000000 /dev/urandom > \(data)").code == 0)
            let kapo = try box.kapo(
                ["-S", "run", "sh", "-c", "while ! test -e \(go); do sleep 0.02; done; exec cat \(data)"],
                output: fifo.path)
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            let before = ProcessTable.residentKiB(kapo.pid)
            #expect(before > 0)

            try Files.write(go, [])
            try eventually("cat", that: { ProcessTable.commandLine(pid).hasPrefix("cat") })
            try waitUntilBlocked(pid)
            #expect(written(pid) < 1_000_000, "two pipes and two buffers, and no more")
            let ticks = ProcessTable.ticksUsed(kapo.pid)
            for _ in 0..<20 { #expect(try kapo.entry().Status == "running") }
            pause(.milliseconds(500))
            #expect(ProcessTable.ticksUsed(kapo.pid) - ticks < 20, "it waits, and does not spin")
            #expect(ProcessTable.residentKiB(kapo.pid) - before < 5120)

            let bytes = fifo.readAll()
            #expect(try kapo.process.wait() == .code(0))
            let same = bytes == Files.read(data)
            #expect(same, "\(bytes.count) bytes")
        }
    }

    @Test("log lines are held back as well, and Kapo does not grow")
    func blockedLines() throws {
        try Sandbox.run { box in
            // Standard error is the pipe that nobody reads, so the log cannot say which port the kernel chose.
            let fifo = try Fifo(box.path("fifo"))
            let port = try freePort(box)
            let script = """
                exec "$KAPO" -i 127.0.0.1 -p \(port) --stdout --stdlog run sh -c \
                'echo $$ > \(box.path("pid")); exec seq 1000000' 2> \(fifo.path)
                """
            let running = try box.start(["sh", "-c", script], environment: ["KAPO": Programs.kapo])
            let pid = try eventually("the command's pid") { pid_t(Files.text(box.path("pid")).dropLast()) }
            try waitUntilBlocked(pid)
            #expect(written(pid) < 1_000_000)
            let before = ProcessTable.residentKiB(running.pid)
            for _ in 0..<20 {
                let answer = try box.finish(["curl", "-s", "--noproxy", "*", "http://127.0.0.1:\(port)/"])
                #expect(answer.output.contains(#""Status":"running""#))
            }
            #expect(ProcessTable.residentKiB(running.pid) - before < 5120)

            let text = String(decoding: fifo.readAll(), as: UTF8.self)
            #expect(try running.wait() == .code(0))
            let numbers = text.split(separator: "\n").filter { $0.hasSuffix("stream=stdout") }
                .compactMap { $0.split(separator: "msg=\"").last?.prefix { $0 != "\"" } }
            #expect(numbers.count == 1_000_000)
            let inOrder = zip(numbers, 1...).allSatisfy { Int($0) == $1 }
            #expect(inOrder, "every line once and in order")
        }
    }

    @Test("a second TERM ends Kapo although nobody reads what is left")
    func secondTerm() throws {
        try Sandbox.run { box in
            let fifo = try Fifo(box.path("fifo"))
            let kapo = try box.kapo(["-S", "run", "cat", "/dev/zero"], output: fifo.path)
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            try waitUntilBlocked(pid)
            kapo.process.signal(SIGTERM)
            try kapo.process.waitForErrors(containing: "killed by SIGTERM")
            pause(.milliseconds(300))
            #expect(kapo.process.isRunning, "it waits for the reader")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            _ = fifo
        }
    }

    /// A port that was free a moment ago, for a Kapo whose log cannot be read.
    private func freePort(_ box: Sandbox) throws -> Int {
        let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let outcome = try box.python(script)
        return try #require(Int(outcome.output.dropLast()))
    }
}

import Glibc
import Testing

/// Output that nobody reads, or that nobody can take.
@Suite struct UnreadOutputTests {
    @Test("a reader that goes away after the command has ended does not keep Kapo from ending")
    func readerLeavesAfterTheEnd() throws {
        try Sandbox.run { box in
            var fifo: Fifo? = try Fifo(box.path("fifo"))
            // More than the fifo (64 KiB) and one read of Kapo's (64 KiB) hold, and less than what the command's own
            // pipe holds in addition: the command ends, and its last bytes cannot be passed on.
            let script = "head -c 135072 /dev/zero; exit 7"
            let kapo = try box.kapo(["-S", "run", "sh", "-c", script], output: try #require(fifo).path)
            try kapo.process.waitForErrors(containing: "sh ended with exit code 7")
            #expect(kapo.process.isRunning, "it waits for the reader")
            fifo = nil
            #expect(try kapo.process.wait() == .code(7))
        }
    }

    /// Anonymous memory of a process in KiB: what it has allocated, without the files that it maps.
    private func anonymousKiB(_ pid: pid_t) throws -> Int {
        let line = Files.text("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return try #require(line.flatMap { Int($0.filter(\.isNumber)) })
    }

    /// Reads a fifo, prints its first line, and from then on a word for each MB that has passed.
    private let slowReader = """
        import sys, time
        with open(sys.argv[1], "rb") as stream:
            print(stream.readline().decode(), end="", flush=True)
            total = 0
            # A short rest before each read, so that the writer finds the fifo full every time.
            while data := stream.read1(65536):
                if (total + len(data)) // 1000000 > total // 1000000:
                    print(f"<{(total + len(data)) // 1000000} MB>", flush=True)
                total += len(data)
                time.sleep(0.001)
        """

    @Test("standard output that nobody reads does not pile up while standard error is read")
    func oneOfTwoIsRead() throws {
        try Sandbox.run { box in
            let (output, error) = (try Fifo(box.path("output")), box.path("error"))
            #expect(unsafe mkfifo(error, 0o600) == 0)
            let reader = try box.start(["python3", "-c", slowReader, error])
            let command = "yes & while :; do head -c 60000 /dev/zero >&2; done"
            let kapo = try box.start(
                ["sh", "-c", #"exec "$KAPO" -i 127.0.0.1 -p 0 -S -E run sh -c '\#(command)' 2> \#(error)"#],
                environment: ["KAPO": Programs.kapo], output: output.path)
            let port = try eventually("a port") { Kapo.port(in: reader.output) }

            try reader.waitForOutput(containing: "<3 MB>", within: .seconds(60))
            let before = try anonymousKiB(kapo.pid)
            try reader.waitForOutput(containing: "<40 MB>", within: .seconds(60))
            #expect(try anonymousKiB(kapo.pid) - before < 5120)
            let answer = try box.finish(
                ["curl", "-sS", "--max-time", "15", "--noproxy", "*", "http://127.0.0.1:\(port)/"])
            #expect(answer.output.contains(#""Status":"running""#), "\(answer.errors)")

            kapo.signal(SIGTERM)
            _ = output.readAll()
            #expect(try kapo.wait() == .code(128 + SIGTERM))
        }
    }

    @Test("output that a full disk does not take is lost, which the log says once, and the exit code is kept")
    func fullDisk() throws {
        try Sandbox.run { box in
            // Several reads of 64 KiB at most, and so several writes that fail.
            let script = "head -c 400000 /dev/zero; exit 7"
            let kapo = try box.kapo(["-S", "run", "sh", "-c", script], output: "/dev/full")
            #expect(try kapo.process.wait() == .code(7))
            let lines = kapo.log.split(separator: "\n").filter { $0.contains("lost") }
            #expect(lines.count == 1, "\(kapo.log)")
            #expect(lines.first?.contains("level=error") == true)
            #expect(lines.first?.contains("No space left on device") == true)
        }
    }
}

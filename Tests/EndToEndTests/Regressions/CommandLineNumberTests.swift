import Glibc
import Testing

/// Numbers on the command line that are easily taken for something else.
@Suite struct CommandLineNumberTests {
    static let negatives = [
        (["-p", "-5", "run"], "0 to 65535"), (["--port", "-5", "run"], "0 to 65535"),
        (["run", "-p", "-5"], "0 to 65535"), (["run", "-w", "-1"], "seconds from 0"),
        (["run", "-t", "-1"], "seconds from 0"), (["run", "--kill-after", "-1"], "seconds from 0"),
        (["supervise", "-w", "-1"], "seconds from 0"), (["watch", "-w", "-1"], "seconds from 0.1"),
        (["watch", "-p", "-5"], "1 to"),
    ]

    @Test("a value below nought is a value, which is refused with what is allowed", arguments: negatives)
    func negative(words: [String], says: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo] + words + ["touch", box.path("started")])
            #expect(outcome.ending == .code(64))
            let option = try #require(words.first { $0.hasPrefix("-") })
            let value = try #require(words.last { Int($0) != nil })
            #expect(outcome.errors.contains("The value '\(value)' is invalid for '\(option) "), "\(outcome.errors)")
            #expect(outcome.errors.contains(says), "\(outcome.errors)")
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("with sockets from systemd and port 0 the kernel chooses the side port, and it answers")
    func sidePort() throws {
        try Sandbox.run { box in
            let place = "127.0.0.1:\(try FreePort.one(box))"
            let words = [Programs.kapo, "-s", "-b", "-i", "127.0.0.1", "--port", "0", "run", "sleep", "600"]
            let activated = try Activated(words, on: [place], in: box)
            let entry = try activated.entry(over: place)
            #expect(entry.SidebindPort > 1023)
            #expect(try activated.entry(over: "127.0.0.1:\(entry.SidebindPort)") == entry)
            #expect(try activated.stop() == .code(128 + SIGTERM))
        }
    }
}

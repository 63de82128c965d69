import FoundationEssentials
import Glibc
import Testing

/// Where `--stdlog` cuts lines, and where it puts them.
@Suite struct LoggedLineTests {
    private struct Line: Decodable {
        var msg: String
        var stream: String?
    }

    private func lines(_ log: String) throws -> [Line] {
        try log.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    /// The captured lines of a command that writes what this Python expression of bytes says, in one piece or in two.
    private func logged(_ expression: String, cutAt: Int? = nil, _ box: Sandbox) throws -> [String] {
        let script = """
            import os, time
            data = \(expression)
            cut = \(cutAt.map(String.init) ?? "len(data)")
            for part in data[:cut], data[cut:]:
                while part:
                    part = part[os.write(1, part):]
                time.sleep(0.05)
            """
        let outcome = try box.finish([
            Programs.kapo, "-i", "127.0.0.1", "-p", "0", "--log-format", "json", "-S", "-L", "run", "python3", "-c",
            script,
        ])
        #expect(outcome.ending == .code(0))
        return try lines(outcome.errors).filter { $0.stream == "stdout" }.map(\.msg)
    }

    private let xs = String(repeating: "x", count: 65535)

    @Test("a line of exactly 64 KiB is one line, and no empty one follows", arguments: [nil, 65535, 65536])
    func exactly(cutAt: Int?) throws {
        try Sandbox.run { box in
            let messages = try logged(#"b"x" * 65536 + b"\nafter\n""#, cutAt: cutAt, box)
            #expect(messages.map(\.utf8.count) == [65536, 5])
            #expect(messages == [xs + "x", "after"])
        }
    }

    @Test("a character of several bytes that would be cut in two begins the next line", arguments: [nil, 65534, 65535])
    func character(cutAt: Int?) throws {
        try Sandbox.run { box in
            let two = try logged(#"b"x" * 65535 + "é and more\n".encode()"#, cutAt: cutAt, box)
            #expect(two.map(\.utf8.count) == [65535, 11])
            #expect(two == [xs, "é and more"])
            let four = try logged(#"b"x" * 65533 + "😀 and more\n".encode()"#, box)
            #expect(four.map(\.utf8.count) == [65533, 13])
            #expect(four.last == "😀 and more")
        }
    }

    @Test("what a command wrote stands before the log line of its end, even when Kapo hears of the end first")
    func order() throws {
        try Sandbox.run { box in
            let go = box.path("go")
            let script = "while ! test -e \(go); do sleep 0.02; done; printf 'one\\ntwo\\nlast'"
            let kapo = try box.kapo(["--log-format", "json", "-S", "-L", "run", "sh", "-c", script])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID

            // Signals that wait are taken together. One that comes before the output makes them the first event that
            // Kapo sees when it goes on, and the end of the command is among them.
            kapo.process.signal(SIGSTOP)
            try eventually("a Kapo that is stopped", that: { ProcessTable.stat(kapo.pid)?.first == "T" })
            kapo.process.signal(SIGWINCH)
            try Files.write(go, [])
            try eventually("the end of the command", that: { ProcessTable.stat(pid)?.first == "Z" })
            kapo.process.signal(SIGCONT)

            #expect(try kapo.process.wait() == .code(0))
            let messages = try lines(kapo.log).map(\.msg)
            #expect(messages.suffix(4) == ["one", "two", "last", "sh ended with exit code 0"], "\(messages)")
        }
    }

    @Test("run after run, the lines of a command that ends at once stand between its start and its end")
    func everyRun() throws {
        try Sandbox.run { box in
            let words = ["--log-format", "json", "-S", "-L", "supervise", "--wait", "0", "printf", "one\\ntwo\\n"]
            let kapo = try box.kapo(words)
            try eventually("30 runs", that: { try kapo.counters().restarts > 30 })
            try kapo.stop()
            let messages = try lines(kapo.log).map(\.msg).filter { $0 != "starting printf again in 0 s" }.dropFirst()
            let runs = messages.split(separator: "started printf")
            #expect(runs.count > 30)
            // A signal may have ended the last one at any point.
            for run in runs.dropLast() { #expect(Array(run) == ["one", "two", "printf ended with exit code 0"]) }
        }
    }
}

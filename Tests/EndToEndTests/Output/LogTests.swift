import FoundationEssentials
import Testing

@Suite struct LogTests {
    /// A line of the log in JSON.
    private struct Line: Decodable {
        var time: String
        var level: String
        var msg: String
        var stream: String?
    }

    private let kapo = [Programs.kapo, "--interface", "127.0.0.1", "--port", "0"]
    /// Lines with everything that must not reach a terminal or break a line in two.
    private let lines = #"one\ntab\there\n\033[31mred\r\n"quoted" \\ back\nlast without newline"#

    @Test("--stdlog makes one log line of each line, with control characters escaped and a last line kept")
    func text() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(kapo + ["--stdout", "--stdlog", "run", "printf", lines])
            #expect(outcome.ending == .code(0))
            #expect(outcome.output == "")
            let logged = outcome.errors.split(separator: "\n").filter { $0.hasSuffix(" stream=stdout") }
            let messages = logged.compactMap { $0.split(separator: " msg=", maxSplits: 1).last?.dropLast(14) }
            #expect(
                messages == [
                    #""one""#, #""tab\there""#, #""\u001b[31mred\r""#, #""\"quoted\" \\ back""#,
                    #""last without newline""#,
                ])
            for line in logged { try checkStart(of: line, level: "info") }
        }
    }

    @Test("--log-format json makes a JSON object of each line, Kapo's own and the command's")
    func json() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                kapo + [
                    "--log-format", "json", "-S", "-E", "-L", "run", "sh", "-c", "printf '\(lines)'; printf err >&2",
                ])
            #expect(outcome.ending == .code(0))
            let all = try outcome.errors.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(all.first?.msg.hasPrefix("listening on 127.0.0.1:") == true)
            #expect(
                all.filter { $0.stream == "stdout" }.map(\.msg) == [
                    "one", "tab\there", "\u{1b}[31mred\r", #""quoted" \ back"#, "last without newline",
                ])
            #expect(all.filter { $0.stream == "stderr" }.map(\.msg) == ["err"])
            #expect(all.allSatisfy { $0.level == "info" && WallTime.seconds($0.time) != nil })
        }
    }

    @Test("a line of 200 KB is split into pieces of 64 KiB")
    func longLine() throws {
        try Sandbox.run { box in
            let script = "import sys; sys.stdout.write('x' * 200000 + chr(10) + 'after' + chr(10))"
            let outcome = try box.finish(
                kapo + ["--log-format", "json", "--stdout", "--stdlog", "run", "python3", "-c", script])
            let messages = try outcome.errors.split(separator: "\n")
                .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
                .filter { $0.stream == "stdout" }.map(\.msg)
            #expect(messages.map(\.count) == [65536, 65536, 65536, 3392, 5])
            #expect(messages.dropLast().joined() == String(repeating: "x", count: 200_000))
            #expect(messages.last == "after")
        }
    }

    @Test("lines that are not UTF-8 are logged with U+FFFD, as valid UTF-8")
    func notUTF8() throws {
        try Sandbox.run { box in
            let outcome = try box.shell(
                #""$KAPO" -i 127.0.0.1 -p 0 -S -L run printf '\303\244 \377\n' 2>&1 | iconv -f UTF-8 -t UTF-8"#)
            #expect(outcome.ending == .code(0), "\(outcome.errors)")
            #expect(outcome.output.contains("msg=\"\u{e4} \u{fffd}\" stream=stdout"))
        }
    }

    @Test("a line that two runs share is two lines: the end of a run ends its last line")
    func linesOfTwoRuns() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["-S", "-L", "supervise", "--wait", "0.05", "printf", "no newline"])
            let log = try kapo.process.waitForErrors(containing: "msg=\"no newline\" stream=stdout\ntime=")
            #expect(!log.contains("newlineno"))
        }
    }

    @Test("--log-level hides what is less severe, and never an error")
    func level() throws {
        try Sandbox.run { box in
            let quiet = try box.finish(kapo + ["--log-level", "error", "run", "true"])
            #expect(quiet.ending == .code(0))
            #expect(quiet.errors == "")
            let loud = try box.finish(kapo + ["--log-level", "error", "run", "no-such-command-anywhere"])
            #expect(loud.ending == .code(127))
            let lines = loud.errors.split(separator: "\n")
            #expect(lines.count == 1)
            try checkStart(of: #require(lines.first), level: "error")
            let normal = try box.finish(kapo + ["run", "true"])
            for line in normal.errors.split(separator: "\n") { try checkStart(of: line, level: "info") }
            #expect(normal.errors.contains("msg=\"true ended with exit code 0\" pid="))
        }
    }

    private func checkStart(of line: Substring, level: String) throws {
        #expect(line.hasPrefix("time=\""))
        let time = line.dropFirst(6).prefix { $0 != "\"" }
        #expect(time.count == 20 && WallTime.seconds(String(time)) != nil, "\(time)")
        #expect(line.dropFirst(6 + time.count).hasPrefix("\" level=\(level) msg=\""), "\(line)")
    }
}

import Glibc
import Testing

@Suite struct RunDocumentTests {
    @Test("while the command runs, the document is the contract's, byte for byte")
    func shape() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--ttl", "900", "--wait", "0.5", "sleep", "600"])
            let entry = try kapo.entry("running") { $0.Status == "running" }
            let expected =
                #"[{"Arguments":["600"],"Command":"sleep","EndTime":"0001-01-01T00:00:00Z","ExitCode":0,"#
                + #""LastExitCode":null,"LastSignal":null,"Mode":"run","PID":\#(entry.PID),"Restarts":0,"#
                + #""SidebindPort":0,"Signal":0,"StartTime":"\#(entry.StartTime)","Status":"running","TTL":900,"#
                + #""Wait":500000000}]"# + "\n"
            let answer = try kapo.ask("/any/path?with=query")
            #expect(answer.body == expected)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["content-length"] == String(expected.utf8.count))
        }
    }

    @Test("PID is the command's, a child of Kapo that leads a process group of its own")
    func pid() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            #expect(ProcessTable.commandLine(pid) == "sleep 600")
            let fields = try #require(ProcessTable.stat(pid))
            #expect(fields[1] == "\(kapo.pid)", "the parent")
            #expect(fields[2] == "\(pid)", "the process group")
        }
    }

    @Test("StartTime is the time at which the command was started")
    func startTime() throws {
        try Sandbox.run { box in
            let before = WallTime.now
            let kapo = try box.kapo(["run", "sleep", "600"])
            let entry = try kapo.entry("running") { $0.Status == "running" }
            let start = try #require(WallTime.seconds(entry.StartTime))
            #expect((before...WallTime.now).contains(start))
        }
    }

    @Test("a command without arguments has null for them, and stays as it was typed")
    func noArguments() throws {
        try Sandbox.run { box in
            let worker = try box.writeExecutable("w\u{f6}rker \"1\"", "#!/bin/sh\nexec sleep 600\n")
            let entry = try box.kapo(["run", "--", worker]).entry()
            #expect(entry.Arguments == nil)
            #expect(entry.Command == worker)
        }
    }

    @Test("the listener answers before the command begins: the command itself can ask")
    func listenerFirst() throws {
        try Sandbox.run { box in
            // The first thing that the command does is to ask, without a second try, the port that the log names.
            let script = #"""
                port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$1")
                curl --silent --show-error --noproxy '*' --max-time 10 "http://127.0.0.1:$port/" && echo "I am $$"
                """#
            let log = box.path("0.stderr")
            let kapo = try box.kapo(["run", "sh", "-c", script, "sh", log])
            #expect(try kapo.process.wait() == .code(0), "\(kapo.log)")
            let output = kapo.process.output
            let pid = try #require(output.split(separator: "I am ").last).prefix { $0.isNumber }
            #expect(output.contains(#""PID":\#(pid),"#))
            #expect(output.contains(#""Status":"running""#))
        }
    }

    @Test("an argument that is not UTF-8 reaches the command as it is, and shows as U+FFFD")
    func notUTF8() throws {
        try Sandbox.run { box in
            let script = #"exec "$KAPO" -i 127.0.0.1 -p 0 run -w 600 printf %s "$(printf 'a\377\303b')""#
            let kapo = try box.kapo(box.start(["sh", "-c", script], environment: ["KAPO": Programs.kapo]))
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.Arguments == ["%s", "a\u{fffd}\u{fffd}b"])
            #expect(Files.read(kapo.process.outputPath) == [0x61, 0xff, 0xc3, 0x62])
        }
    }

    @Test("odd arguments survive: empty ones, control characters, quotes, dashes, what looks like an option of Kapo")
    func oddArguments() throws {
        try Sandbox.run { box in
            let odd = ["", "\u{1}\u{1b}[0m\n\t", "\"\\/", "--", "--port", "-h", "--version", "\u{1f680}\u{2028}"]
            let kapo = try box.kapo(["run", "--wait", "600", "printf", "<%s>"] + odd)
            let entry = try kapo.entry("stopped") { $0.Status == "stopped" }
            #expect(entry.Arguments == ["<%s>"] + odd)
            #expect(kapo.process.output == odd.map { "<\($0)>" }.joined())
        }
    }
}

import Glibc
import Testing

/// Signals that are sent by the control socket.
@Suite struct ControlSignalTests {
    /// Writes the name of each signal that it gets to the file that it is given.
    private static let listener = """
        import os, signal, sys
        out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        def note(number, frame):
            os.write(out, signal.Signals(number).name.encode() + b"\\n")
        for name in "HUP INT QUIT USR1 USR2 ALRM TERM TTIN TTOU WINCH".split():
            signal.signal(getattr(signal, "SIG" + name), note)
        os.write(out, b"on\\n")
        while True:
            signal.pause()
        """

    /// A service `web` that listens for signals, and its record of them.
    private func startListener(_ box: Sandbox) throws -> (control: Control, record: String) {
        let record = box.path("record")
        let program = try box.write("listener.py", Self.listener)
        try box.writeService("web", "cmd: python3 \(program) \(record)\nkapo: {kill-after: 0.1}")
        _ = try box.startDirectory()
        try eventually("the listener") { Files.text(record) == "on\n" }
        return (box.control("web"), record)
    }

    @Test("each signal by each of its names, by GET and by POST")
    func names() throws {
        try Sandbox.run { box in
            let (control, record) = try startListener(box)
            var expected = "on\n"
            let table = [
                ("h", "hup"), ("i", "int"), ("q", "quit"), ("1", "usr1"), ("2", "usr2"), ("a", "alrm"), ("t", "term"),
                ("in", "ttin"), ("ou", "ttou"), ("w", "winch"),
            ]
            for (short, long) in table {
                for (name, method) in [(short, "GET"), (long, "POST"), (long.uppercased(), "GET")] {
                    #expect(try control.order(name, by: method) == "")
                    expected += "SIG\(long.uppercased())\n"
                    try eventually("\(expected) of \(name), not \(Files.text(record))") {
                        Files.text(record) == expected
                    }
                }
            }
            #expect(try control.status().count == 1, "it ran all the time")
        }
    }

    @Test("s, stop and STOP suspend the command, c, cont and CONT resume it")
    func suspension() throws {
        try Sandbox.run { box in
            let (control, _) = try startListener(box)
            let pid = try control.pid()
            for (stop, resume) in [("s", "c"), ("stop", "cont"), ("STOP", "CONT")] {
                #expect(try control.order(stop) == "")
                try eventually("a suspended process") { ProcessTable.stat(pid)?.first == "T" }
                #expect(try control.order(resume) == "")
                try eventually("a process that runs") { ProcessTable.stat(pid)?.first == "S" }
            }
            #expect(try control.pid() == pid)
        }
    }

    @Test("k, kill and KILL kill the whole group, and the command is started again", arguments: ["k", "kill", "KILL"])
    func kill(_ name: String) throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: [sh, -c, 'sleep 4242 & sleep 4243 & wait']")
            _ = try box.startDirectory()
            let control = box.control("web")
            let pid = try control.pid()
            try eventually("three processes") { box.processes("sleep 424").count == 3 }
            let group = box.processes("sleep 424")
            #expect(try control.order(name, by: "GET") == "")
            try eventually("the end of the group") { !group.contains(where: ProcessTable.isAlive) }
            let again = try control.status("started again") { $0.up != nil && $0.pid != pid }
            #expect(again.count == 2)
        }
    }

    @Test("what is wrong with an order stands in Err: no such name, nothing that runs")
    func errors() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            _ = try box.startDirectory()
            let control = box.control("web")
            _ = try control.pid()
            #expect(try control.order("nonsense") == "unknown signal: nonsense")
            #expect(try control.order("Hup") == "unknown signal: Hup")
            #expect(try control.order("d") == "")
            try control.status("down") { $0.down != nil }
            #expect(try control.order("t") == "\"sleep 600\" not running")
            #expect(try control.order("k") == "\"sleep 600\" not running")
            let answer = try control.ask("http://immortal/nowhere")
            #expect(answer.status == 404)
            // A verb is no page to be fetched with a HEAD, or to be deleted.
            #expect(try control.ask("http://immortal/signal/t", ["--request", "DELETE"]).status == 405)
        }
    }
}

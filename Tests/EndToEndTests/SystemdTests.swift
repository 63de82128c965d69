import FoundationEssentials
import Glibc
import Testing

/// Socket activation by systemd-socket-activate.
@Suite struct SocketActivationTests {
    @Test("a TCP socket from systemd serves the document")
    func tcp() throws {
        try Sandbox.run { box in
            let place = "127.0.0.1:\(try FreePort.one(box))"
            let activated = try Activated([Programs.kapo, "-s", "run", "sleep", "600"], on: [place], in: box)
            let entry = try activated.entry(over: place)
            #expect(entry.Status == "running")
            #expect(entry.Command == "sleep")
            #expect(entry.SidebindPort == 0)
            try activated.process.waitForErrors(containing: "listening on descriptor 3 from systemd")
            #expect(try activated.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("--sidebind opens a port of its own above --port, which serves too")
    func sidebind() throws {
        try Sandbox.run { box in
            let port = try FreePort.one(box)
            let place = "127.0.0.1:\(port)"
            let words = [Programs.kapo, "-s", "-b", "-i", "127.0.0.1", "-p", "\(port)", "run", "sleep", "600"]
            let activated = try Activated(words, on: [place], in: box)
            let entry = try activated.entry(over: place)
            #expect(entry.SidebindPort > port)
            #expect(try activated.entry(over: "127.0.0.1:\(entry.SidebindPort)") == entry)
            #expect(try activated.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("a unix stream socket and a TCP socket serve the same document")
    func unixSocket() throws {
        try Sandbox.run { box in
            let places = [box.path("status.sock"), "127.0.0.1:\(try FreePort.one(box))"]
            let activated = try Activated([Programs.kapo, "-s", "supervise", "sleep", "600"], on: places, in: box)
            let entry = try activated.entry(over: places[0])
            #expect(entry.Mode == "supervise")
            #expect(try activated.entry(over: places[1]) == entry)
            #expect(try activated.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("without sockets from systemd Kapo says so and starts nothing")
    func withoutVariables() throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo, "-s", "run", "touch", box.path("started")])
            #expect(outcome.code == 125)
            #expect(outcome.errors.contains("level=error"))
            #expect(outcome.errors.contains("LISTEN_PID and LISTEN_FDS are not set"))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("sockets that are meant for another process are left alone")
    func otherProcess() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                [Programs.kapo, "-s", "run", "touch", box.path("started")],
                environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"])
            #expect(outcome.code == 125)
            #expect(outcome.errors.contains("the sockets are for process 1 (LISTEN_PID)"))
            #expect(!Files.exists(box.path("started")))
        }
    }

    @Test("the command inherits neither LISTEN_… nor NOTIFY_SOCKET, but everything else")
    func environment() throws {
        try Sandbox.run { box in
            let place = "127.0.0.1:\(try FreePort.one(box))"
            let script = "env > \(box.path("partial")); mv \(box.path("partial")) \(box.path("env")); exec sleep 600"
            let activated = try Activated(
                [Programs.kapo, "-s", "run", "sh", "-c", script], on: [place],
                environment: ["NOTIFY_SOCKET=\(box.path("nobody"))", "OTHER=kept"], in: box)
            _ = try activated.entry(over: place)
            try eventually("the command's environment") { Files.exists(box.path("env")) }
            let names = Files.text(box.path("env")).split(separator: "\n").map { $0.prefix { $0 != "=" } }
            #expect(names.contains("OTHER"))
            #expect(names.filter { $0.hasPrefix("LISTEN") || $0.hasPrefix("NOTIFY") } == [])
            #expect(try activated.stop() == .code(128 + SIGTERM))
        }
    }
}

/// What systemd hears of Kapo, seen by a datagram socket of Python's.
@Suite struct NotificationTests {
    @Test("READY after the start, STATUS at each change, STOPPING on TERM", arguments: ["path", "abstract"])
    func life(_ kind: String) throws {
        try Sandbox.run { box in
            let address = kind == "path" ? box.path("notify.sock") : "@kapo-test-\(box.identity)"
            let manager = try box.start(["python3", "-c", Self.script, address])
            try manager.waitForOutput(containing: "bound")
            let kapo = try box.kapo(
                ["supervise", "--wait", "0.2", "sleep", "600"], environment: ["NOTIFY_SOCKET": address])

            try manager.waitForOutput(containing: "READY=1")
            let first = try kapo.entry("a running command") { $0.Status == "running" }
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("a restart") { $0.Restarts == 1 && $0.Status == "running" }
            try manager.waitForOutput(containing: "STATUS=running, pid \(second.PID), restarts: 1")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try manager.wait() == .code(0))

            let lines = manager.output.split(separator: "\n").dropFirst().map(String.init)
            #expect(lines.first == "READY=1")
            #expect(lines.filter { $0 == "READY=1" }.count == 1)
            #expect(lines.last == "STOPPING=1")
            let states = lines.filter { $0.hasPrefix("STATUS=") }
            #expect(states.first == "STATUS=running, pid \(first.PID)")
            #expect(states.contains("STATUS=killed by SIGKILL"))
        }
    }

    @Test("a command that cannot be started is never READY")
    func neverReady() throws {
        try Sandbox.run { box in
            let address = box.path("notify.sock")
            let manager = try box.start(["python3", "-c", Self.script, address])
            try manager.waitForOutput(containing: "bound")
            let outcome = try box.finish(
                [Programs.kapo, "-i", "127.0.0.1", "-p", "0", "supervise", box.path("nothing")],
                environment: ["NOTIFY_SOCKET": address])
            #expect(outcome.code == 127)
            #expect(try manager.wait() == .code(0))
            #expect(manager.output == "bound\nSTOPPING=1\n")
        }
    }

    /// Prints each line of each message, until Kapo says that it stops.
    static let script = """
        import socket, sys
        address = sys.argv[1]
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.settimeout(60)
        s.bind('\\0' + address[1:] if address[0] == '@' else address)
        print('bound', flush=True)
        message = ''
        while 'STOPPING=1' not in message:
            message = s.recv(65536).decode()
            print(message, flush=True)
        """
}

/// A port of 127.0.0.1 that was free a moment ago, for programs that cannot be told to let the kernel choose.
enum FreePort {
    static func one(_ box: Sandbox) throws -> Int {
        let outcome = try box.python(
            "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
        return try #require(Int(outcome.output.filter(\.isNumber)), "\(outcome.errors)")
    }
}

/// A program that systemd-socket-activate starts at the first connection.
final class Activated {
    let process: Running
    private unowned let box: Sandbox

    /// `places` are `IP:PORT` or paths.
    init(_ words: [String], on places: [String], environment: [String] = [], in box: Sandbox) throws {
        self.box = box
        // The program gets PATH and little else; the sandbox's own variable lets the clean-up find it.
        let variables = environment + ["\(Sandbox.variable)=\(box.identity)"]
        process = try box.start(
            ["systemd-socket-activate"] + places.flatMap { ["-l", $0] } + variables.flatMap { ["-E", $0] } + words)
        for place in places { try process.waitForErrors(containing: "Listening on \(place) as") }
    }

    /// The only entry of the document, asked for over this place.
    func entry(over place: String) throws -> Entry {
        let way = place.hasPrefix("/") ? ["--unix-socket", place, "http://localhost/"] : ["http://\(place)/"]
        let outcome = try box.finish(
            ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "15"] + way)
        let entries = try JSONDecoder().decode([Entry].self, from: Data(outcome.output.utf8))
        return try #require(entries.first, "\(outcome.errors) \(process.errors)")
    }

    /// Asks the program to end and waits for it.
    func stop() throws -> Ending {
        process.signal(SIGTERM)
        return try process.wait()
    }
}

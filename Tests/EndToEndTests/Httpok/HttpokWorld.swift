import Glibc

/// A supervisord with servers and listeners, in a sandbox.
final class HttpokWorld {
    /// What came of one listener.
    struct Record {
        var errors = ""
        /// Mails that were sent, in turn.
        var mails: [String] = []
        /// The pids of the server, one for each start.
        var lives: [Substring] = []
        /// Events that were acknowledged.
        var acknowledged = 0
        /// Paths and user agents that the server has seen.
        var asked: [String] = []
        /// Names of core files.
        var cores: [String] = []
    }

    /// How its listeners reach supervisord.
    enum Way { case unix, http(port: Int, password: String) }

    let supervisord: Running
    private let box: Sandbox
    private let conf: String
    private let runs: [(scenario: HttpokScenario, peer: HttpokPeer)]
    private static let python = "/usr/bin/python3"

    /// Starts it with these scenarios for these peers; `label` parts it from others of the same sandbox. The listeners
    /// begin when `go` says so.
    init(
        _ box: Sandbox, _ label: String, _ scenarios: [HttpokScenario], for peers: [HttpokPeer], by way: Way
    ) throws {
        self.box = box
        runs = peers.flatMap { peer in scenarios.filter { $0.peers.contains(peer) }.map { ($0, peer) } }
        let ports = try Self.keepPorts(runs.count, in: box)
        conf = box.path("\(label).conf")
        var lines = Self.head(box, label, way)
        try Files.write(box.path("server.py"), HttpokServer.script.utf8)
        for (index, (run, port)) in zip(runs, ports).enumerated() {
            lines += try Self.program(run.scenario, run.scenario.name(run.peer), box, port: port)
            lines += try Self.listener(run.scenario, run.peer, box, port: port, index, way)
        }
        try Files.write(conf, (lines.joined(separator: "\n") + "\n").utf8)
        supervisord = try box.start(["supervisord", "-c", conf])
        for run in runs where !HttpokServer.silent.contains(run.scenario.server) {
            try eventually("\(run.scenario.name(run.peer)), with \(supervisord.output)") {
                Files.exists(box.path("\(run.scenario.name(run.peer)).up"))
            }
        }
    }

    /// Has all listeners of the sandbox begin.
    static func go(_ box: Sandbox) throws { try Files.write(box.path("go"), "".utf8) }

    /// Waits until each listener has done what its scenario is about.
    func wait() throws {
        for (scenario, peer) in runs {
            let name = scenario.name(peer)
            try eventually("\(name): \(record(name))\n\(supervisord.output)", within: .seconds(60)) {
                let record = record(name)
                guard let end = scenario.end else { return record.acknowledged >= 2 }
                let isMailed = end != "Mailed" || !record.mails.isEmpty
                return record.errors.contains(end) && isMailed
            }
        }
    }

    /// What there is now of the listener of that name.
    func record(_ name: String) -> Record {
        let cores = Files.names(in: box.directory).filter { core in
            core.hasPrefix("\(name).") && core.dropFirst(name.utf8.count + 1).allSatisfy(\.isNumber)
        }
        let mails = Files.text(box.path("\(name).mail"))
        return Record(
            errors: Files.text(box.path("\(name).err")),
            mails: mails.split(separator: "\n--end--\n").map(String.init),
            lives: Files.text(box.path("\(name).lived")).split(separator: "\n"),
            acknowledged: Files.text(box.path("\(name).out")).split(separator: "RESULT 2\nOK").count - 1,
            asked: Files.text(box.path("\(name).asked")).split(separator: "\n").map(String.init), cores: cores)
    }

    /// The state of that process, as supervisord has it.
    func state(_ name: String) throws -> String {
        let outcome = try box.finish(["supervisorctl", "-c", conf, "status", name])
        let words = outcome.output.split { $0.isWhitespace }
        return words.count > 1 ? String(words[1]) : outcome.output
    }

    /// Ends it, with all that it runs.
    func stop() throws {
        supervisord.signal(SIGTERM)
        try supervisord.wait()
    }

    // MARK: Files

    private static func keepPorts(_ count: Int, in box: Sandbox) throws -> [Int] {
        let keeper = try box.start([python, "-B", "-c", HttpokServer.ports, String(count)])
        return try keeper.waitForOutput(containing: "\n").split { $0.isWhitespace }.compactMap { Int($0) }
    }

    private static func head(_ box: Sandbox, _ label: String, _ way: Way) -> [String] {
        let server =
            switch way {
            case .unix: ["[unix_http_server]", "file=\(box.path("\(label).sock"))"]
            case .http(let port, let password):
                ["[inet_http_server]", "port=127.0.0.1:\(port)", "username=user", "password=\(password)"]
            }
        let client =
            switch way {
            case .unix: ["serverurl=unix://\(box.path("\(label).sock"))"]
            case .http(let port, let password):
                ["serverurl=http://127.0.0.1:\(port)", "username=user", "password=\(password)"]
            }
        return [
            "[supervisord]", "nodaemon=true", "user=\(getuid() == 0 ? "root" : "%(ENV_USER)s")",
            "logfile=/dev/null", "logfile_maxbytes=0", "pidfile=\(box.path("\(label).pid"))",
            "childlogdir=\(box.directory)",
        ] + server + [
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface", "[supervisorctl]",
        ] + client
    }

    private static func program(
        _ scenario: HttpokScenario, _ name: String, _ box: Sandbox, port: Int
    ) throws -> [String] {
        let own = scenario.isGroup ? "\(name)-a" : name
        let words = "\(python) -B \(box.path("server.py")) \(box.path(name)) \(port) \(scenario.server)"
        let command =
            scenario.server == "gone"
            ? try box.writeExecutable("\(name).program", "#!/bin/sh\nexec \(words)\n") : words
        let server = ["[program:\(own)]", "command=\(command)", "startsecs=0"] + scenario.settings
        guard scenario.isGroup else { return server }
        return server + [
            "[program:\(name)-b]", "command=sleep 600", "[group:\(name)]", "programs=\(own),\(name)-b",
        ]
    }

    private static func listener(
        _ scenario: HttpokScenario, _ peer: HttpokPeer, _ box: Sandbox, port: Int, _ index: Int, _ way: Way
    ) throws -> [String] {
        let name = scenario.name(peer)
        let words = (peer.words + scenario.options + [scenario.url]).map {
            $0.replacing("NAME", with: name).replacing("PORT", with: "\(port)").replacing("BOX", with: box.directory)
        }
        let quoted = words.map { "'\($0.replacing("'", with: "'\\''"))'" }
        let script = """
            until [ -e '\(box.path("go"))' ]; do sleep 0.05; done
            \(peer.setting)
            exec \(quoted.joined(separator: " "))

            """
        try Files.write(box.path("\(name).sh"), script.utf8)
        let known =
            switch way {
            case .unix: [String]()
            case .http(_, let password):
                ["environment=SUPERVISOR_USERNAME=\"user\",SUPERVISOR_PASSWORD=\"\(password)\""]
            }
        // The priorities differ: supervisord 4.2 takes listeners of one priority for the same, and tells all of them
        // again what one has not acknowledged.
        return [
            "[eventlistener:l-\(name)]", "command=/bin/sh \(box.path("\(name).sh"))", "events=TICK_5",
            "buffer_size=1", "priority=\(-1 - index)", "stdout_logfile=\(box.path("\(name).out"))",
            "stderr_logfile=\(box.path("\(name).err"))", "stderr_logfile_maxbytes=0", "stdout_logfile_maxbytes=0",
        ] + known
    }
}

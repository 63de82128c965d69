/// Who listens to supervisord's events.
enum HttpokPeer: String, CaseIterable {
    case kapo, superlance

    /// The words in front of the options.
    var words: [String] {
        switch self {
        case .kapo: [Programs.kapo, "httpok"]
        case .superlance: ["/usr/bin/python3", "-B", "-u", "-m", "superlance.httpok"]
        }
    }

    /// Where `make test` puts superlance.
    private static let installed: String = {
        let place = "\(Repository.root)/.build/superlance"
        precondition(Files.exists(place), "\(place) is missing: scripts/superlance installs it")
        return place
    }()

    /// A line of a shell script that says where it is to be found.
    var setting: String {
        switch self {
        case .kapo: ":"
        case .superlance: "export PYTHONPATH='\(Self.installed)'"
        }
    }
}

/// A server that a listener looks after, and how the listener is started.
struct HttpokScenario {
    let name: String
    /// How the server behaves in its first life, in words of `HttpokServer`.
    let server: String
    /// The listener's options. `NAME` is the name of the program, `PORT` its port, `BOX` the directory.
    let options: [String]
    var url = "http://127.0.0.1:PORT/x?y"
    var peers = HttpokPeer.allCases
    /// The server's program has settings besides.
    var settings: [String] = []
    /// A program more, in a group with the server.
    var isGroup = false
    /// What the listener's standard error has in the end.
    var end: String?

    /// The name for one of the peers.
    func name(_ peer: HttpokPeer) -> String { "\(name)-\(peer == .kapo ? "k" : "s")" }

    private static let mail = ["-m", "ops@example.org", "-s", "BOX/sendmail NAME"]

    /// Those that need nothing but TICK events.
    static let all: [HttpokScenario] = [
        HttpokScenario(name: "healthy", server: "well", options: ["-p", "NAME", "-b", ""] + mail),
        HttpokScenario(
            name: "hung", server: "hung", options: ["-p", "NAME", "-t", "1", "-d", "BOX", "-eE"] + mail, end: "Mailed"),
        HttpokScenario(name: "code", server: "code", options: ["--program", "NAME"] + mail, end: "Mailed"),
        HttpokScenario(name: "codes", server: "code", options: ["-pNAME", "-c", "200", "--code=503"] + mail),
        HttpokScenario(
            name: "body", server: "body", options: ["-p", "NAME", "-b", "fine"] + mail, peers: [.kapo], end: "Mailed"),
        HttpokScenario(
            name: "bytes", server: "well", options: ["-p", "NAME", "-b", "fine"], peers: [.superlance],
            end: "TypeError: a bytes-like object is required, not 'str'"),
        HttpokScenario(
            name: "refused", server: "refused", options: ["--prog=NAME", "--timeout", "1"] + mail, end: "Mailed"),
        HttpokScenario(
            name: "group", server: "code", options: ["-p", "NAME:NAME-a", "-n", "front door"] + mail, isGroup: true,
            end: "Mailed"),
        HttpokScenario(
            name: "stopped", server: "refused",
            options: ["-p", "NAME", "-p", "it's gone", "-pgone:gone", "-t1"] + mail,
            settings: ["autostart=false"], end: "Mailed"),
        HttpokScenario(
            name: "lazy", server: "refused", options: ["-p", "NAME", "-E"] + mail, settings: ["autostart=false"]),
        HttpokScenario(name: "gone", server: "gone", options: ["-p", "NAME"] + mail, end: "Mailed"),
    ]

    /// Those of which only one of the peers has the option, or the sense.
    static let own: [HttpokScenario] = [
        HttpokScenario(
            name: "later", server: "later", options: ["--log-level", "debug", "-p", "NAME", "-t", "600"] + mail,
            peers: [.kapo], end: "refused, tried again"),
        HttpokScenario(
            name: "late", server: "later", options: ["-p", "NAME", "-t", "600"] + mail, peers: [.superlance],
            end: "Mailed"),
        HttpokScenario(
            name: "exited", server: "exits", options: ["-p", "NAME", "--fatal", "-t", "1.5"] + mail, peers: [.kapo],
            settings: ["autorestart=false"], end: "Mailed"),
        HttpokScenario(
            name: "fall", server: "code", options: ["-p", "NAME", "--fall", "2"] + mail, peers: [.kapo], end: "Mailed"),
        HttpokScenario(
            name: "limit", server: "bad", options: ["-p", "NAME", "--restart-limit", "1/600"] + mail, peers: [.kapo],
            end: "Restart limit of 1 in 600 seconds reached, NOT restarting\n"),
        HttpokScenario(
            name: "grace", server: "bad", options: ["-p", "NAME", "--grace", "600"] + mail, peers: [.kapo],
            end: "a process has just started"),
        HttpokScenario(
            name: "exec", server: "well", options: ["-p", "NAME"] + mail,
            url: "exec:echo line one; echo two >&2; exit 3", peers: [.kapo], end: "Mailed"),
        HttpokScenario(
            name: "tcp", server: "well", options: ["-p", "NAME"] + mail, url: "tcp:localhost:PORT", peers: [.kapo]),
        HttpokScenario(
            name: "closed", server: "refused", options: ["-p", "NAME", "-t", "1"] + mail, url: "tcp:127.0.0.1:PORT",
            peers: [.kapo], end: "Mailed"),
    ]

    /// `-a`, which needs a supervisord for itself.
    static let everything = HttpokScenario(name: "any", server: "code", options: ["-a"] + mail, isGroup: true)
}

import Glibc
import Testing

extension Sandbox {
    /// Where this sandbox's proxies look for downtimes.
    var spool: String { path("spool") }

    /// The command line of a proxy on a port that the kernel chooses, with the sandbox's spool and configuration.
    var proxyWords: [String] {
        [Programs.kapo, "proxy", "-c", path("proxy.yml"), "-p", "0", "-B", "127.0.0.1", "--spool-root", spool]
    }

    /// Writes the configuration that `proxyWords` name, and makes the spool.
    func prepareProxy(_ configuration: String) throws {
        if !Files.exists(spool) { #expect(unsafe mkdir(spool, 0o755) == 0) }
        try Files.write(path("proxy.yml"), "\(configuration)\n".utf8)
    }

    /// Starts a proxy with these lines of configuration. Without any, it remembers nothing.
    func proxy(_ configuration: String = "cache_time: 0", before: [String] = []) throws -> Kapo {
        try prepareProxy(configuration)
        return try kapo(start(before + proxyWords))
    }

    /// Takes a service out, as an operator does.
    func hadown(_ service: String, _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) throws {
        try run("hadown", options + [service], sourceLocation)
    }

    /// Puts a service back.
    func haup(_ service: String, _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) throws {
        try run("haup", options + [service], sourceLocation)
    }

    /// Runs Kapo under the name of one of hacheck's commands.
    private func run(_ command: String, _ words: [String], _ sourceLocation: SourceLocation) throws {
        if !Files.exists(path(command)) { #expect(unsafe symlink(Programs.kapo, path(command)) == 0) }
        let outcome = try finish([path(command), "--spool-root", spool] + words)
        #expect(outcome.code == 0 && outcome.output == "", "\(outcome.errors)", sourceLocation: sourceLocation)
    }

    /// Runs openssl in the sandbox's directory, with the words of a line.
    func openssl(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let outcome = try finish(["env", "-C", directory, "openssl"] + words)
        guard outcome.code == 0 else { throw HarnessError("openssl \(line): \(outcome.errors)") }
    }
}

extension Kapo {
    /// Status and body of a GET, with further headers.
    func check(_ path: String, _ headers: [String] = [], in network: Network? = nil) throws -> Verdict {
        let answer = try ask(path, headers.flatMap { ["--header", $0] }, by: network?.words ?? [])
        return Verdict(answer.status, answer.body)
    }

    /// The version that it says of itself.
    static func version(_ box: Sandbox) throws -> String {
        let words = try box.finish([Programs.kapo, "--version"]).output.split { $0.isWhitespace }
        return try String(#require(words.last))
    }
}

/// What a check came to.
struct Verdict: Equatable, CustomStringConvertible {
    let status: Int
    let text: String

    init(_ status: Int, _ text: String) {
        self.status = status
        self.text = text
    }

    var description: String { "\(status) \(text)" }

    /// True for a connection that was made, however long that took.
    var isConnected: Bool { status == 200 && text.wholeMatch(of: /Connected in \d+\.\d\ds/) != nil }
    /// True for a check that the proxy has given up.
    var isTimedOut: Bool { status == 503 && text.wholeMatch(of: /Connection timed out after \d+\.\d\ds/) != nil }
    /// True for a port that nobody listens on.
    var isRefused: Bool {
        let refused = /Unexpected error \[Errno 111\] Connection refused after \d+\.\d+s/
        return status == 503 && text.wholeMatch(of: refused) != nil
    }
}

/// A server in Python that does one thing to each client, without waiting for a word of it.
final class Peer {
    let process: Running
    /// On 127.0.0.1, or wherever it was told to listen.
    let port: Int
    /// How many clients it has had.
    var clients: Int { process.output.matches(of: /(?m)^client$/).count }

    /// Its Python runs for each client, with `client` a connected socket, in a thread of its own.
    init(_ box: Sandbox, address: String = "127.0.0.1", before: [String] = [], _ python: String) throws {
        let script = """
            import os, socket, struct, sys, threading, time
            family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
            listener = socket.create_server((sys.argv[1], 0), family=family, backlog=4096)
            print("port", listener.getsockname()[1], flush=True)

            def read_request(client):
                request = b""
                while b"\\r\\n\\r\\n" not in request:
                    more = client.recv(4096)
                    if not more:
                        break
                    request += more
                return request

            def serve(client):
                print("client", flush=True)
                try:
            \(python.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n"))
                except OSError:
                    pass
                client.close()

            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            """
        process = try box.start(before + ["python3", "-c", script, address])
        let text = try process.waitForOutput(containing: "\n")
        port = try #require(Int(text.split(separator: "\n")[0].dropFirst(5)))
    }

    /// One that takes each connection and never says a word.
    static func silent(_ box: Sandbox) throws -> Peer { try Peer(box, "time.sleep(600)") }
}

/// A network of a test's own, with a loopback interface and what the commands make of it. Making one is for root.
final class Network {
    /// What starts a program in it.
    let words: [String]

    init(_ box: Sandbox, _ commands: String) throws {
        let script = "set -e; ip link set lo up; \(commands); echo ready; exec sleep 600"
        let holder = try box.start(["unshare", "--net", "sh", "-c", script])
        try holder.waitForOutput(containing: "ready")
        words = ["nsenter", "--net", "--target", "\(holder.pid)"]
    }
}

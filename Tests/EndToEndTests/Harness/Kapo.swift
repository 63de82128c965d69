import FoundationEssentials
import Glibc
import Testing

/// A running Kapo of a sandbox, asked through curl.
final class Kapo {
    let process: Running
    /// The port it listens on, on 127.0.0.1.
    private(set) var port = 0
    private unowned let sandbox: Sandbox

    var pid: pid_t { process.pid }
    var log: String { process.errors }

    init(_ process: Running, in sandbox: Sandbox) {
        self.process = process
        self.sandbox = sandbox
    }

    func waitUntilListening() throws {
        port = try eventually("'listening on' in the log, where there is: \(log)") {
            if let port = Self.port(in: log) { return port }
            guard process.isRunning else {
                throw HarnessError("Kapo ended before it listened, \(process.ended?.description ?? ""): \(log)")
            }
            return nil
        }
    }

    /// The port of the first complete line `listening on ADDRESS:PORT` of a log.
    static func port(in log: String) -> Int? {
        for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let parts = line.components(separatedBy: "listening on ")
            guard parts.count > 1 else { continue }
            let place = parts[1].prefix { $0 != "\"" }
            if let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]) { return port }
        }
        return nil
    }

    /// The answer to a request by curl, with further options of curl; throws when there is none. `words` are what
    /// starts curl elsewhere, in another namespace for instance.
    func ask(_ path: String = "/", _ options: [String] = [], by words: [String] = []) throws -> HTTPAnswer {
        let url = "http://127.0.0.1:\(port)\(path)"
        let curl = ["curl", "--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "15"]
        let outcome = try sandbox.finish(words + curl + options + [url])
        guard outcome.code == 0, let answer = HTTPAnswer(outcome.output) else {
            throw HarnessError("curl \(url): \(outcome.errors) \(outcome.output)")
        }
        return answer
    }

    /// The body of a GET.
    func get(_ path: String = "/") throws -> String { try ask(path).body }

    /// The document.
    func document() throws -> [Entry] {
        let body = try get()
        do {
            return try JSONDecoder().decode([Entry].self, from: Data(body.utf8))
        } catch {
            throw HarnessError("not a document: \(body): \(error)")
        }
    }

    /// The only entry of the document.
    func entry() throws -> Entry {
        let entries = try document()
        guard entries.count == 1, let entry = entries.first else {
            throw HarnessError("not one entry, but \(entries)")
        }
        return entry
    }

    /// Waits until the only entry is as wanted, and returns it.
    @discardableResult
    func entry(
        _ what: String, within deadline: Duration = patience, where condition: (Entry) -> Bool
    ) throws -> Entry {
        var last: Entry?
        return try eventually("\(what), but \(last.map { "\($0)" } ?? "no document"); log: \(log)", within: deadline) {
            let entry = try entry()
            last = entry
            return condition(entry) ? entry : nil
        }
    }

    /// Waits until the document is as wanted, and returns it.
    @discardableResult
    func document(
        _ what: String, within deadline: Duration = patience, where condition: ([Entry]) -> Bool
    ) throws -> [Entry] {
        var last: [Entry] = []
        return try eventually("\(what), but \(last); log: \(log)", within: deadline) {
            last = try document()
            return condition(last) ? last : nil
        }
    }

    /// `/debug/vars`, its `kapo` object.
    func counters() throws -> Counters {
        try JSONDecoder().decode(Vars.self, from: Data(get("/debug/vars").utf8)).kapo
    }

    /// Asks Kapo to end and waits for it.
    @discardableResult
    func stop(_ number: Int32 = SIGTERM) throws -> Ending {
        process.signal(number)
        return try process.wait()
    }
}

/// An entry of the document.
struct Entry: Decodable, Equatable {
    var Arguments: [String]?
    /// Only a command that is checked has them.
    var Checks: [CheckEntry]?
    var Command: String
    var EndTime: String
    var ExitCode: Int32
    var LastExitCode: Int32?
    var LastSignal: Int32?
    var Mode: String
    /// Only services have one.
    var Name: String?
    var PID: pid_t
    var Restarts: Int
    var SidebindPort: Int
    var Signal: Int32
    var StartTime: String
    var Status: String
    var TTL: Int
    var Wait: Int64
}

/// The part of `/debug/vars` that is Kapo's own.
struct Counters: Decodable {
    var connections_accepted: Int
    var connections_open: Int
    var requests_served: Int
    var restarts: Int
    var uptime_seconds: Int
}

private struct Vars: Decodable {
    var kapo: Counters
}

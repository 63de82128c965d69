import FoundationEssentials
import Glibc

/// The control socket of a service, asked through curl.
struct Control {
    let socket: String
    unowned let sandbox: Sandbox

    /// What it says of its service.
    struct Status: Decodable, Equatable {
        var pid: pid_t
        var up: String?
        var down: String?
        var cmd: String
        var fpid: Bool
        var count: Int
        var status: String?
    }

    private struct Said: Decodable {
        var Err: String
    }

    /// True when there is one.
    var isThere: Bool { Files.exists(socket) }

    /// The answer to a request; throws when there is none.
    func ask(_ url: String, _ options: [String] = []) throws -> HTTPAnswer {
        let outcome = try sandbox.finish(
            ["curl", "--silent", "--show-error", "--include", "--max-time", "15", "--unix-socket", socket] + options
                + [url])
        guard outcome.code == 0, let answer = HTTPAnswer(outcome.output) else {
            throw HarnessError("curl \(url): \(outcome.errors) \(outcome.output)")
        }
        return answer
    }

    /// How the service is.
    func status() throws -> Status {
        let answer = try ask("http:/status")
        return try JSONDecoder().decode(Status.self, from: Data(answer.body.utf8))
    }

    /// Waits until there is a socket, and its service is as wanted.
    @discardableResult
    func status(_ what: String, where condition: (Status) -> Bool) throws -> Status {
        var last: Status?
        return try eventually("\(what), but \(last.map { "\($0)" } ?? "no status")") {
            guard let status = try? status() else { return nil }
            last = status
            return condition(status) ? status : nil
        }
    }

    /// Waits until the service runs, and returns its process.
    func pid() throws -> pid_t { try status("running") { $0.up != nil && $0.pid > 0 }.pid }

    /// Gives an order; what was wrong with it, or nothing.
    @discardableResult
    func order(_ name: String, by method: String = "POST") throws -> String {
        let answer = try ask("http://immortal/signal/\(name)", ["--request", method])
        return try JSONDecoder().decode(Said.self, from: Data(answer.body.utf8)).Err
    }
}

extension Sandbox {
    /// The directory of the services' files.
    var services: String { path("services") }

    /// What tells Kapo where services have their directories: `run` and `home/.immortal`.
    var serviceEnvironment: [String: String?] {
        [
            "IMMORTAL_SDIR": path("run"), "HOME": path("home"), "SHELL": nil, "IMMORTAL_EXIT": nil,
            "KAPO": Programs.kapo,
        ]
    }

    /// The control socket of that service.
    func control(_ name: String, in directory: String = "run") -> Control {
        Control(socket: path("\(directory)/\(name)/immortal.sock"), sandbox: self)
    }

    /// Writes the file of a service as editors do: beside it, and then in its place.
    func writeService(_ name: String, _ text: String) throws {
        _ = unsafe mkdir(services, 0o755)
        let path = "\(services)/\(name).yml"
        try Files.write("\(path).new", "\(text)\n".utf8)
        guard unsafe rename("\(path).new", path) == 0 else { throw HarnessError.system("rename \(path)") }
    }

    /// Removes the file of a service.
    func removeService(_ name: String) { _ = unsafe unlink("\(services)/\(name).yml") }

    /// Writes a file of the sandbox, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Files.write(path(name), "\(text)\n".utf8)
        return path(name)
    }

    /// Starts `kapo dir` on the directory of services.
    func startDirectory(environment: [String: String?] = [:]) throws -> Running {
        try startKapo(["dir", services], environment: environment)
    }

    /// Starts Kapo as `kapo`, without waiting for anything.
    func startKapo(_ words: [String], environment: [String: String?] = [:]) throws -> Running {
        try start([Programs.kapo] + words, environment: serviceEnvironment.merging(environment) { _, new in new })
    }

    /// Runs Kapo to its end.
    func finishKapo(_ words: [String], environment: [String: String?] = [:]) throws -> Outcome {
        try finish([Programs.kapo] + words, environment: serviceEnvironment.merging(environment) { _, new in new })
    }

    /// Runs a script of sh(1) to its end, where services are found.
    func serviceShell(_ script: String) throws -> Outcome {
        try finish(["sh", "-c", script], environment: serviceEnvironment)
    }

    /// The processes of this sandbox whose command line contains that.
    func processes(_ text: String) -> [pid_t] {
        processes.filter { ProcessTable.commandLine($0).contains(text) }
    }

    /// Ends the daemons, as a test does that started some, and waits until nothing runs that they had started.
    func endDaemons() {
        for pid in processes where Programs.isKapo(pid) { kill(pid, SIGTERM) }
        _ = try? eventually("the end of daemons", that: { !processes.contains(where: Programs.isKapo) })
    }
}

extension ProcessTable {
    /// Its parent, its group, and its session.
    static func parent(_ pid: pid_t) -> pid_t? { stat(pid).flatMap { pid_t($0[1]) } }
    static func group(_ pid: pid_t) -> pid_t? { stat(pid).flatMap { pid_t($0[2]) } }
    static func session(_ pid: pid_t) -> pid_t? { stat(pid).flatMap { pid_t($0[3]) } }
    /// The number of the terminal; 0 for none.
    static func terminal(_ pid: pid_t) -> Int? { stat(pid).flatMap { Int($0[4]) } }
}

extension Programs {
    /// True for a process of the program under test, whatever its name is.
    static func isKapo(_ pid: pid_t) -> Bool {
        var (one, other) = (stat(), stat())
        // The kernel fills the structs during the calls.
        let isThere = unsafe stat("/proc/\(pid)/exe", &one) == 0 && stat(Programs.kapo, &other) == 0
        return isThere && one.st_ino == other.st_ino && one.st_dev == other.st_dev
    }
}

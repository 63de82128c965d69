import Glibc
import Testing

/// What one test starts and writes: a directory, and processes that carry the sandbox's identity in their environment.
/// At the end the processes are gone and the directory is removed, whatever happened in between.
final class Sandbox {
    /// The variable by which descendants are found.
    static let variable = "KAPO_TEST_ID"

    let directory: String
    /// The value of the variable: different for each sandbox.
    let identity: String
    private var started: [Running] = []
    private var kapos: [Kapo] = []

    private init() throws {
        directory = try Files.makeTemporaryDirectory()
        identity = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined(separator: "-")
    }

    /// Runs `body` with a new sandbox and cleans up after it.
    static func run(_ body: (Sandbox) throws -> Void) throws {
        let sandbox = try Sandbox()
        defer { sandbox.cleanUp() }
        try body(sandbox)
    }

    /// The path of that name in the sandbox's directory.
    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Starts a program. Its output goes to files in the directory unless said otherwise; nil unsets a variable.
    func start(
        _ words: [String], environment changes: [String: String?] = [:], input: String = "/dev/null",
        output: String? = nil
    ) throws -> Running {
        let number = started.count
        let (outputPath, errorPath) = (output ?? path("\(number).stdout"), path("\(number).stderr"))
        var environment = Environment.clean
        for (name, value) in changes { environment[name] = value }
        environment[Self.variable] = identity
        let launch = Launch(
            words: words, environment: environment, input: input, output: outputPath, error: errorPath)
        let running = Running(pid: try launch.start(), words: words, outputPath: outputPath, errorPath: errorPath)
        started.append(running)
        return running
    }

    /// Starts a program, waits for its end and returns what it left.
    func finish(
        _ words: [String], environment: [String: String?] = [:], input: String = "/dev/null",
        within deadline: Duration = patience
    ) throws -> Outcome {
        let running = try start(words, environment: environment, input: input)
        let ending = try running.wait(within: deadline)
        return Outcome(ending: ending, output: running.output, errors: running.errors)
    }

    /// Runs a script of sh(1), in which `$KAPO` is the program under test.
    func shell(
        _ script: String, environment: [String: String?] = [:], within deadline: Duration = patience
    ) throws -> Outcome {
        try finish(
            ["sh", "-c", script], environment: environment.merging(["KAPO": Programs.kapo]) { own, _ in own },
            within: deadline)
    }

    /// Runs a Python script with arguments, in which the variable KAPO is the program under test.
    func python(_ script: String, _ arguments: [String] = [], within deadline: Duration = patience) throws -> Outcome {
        try finish(["python3", "-c", script] + arguments, environment: ["KAPO": Programs.kapo], within: deadline)
    }

    /// Starts Kapo on a port of 127.0.0.1 that the kernel chooses, and waits until it listens.
    func kapo(
        _ words: [String], program: String = Programs.kapo, environment: [String: String?] = [:],
        output: String? = nil
    ) throws -> Kapo {
        let arguments = [program, "--interface", "127.0.0.1", "--port", "0"] + words
        return try kapo(start(arguments, environment: environment, output: output))
    }

    /// The Kapo that a program is, becomes by exec, or starts and shares its standard error with; once it listens.
    func kapo(_ running: Running) throws -> Kapo {
        let kapo = Kapo(running, in: self)
        kapos.append(kapo)
        try kapo.waitUntilListening()
        return kapo
    }

    /// Writes an executable file. The copy is made by another program: a file that some process of these tests still
    /// had open for writing could not be executed (ETXTBSY).
    func writeExecutable(_ name: String, _ text: String, mode: String = "755") throws -> String {
        try Files.write(path("\(name).text"), text.utf8)
        let outcome = try finish(["install", "-m", mode, path("\(name).text"), path(name)])
        guard outcome.code == 0 else { throw HarnessError("install: \(outcome.errors)") }
        return path(name)
    }

    /// Processes of this sandbox that are alive.
    var processes: [pid_t] { ProcessTable.pids(withVariable: Self.variable, identity) }

    private func cleanUp() {
        for running in started where running.isRunning { running.signalGroup(SIGTERM) }
        let kapoPids = Set(kapos.map(\.pid))
        for running in started where running.isRunning {
            if (try? running.wait(within: .seconds(kapoPids.contains(running.pid) ? 10 : 2))) != nil { continue }
            if kapoPids.contains(running.pid) {
                Issue.record("Kapo did not end within 10 s of a TERM; its log: \(running.errors)")
            }
            running.signalGroup(SIGKILL)
            _ = try? running.wait(within: .seconds(5))
        }
        // A process that was signalled together with the command may need a moment longer than the command.
        if (try? eventually("", within: .seconds(3), that: { processes.isEmpty })) == nil {
            for pid in processes {
                Issue.record("process \(pid) was left behind: \(ProcessTable.commandLine(pid))")
                kill(pid, SIGKILL)
            }
        }
        _ = try? Launch(
            words: ["rm", "-rf", directory], environment: Environment.clean, output: "/dev/null", error: "/dev/null"
        ).start().reap()
    }
}

extension pid_t {
    /// Waits for the end of this child.
    fileprivate func reap() {
        var status: Int32 = 0
        // The kernel fills the status during the call.
        while unsafe waitpid(self, &status, 0) == -1 && errno == EINTR {}
    }
}

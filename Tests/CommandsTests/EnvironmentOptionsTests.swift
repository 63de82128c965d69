import Config
import Document
import Host
import Machine
import Program
import Testing

@testable import Commands

@Suite("Flag, then environment, then default")
struct GlobalValuesTests {
    /// What is said in the environment, laid under what is written before the mode and behind it.
    private static func options(
        far: [String] = [], near: [String] = [], _ variables: [String: String] = [:]
    ) throws -> Options {
        var options = Options(job: .watch(name: Word("x"), pid: nil, intervalNanoseconds: 1))
        let values = GlobalValues(
            near: (try PortOption<BehindMode>.parse([]).port, try GlobalOptions<BehindMode>.parse(near)),
            far: (try PortOption<BeforeMode>.parse([]).port, try GlobalOptions<BeforeMode>.parse(far)),
            environment: Environment { variables[$0] })
        try values.apply(to: &options)
        return options
    }

    @Test("nothing said is the manual's defaults")
    func defaults() throws {
        let options = try Self.options()
        #expect(options.listen.port == Port(6666))
        #expect(options.listen.address == SocketAddress("0.0.0.0"))
        #expect(!options.listen.sidebind)
        #expect(!options.listen.socketActivation)
        #expect(!options.output.capturesStandardOutput)
        #expect(!options.output.capturesStandardError)
        #expect(!options.output.logsLines)
        #expect(options.log.format == .text)
        #expect(options.log.level == .info)
    }

    @Test("each variable is read")
    func variables() throws {
        #expect(try Self.options(["KAPO_PORT": "80"]).listen.port == Port(80))
        #expect(try Self.options(["KAPO_INTERFACE": "::"]).listen.address == SocketAddress("::"))
        #expect(try Self.options(["KAPO_SIDEBIND": "1"]).listen.sidebind)
        #expect(try Self.options(["KAPO_SOCKET_ACTIVATION": "t"]).listen.socketActivation)
        #expect(try Self.options(["KAPO_STDOUT": "true"]).output.capturesStandardOutput)
        #expect(try Self.options(["KAPO_STDERR": "TRUE"]).output.capturesStandardError)
        #expect(try Self.options(["KAPO_STDLOG": "T"]).output.logsLines)
        #expect(try Self.options(["KAPO_LOG_FORMAT": "json"]).log.format == .json)
        #expect(try Self.options(["KAPO_LOG_LEVEL": "error"]).log.level == .error)
    }

    @Test("no variable sets anything but its own option")
    func alone() throws {
        let switches = ["SIDEBIND", "SOCKET_ACTIVATION", "STDOUT", "STDERR", "STDLOG"]
        for name in switches {
            let options = try Self.options(["KAPO_\(name)": "1"])
            let values = [
                options.listen.sidebind, options.listen.socketActivation, options.output.capturesStandardOutput,
                options.output.capturesStandardError, options.output.logsLines,
            ]
            #expect(values == switches.map { $0 == name })
        }
    }

    @Test("an option overrules its variable, --no- too, wherever it stands")
    func overrules() throws {
        let on = ["KAPO_STDOUT": "1", "KAPO_SIDEBIND": "true", "KAPO_LOG_LEVEL": "error", "KAPO_INTERFACE": "::"]
        for (far, near) in [
            (["--no-stdout", "-i", "::1"], ["--no-sidebind", "--log-level", "debug"]),
            (["--no-sidebind", "--log-level", "debug"], ["--no-stdout", "-i", "::1"]),
        ] {
            let options = try Self.options(far: far, near: near, on)
            #expect(!options.output.capturesStandardOutput)
            #expect(!options.listen.sidebind)
            #expect(options.log.level == .debug)
            #expect(options.listen.address == SocketAddress("::1"))
        }
        #expect(try Self.options(near: ["-S"], ["KAPO_STDOUT": "0"]).output.capturesStandardOutput)
    }

    @Test("an empty variable is none")
    func empty() throws {
        let options = try Self.options(["KAPO_PORT": "", "KAPO_STDOUT": "", "KAPO_LOG_LEVEL": "", "KAPO_INTERFACE": ""])
        #expect(options.listen.port == Port(6666))
        #expect(!options.output.capturesStandardOutput)
    }

    @Test(
        "a bad variable is an error that names it, even when an option overrules it",
        arguments: [
            "KAPO_PORT", "KAPO_INTERFACE", "KAPO_SIDEBIND", "KAPO_SOCKET_ACTIVATION", "KAPO_STDOUT", "KAPO_STDERR",
            "KAPO_STDLOG", "KAPO_LOG_FORMAT", "KAPO_LOG_LEVEL",
        ])
    func bad(_ name: String) {
        for value in ["nonsense", " ", "-1", "99999", "yes"] {
            let error = #expect(throws: SettingError.self) {
                _ = try Self.options(near: ["--no-stdout", "-b", "-i", "::1", "--log-level", "debug"], [name: value])
            }
            #expect(error?.description.hasPrefix("The variable \(name): '\(value)' is not ") == true)
        }
    }

    private static func options(_ variables: [String: String]) throws -> Options {
        try options(far: [], near: [], variables)
    }
}

/// The variables of the process itself can be changed only in a process of one's own.
@Suite("The environment of the process")
struct ProcessEnvironmentTests {
    private static func policy(_ line: String) throws -> ChildPolicy? {
        try options(line).child?.policy
    }

    @Test("without options and variables, the modes have the manual's defaults")
    func defaults() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            #expect(
                try Self.policy("run ls")
                    == ChildPolicy(afterExit: .finish(afterNanoseconds: 0), graceNanoseconds: 10_000_000_000))
            #expect(
                try Self.policy("supervise ls")
                    == ChildPolicy(
                        afterExit: .restart(RestartPolicy(waitNanoseconds: 5_000_000_000)),
                        graceNanoseconds: 10_000_000_000))
            guard case .watch(_, let pid, let interval) = try options("watch name").job else {
                throw CancellationError()
            }
            #expect(pid == nil)
            #expect(interval == 5_000_000_000)
            #expect(try options("run ls").listen.port == Port(6666))
        }
    }

    @Test("variables stand in for the modes' options, and options overrule them")
    func variables() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            for (name, value) in [
                ("WAIT", "7"), ("TTL", "60"), ("KILL_AFTER", "3"), ("WATCHPID", "12"), ("PORT", "80"),
            ] {
                set("KAPO_\(name)", value)
            }
            var policy = ChildPolicy(
                afterExit: .finish(afterNanoseconds: 7_000_000_000), graceNanoseconds: 3_000_000_000)
            policy.ttlSeconds = 60...60
            #expect(try Self.policy("run ls") == policy)
            #expect(try Self.policy("run -t 0 -w 1 ls")?.ttlSeconds == 0...0)
            #expect(try Self.policy("supervise -t 1-2 ls")?.ttlSeconds == 1...2)
            #expect(try Self.policy("run -w 1 ls")?.afterExit == .finish(afterNanoseconds: 1_000_000_000))
            #expect(try options("supervise ls").restart?.waitNanoseconds == 7_000_000_000)
            #expect(try Self.policy("supervise ls")?.ttlSeconds == 60...60)
            guard case .watch(_, let pid, let interval) = try options("watch name").job else {
                throw CancellationError()
            }
            #expect(pid == 12)
            #expect(interval == 7_000_000_000)
            #expect(try options("run ls").listen.port == Port(80))
            #expect(try options("-p 81 run ls").listen.port == Port(81))
        }
    }

    @Test("a bad variable names itself and what is allowed, and exits 64")
    func bad() async {
        await #expect(processExitsWith: .success) {
            for (name, line, allowed) in [
                ("KAPO_WAIT", "run ls", "seconds from 0 to 1000000000"), ("KAPO_WAIT", "watch name", "from 0.1"),
                ("KAPO_TTL", "run ls", "range such as 10-30"), ("KAPO_KILL_AFTER", "run ls", "seconds"),
                ("KAPO_WATCHPID", "watch name", "1 to 4194304"), ("KAPO_STDOUT", "supervise ls", "1, t, T, TRUE"),
            ] {
                unsetVariables()
                set(name, "nonsense")
                let refusal = refusalOf(line.split(separator: " ").map(String.init))
                #expect(refusal?.code == 64)
                #expect(refusal?.message.contains("The variable \(name): 'nonsense'") == true)
                #expect(refusal?.message.contains(allowed) == true)
            }
        }
    }
}

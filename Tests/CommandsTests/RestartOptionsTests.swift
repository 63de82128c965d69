import Config
import Machine
import Testing

@testable import Commands

@Suite("Options of restarts, and their variables")
struct RestartOptionsTests {
    private static func policy(_ line: String, _ variables: [String: String] = [:]) throws -> RestartPolicy {
        let words = line.split(separator: " ").map(String.init)
        return try RestartOptions.parse(words).policy(
            Values(environment: Environment { variables[$0] }), wait: Seconds(5))
    }

    /// Every option with a value that is not its default.
    private static let options = [
        "--restart": "on-abnormal", "--success-exit": "0,3,TERM", "--wait": "0.5", "--backoff": "1.5",
        "--max-wait": "20", "--stable-after": "0.25", "--start-limit": "5/60", "--on-failed": "hold",
    ]
    private static let variables = Dictionary(
        uniqueKeysWithValues: options.map { name, value in
            ("KAPO_" + name.dropFirst(2).uppercased().replacing("-", with: "_"), value)
        })
    /// What they say, all together.
    private static let expected = {
        var policy = RestartPolicy(waitNanoseconds: 500_000_000)
        policy.when = .onAbnormal
        policy.success.codes = [0, 3]
        policy.success.signals = [15]
        policy.backoff = 1.5
        policy.longestWaitNanoseconds = 20_000_000_000
        policy.stableNanoseconds = 250_000_000
        policy.startLimit = RestartPolicy.StartLimit(burst: 5, windowNanoseconds: 60_000_000_000)
        policy.onFailed = .hold
        return policy
    }()

    @Test("the defaults are those of the manual")
    func defaults() throws {
        let policy = try Self.policy("")
        #expect(policy.when == .always)
        #expect(policy.success.codes == [0] && policy.success.signals == [])
        #expect(policy.waitNanoseconds == 5_000_000_000)
        #expect(policy.backoff == 1)
        #expect(policy.longestWaitNanoseconds == 300_000_000_000)
        #expect(policy.stableNanoseconds == 10_000_000_000)
        #expect(policy.startLimit == nil)
        #expect(policy.onFailed == .exit)
    }

    @Test("every option is read, and every variable in place of it")
    func all() throws {
        #expect(try Self.policy(Self.options.map { "\($0) \($1)" }.joined(separator: " ")) == Self.expected)
        #expect(try Self.policy(Self.options.map { "\($0)=\($1)" }.joined(separator: " ")) == Self.expected)
        #expect(try Self.policy("", Self.variables) == Self.expected)
    }

    @Test("a variable sets nothing but its own option", arguments: variables.keys.sorted())
    func alone(_ name: String) throws {
        let option = "--" + name.dropFirst(5).lowercased().replacing("_", with: "-")
        let value = try #require(Self.options[option])
        #expect(try Self.policy("", [name: value]) == Self.policy("\(option) \(value)"))
        #expect(try Self.policy("", [name: value]) != Self.policy(""))
        #expect(try Self.policy("", [name: ""]) == Self.policy(""), "an empty variable is none")
    }

    @Test("an option overrules its variable, but not one that is nonsense", arguments: variables.keys.sorted())
    func overrules(_ name: String) throws {
        let option = "--" + name.dropFirst(5).lowercased().replacing("_", with: "-")
        let usual = [
            "--restart": "always", "--success-exit": "0", "--wait": "5", "--backoff": "1", "--max-wait": "300",
            "--stable-after": "10", "--on-failed": "exit",
        ]
        if let value = usual[option] {
            #expect(try Self.policy("\(option) \(value)", [name: Self.variables[name] ?? ""]) == Self.policy(""))
        }
        let error = #expect(throws: (any Error).self) {
            try Self.policy("\(option) \(Self.options[option] ?? "")", [name: "nonsense"])
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("The variable \(name): 'nonsense' is not "))
    }

    @Test("each time to restart and each thing to do in the end", arguments: RestartPolicy.When.allCases)
    func words(_ when: RestartPolicy.When) throws {
        #expect(try Self.policy("--restart \(when.rawValue)").when == when)
        for action in RestartPolicy.OnFailed.allCases {
            #expect(try Self.policy("--on-failed \(action.rawValue)").onFailed == action)
        }
    }

    @Test(
        "nonsense names the option and what is allowed, and exits 64",
        arguments: [
            ("--restart", "sometimes", "always, on-failure, on-abnormal, never"),
            ("--restart", "Always", "on-abnormal"),
            ("--success-exit", "256", "exit code from 0 to 255"), ("--success-exit", "TERN", "name of a signal"),
            ("--wait", "-1", "seconds from 0"), ("--backoff", "0.5", "from 1 to 1000"), ("--max-wait", "x", "seconds"),
            ("--stable-after", "1e3", "seconds"), ("--start-limit", "5", "such as 5/60"),
            ("--start-limit", "0/60", "1 to 10000"), ("--on-failed", "stay", "exit or hold"),
        ])
    func bad(_ option: String, _ value: String, _ allowed: String) throws {
        let refusal = try #require(refusalOf(["supervise", option, value, "ls"]))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(option) && refusal.message.contains(allowed), "\(refusal.message)")
        #expect(refusalOf(["run", option, "1", "ls"])?.code == (option == "--wait" ? nil : 64), "not one of run's")
    }
}

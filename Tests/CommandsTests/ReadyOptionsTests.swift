import Config
import Machine
import Program
import Testing

@testable import Commands

@Suite("Options of readiness, drain and hooks, and their variables")
struct ReadyOptionsTests {
    private static func child(_ words: [String], _ variables: [String: String] = [:]) throws -> ChildOptions {
        var child = ChildOptions(
            words: [], policy: ChildPolicy(afterExit: .finish(afterNanoseconds: 0), graceNanoseconds: 1))
        try ReadyOptions.parse(words).apply(to: &child, Values(environment: Environment { variables[$0] }))
        return child
    }

    private static let options = [
        ("--ready", "tcp:8080"), ("--ready-timeout", "2.5"), ("--watchdog", "0.5"), ("--drain", "3"),
        ("--pre-start", "echo before; true"), ("--post-exit", "echo $KAPO_EXIT_CODE"),
    ]
    private static let variables = Dictionary(
        uniqueKeysWithValues: options.map { name, value in
            ("KAPO_" + name.dropFirst(2).uppercased().replacing("-", with: "_"), value)
        })

    @Test("the defaults are those of the manual")
    func defaults() throws {
        let child = try Self.child([])
        #expect(child.readiness == .started)
        #expect(child.policy.readyNanoseconds == nil, "nothing is waited for")
        #expect(child.policy.watchdogNanoseconds == nil)
        #expect(child.policy.drainNanoseconds == 0)
        #expect(child.preStart == nil && child.postExit == nil)
        #expect(!child.policy.hasPreStart && !child.policy.hasPostExit)
        #expect(try Self.child(["--ready", "notify"]).policy.readyNanoseconds == 60_000_000_000)
        #expect(try Self.child(["--ready-timeout", "5"]).policy.readyNanoseconds == nil, "started is at once")
    }

    @Test("every option is read, and every variable in place of it")
    func all() throws {
        for child in [
            try Self.child(Self.options.flatMap { [$0, $1] }), try Self.child(Self.options.map { "\($0)=\($1)" }),
            try Self.child([], Self.variables),
        ] {
            #expect(child.readiness == .tcp(8080))
            #expect(child.policy.readyNanoseconds == 2_500_000_000)
            #expect(child.policy.watchdogNanoseconds == 500_000_000)
            #expect(child.policy.drainNanoseconds == 3_000_000_000)
            #expect(child.preStart == "echo before; true" && child.policy.hasPreStart)
            #expect(child.postExit == "echo $KAPO_EXIT_CODE" && child.policy.hasPostExit)
        }
    }

    @Test("an option overrules its variable")
    func overrules() throws {
        let words = [
            "--ready", "fd:3", "--ready-timeout", "1", "--watchdog", "2", "--drain", "0", "--pre-start", "a",
            "--post-exit", "b",
        ]
        let child = try Self.child(words, Self.variables)
        #expect(child.readiness == .descriptor(3))
        #expect(child.policy.readyNanoseconds == 1_000_000_000)
        #expect(child.policy.watchdogNanoseconds == 2_000_000_000)
        #expect(child.policy.drainNanoseconds == 0)
        #expect(child.preStart == "a" && child.postExit == "b")
    }

    @Test(
        "nonsense names the option and what is allowed, and exits 64", arguments: ["run", "supervise"],
        [
            ("--ready", "soon", "started, notify, fd:N, tcp:PORT or exec:COMMAND"), ("--ready", "fd:2", "3 to 1023"),
            ("--ready", "tcp:0", "1 to 65535"), ("--ready", "exec:", "exec:COMMAND"),
            ("--ready-timeout", "x", "seconds"), ("--watchdog", "0", "0.1"), ("--watchdog", "0.05", "0.1"),
            ("--drain", "-1", "seconds"), ("--pre-start", "", "command for a shell"),
            ("--post-exit", "  ", "command for a shell"),
        ])
    func bad(_ mode: String, _ written: (option: String, value: String, allowed: String)) throws {
        let refusal = try #require(refusalOf([mode, written.option, written.value, "ls"]))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(written.option), "\(refusal.message)")
        #expect(refusal.message.contains(written.allowed), "\(refusal.message)")
    }

    @Test("a bad variable is an error that names it, even when an option overrules it")
    func badVariable() {
        for (name, value) in [
            ("KAPO_READY", "soon"), ("KAPO_READY_TIMEOUT", "x"), ("KAPO_WATCHDOG", "0"), ("KAPO_DRAIN", "-1"),
            ("KAPO_PRE_START", " "), ("KAPO_POST_EXIT", "  "),
        ] {
            let error = #expect(throws: (any Error).self) {
                try Self.child(Self.options.flatMap { [$0, $1] }, [name: value])
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("The variable \(name): '\(value)' is n"))
        }
    }
}

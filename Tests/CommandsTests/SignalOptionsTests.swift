import Config
import Machine
import Program
import Testing

@testable import Commands

@Suite("Options of signals and ends, and their variables")
struct SignalOptionsTests {
    private static func child(_ line: String, _ variables: [String: String] = [:]) throws -> ChildOptions {
        var child = ChildOptions(
            words: [], policy: ChildPolicy(afterExit: .finish(afterNanoseconds: 0), graceNanoseconds: 1))
        let words = line.split(separator: " ").map(String.init)
        try SignalOptions.parse(words).apply(to: &child, Values(environment: Environment { variables[$0] }))
        return child
    }

    private static func expectAll(_ child: ChildOptions) {
        #expect(child.policy.signals.target == .child)
        #expect(child.policy.signals.rewrites == [15: 3, 1: 0])
        #expect(child.policy.signals.stop == 2)
        #expect(child.policy.exitCodes == [143: 0, 1: 2])
        #expect(child.policy.graceNanoseconds == 1_500_000_000)
        #expect(!child.policy.sweeps)
        #expect(child.hasSession)
        #expect(child.outlivesKapo)
        #expect(child.parentDeathSignal == 9)
    }

    @Test("the defaults are those of the manual")
    func defaults() throws {
        let child = try Self.child("")
        #expect(child.policy.signals == SignalPolicy())
        #expect(child.policy.signals.target == .group && child.policy.signals.stop == 15)
        #expect(child.policy.exitCodes == [:])
        #expect(child.policy.sweeps)
        #expect(!child.hasSession && !child.outlivesKapo)
        #expect(child.parentDeathSignal == nil)
    }

    @Test("every option is read, those that may be repeated too, and every variable in place of it")
    func all() throws {
        Self.expectAll(
            try Self.child(
                "--signal-to child --rewrite-signal TERM=QUIT --rewrite-signal=HUP=0 --stop-signal INT --map-exit "
                    + "143=0 --map-exit=1=2 --kill-after 1.5 --no-sweep --setsid --orphan-ok --parent-death-signal KILL"
            ))
        Self.expectAll(
            try Self.child(
                "",
                [
                    "KAPO_SIGNAL_TO": "child", "KAPO_REWRITE_SIGNAL": "TERM=QUIT HUP=0", "KAPO_STOP_SIGNAL": "2",
                    "KAPO_MAP_EXIT": "143=0 1=2", "KAPO_KILL_AFTER": "1.5", "KAPO_SWEEP": "0", "KAPO_SETSID": "true",
                    "KAPO_ORPHAN_OK": "1", "KAPO_PARENT_DEATH_SIGNAL": "SIGKILL",
                ]))
    }

    @Test("an option overrules its variable; a repeated one all of it")
    func overrules() throws {
        let child = try Self.child(
            "--rewrite-signal USR1=USR2 --map-exit 7=8 --sweep --no-setsid --no-orphan-ok --signal-to group",
            [
                "KAPO_SIGNAL_TO": "child", "KAPO_REWRITE_SIGNAL": "TERM=QUIT HUP=0", "KAPO_MAP_EXIT": "143=0",
                "KAPO_SWEEP": "0", "KAPO_SETSID": "true", "KAPO_ORPHAN_OK": "1",
            ])
        #expect(child.policy.signals.rewrites == [10: 12])
        #expect(child.policy.signals.target == .group)
        #expect(child.policy.exitCodes == [7: 8])
        #expect(child.policy.sweeps && !child.hasSession && !child.outlivesKapo)
    }

    @Test(
        "nonsense names the option and what is allowed, and exits 64", arguments: ["run", "supervise"],
        [
            ("--signal-to", "all", "group or child"), ("--rewrite-signal", "TERM", "such as TERM=QUIT"),
            ("--rewrite-signal", "KILL=TERM", "never comes to Kapo"), ("--stop-signal", "STOPP", "a name such as TERM"),
            ("--map-exit", "256=0", "0 to 255"), ("--kill-after", "x", "seconds"),
            ("--parent-death-signal", "0", "number from 1 to 64"),
        ])
    func bad(_ mode: String, _ written: (option: String, value: String, allowed: String)) throws {
        let refusal = try #require(refusalOf([mode, written.option, written.value, "ls"]))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(written.option), "\(refusal.message)")
        #expect(refusal.message.contains(written.allowed), "\(refusal.message)")
    }

    @Test(
        "a bad variable is an error that names it",
        arguments: [
            ("KAPO_SIGNAL_TO", "all"), ("KAPO_REWRITE_SIGNAL", "TERM=QUIT HUP"), ("KAPO_STOP_SIGNAL", "0"),
            ("KAPO_MAP_EXIT", "1=256"), ("KAPO_KILL_AFTER", "soon"), ("KAPO_SWEEP", "yes"), ("KAPO_SETSID", "no"),
            ("KAPO_ORPHAN_OK", "2"), ("KAPO_PARENT_DEATH_SIGNAL", "NONE"),
        ])
    func badVariable(_ name: String, _ value: String) {
        let error = #expect(throws: (any Error).self) { try Self.child("", [name: value]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("The variable \(name): "))
    }
}

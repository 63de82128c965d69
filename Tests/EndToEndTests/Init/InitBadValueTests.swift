import Testing

/// Options of signals and ends that say what cannot be.
@Suite struct InitBadValueTests {
    private static let signal = "a name such as TERM, SIGTERM or RTMIN+3, or a number from 1 to 64"

    static let values: [(option: String, variable: String, values: [String], says: String)] = [
        ("--signal-to", "KAPO_SIGNAL_TO", ["all", "Group", "groups"], "group or child"),
        ("--stop-signal", "KAPO_STOP_SIGNAL", signals, signal),
        ("--parent-death-signal", "KAPO_PARENT_DEATH_SIGNAL", signals, signal),
        (
            "--rewrite-signal", "KAPO_REWRITE_SIGNAL", ["TERM", "TERM=QUIT=HUP", "15"],
            "such as TERM=QUIT, or HUP=0"
        ),
        ("--rewrite-signal", "KAPO_REWRITE_SIGNAL", ["=", "TERM=", "=TERM", "TREM=QUIT", "0=TERM", "TERM=65"], signal),
        ("--rewrite-signal", "KAPO_REWRITE_SIGNAL", ["KILL=TERM", "STOP=0", "17=1"], "never comes to Kapo"),
        (
            "--map-exit", "KAPO_MAP_EXIT", ["1", "1=2=3", "256=0", "0=256", "-1=0", "TERM=0", "=", "1=", "a=b"],
            "two of them, 0 to 255, such as 143=0"
        ),
        ("--kill-after", "KAPO_KILL_AFTER", ["-1", "soon", "1s"], "seconds"),
    ]

    private static let signals = [
        "0", "32", "33", "65", "-9", "TREM", "SIG", "SIGSIGTERM", "RTMIN+31", "RTMAX+1", "9.5",
    ]

    @Test(
        "an option with a bad value exits with 64, says which and what is allowed, and starts nothing",
        arguments: values)
    func option(option: String, variable: String, values: [String], says: String) throws {
        for value in values {
            try Sandbox.run { box in
                for mode in ["run", "supervise"] {
                    let outcome = try box.finish(
                        [Programs.kapo, mode, "\(option)=\(value)", "touch", box.path("started")])
                    check(outcome, [option, value, says])
                    #expect(!Files.exists(box.path("started")))
                }
            }
        }
    }

    @Test("a variable with a bad value does the same, and is named", arguments: values)
    func variable(option: String, variable: String, values: [String], says: String) throws {
        for value in values {
            try Sandbox.run { box in
                let outcome = try box.finish(
                    [Programs.kapo, "run", "touch", box.path("started")], environment: [variable: value])
                check(outcome, [variable, value, says])
                #expect(!Files.exists(box.path("started")))
            }
        }
    }

    @Test("so does a switch", arguments: ["KAPO_SWEEP", "KAPO_SETSID", "KAPO_ORPHAN_OK"])
    func switches(variable: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                [Programs.kapo, "run", "touch", box.path("started")], environment: [variable: "yes"])
            check(outcome, [variable, "yes", "a switch: 1, t, T, TRUE"])
        }
    }

    private func check(_ outcome: Outcome, _ says: [String]) {
        #expect(outcome.ending == .code(64), "\(says)")
        #expect(outcome.output == "", "messages go to standard error")
        for text in says { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    }
}

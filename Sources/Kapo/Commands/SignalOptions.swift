import ArgumentParser
import Config
import Machine
import Program

/// Signals, orphans and exit codes: what an init is asked for.
struct SignalOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Who gets the signals that come to Kapo: group or child. [KAPO_SIGNAL_TO] (default: group)",
            valueName: "whom"),
        completion: .list(SignalPolicy.Target.allCases.map(\.rawValue)),
        transform: SignalTarget.init(text:))
    var signalTo: SignalTarget?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Pass on another signal in place of one that came, as in TERM=QUIT; HUP=0 drops it. [KAPO_REWRITE_SIGNAL]",
            valueName: "from=to"),
        transform: SignalRewrite.init(text:))
    var rewriteSignal: [SignalRewrite] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What Kapo itself sends first to stop the command. [KAPO_STOP_SIGNAL] (default: TERM)",
            valueName: "signal"),
        transform: SignalName.init(text:))
    var stopSignal: SignalName?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Exit with another code in place of the command's, as in 143=0. [KAPO_MAP_EXIT]", valueName: "code=code"),
        transform: ExitMapping.init(text:))
    var mapExit: [ExitMapping] = []

    @Flag(
        inversion: .prefixedNo,
        help: "End what the command leaves behind: TERM, and KILL after --kill-after. [KAPO_SWEEP] (default: --sweep)")
    var sweep: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Give the command a session of its own, and the terminal with it. [KAPO_SETSID]")
    var setsid: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The signal that Kapo gets when its parent ends. [KAPO_PARENT_DEATH_SIGNAL]", valueName: "signal"),
        transform: SignalName.init(text:))
    var parentDeathSignal: SignalName?

    @Flag(
        inversion: .prefixedNo,
        help: "Leave the command running when Kapo is killed. [KAPO_ORPHAN_OK]")
    var orphanOk: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time between the signal that stops the command and the KILL. [KAPO_KILL_AFTER] (default: 10)",
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var killAfter: Seconds?

    /// Puts what was said into the options of a command.
    func apply(to options: inout ChildOptions, _ values: Values) throws {
        var signals = SignalPolicy()
        if let target = try values.value(signalTo, "KAPO_SIGNAL_TO") { signals.target = target.target }
        for rewrite in try values.list(rewriteSignal, "KAPO_REWRITE_SIGNAL") {
            signals.rewrites[rewrite.from] = rewrite.to
        }
        if let stop = try values.value(stopSignal, "KAPO_STOP_SIGNAL") { signals.stop = stop.number }
        options.policy.signals = signals
        for mapping in try values.list(mapExit, "KAPO_MAP_EXIT") {
            options.policy.exitCodes[mapping.from] = mapping.to
        }
        if let grace = try values.value(killAfter, "KAPO_KILL_AFTER") {
            options.policy.graceNanoseconds = grace.nanoseconds
        }
        options.policy.sweeps = try values.isOn(sweep, "KAPO_SWEEP", or: true)
        options.hasSession = try values.isOn(setsid, "KAPO_SETSID", or: false)
        options.outlivesKapo = try values.isOn(orphanOk, "KAPO_ORPHAN_OK", or: false)
        options.parentDeathSignal = try values.value(parentDeathSignal, "KAPO_PARENT_DEATH_SIGNAL")?.number
    }
}

/// `--signal-to`.
struct SignalTarget: Setting {
    let target: SignalPolicy.Target

    init(text: String) throws(SettingError) {
        guard let target = SignalPolicy.Target(rawValue: text) else {
            throw SettingError("'\(text)' is not a target of signals: group or child")
        }
        self.target = target
    }
}

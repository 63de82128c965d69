import ArgumentParser
import Config
import Machine
import Program

/// When `supervise` starts the command again.
struct RestartOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Which ends are followed by a start: always, on-failure, on-abnormal or never. [KAPO_RESTART] \
            (default: always)
            """,
            valueName: "when"),
        completion: .list(RestartPolicy.When.allCases.map(\.rawValue)),
        transform: RestartWhen.init(text:))
    var restart: RestartWhen?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Exit codes and signals that are no failure, as in 0,3,TERM. [KAPO_SUCCESS_EXIT] (default: 0)",
            valueName: "codes"),
        transform: ExitSet.init(text:))
    var successExit: ExitSet?

    @Option(
        name: [.customShort("w", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Time between an end and the next start; fractions are allowed. [KAPO_WAIT] (default: 5)",
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var wait: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Multiply --wait by that after each further failure, less up to a tenth. [KAPO_BACKOFF] (default: 1)",
            valueName: "factor"),
        transform: Factor.init(text:))
    var backoff: Factor?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The longest time that --backoff makes of --wait. [KAPO_MAX_WAIT] (default: 300)", valueName: "seconds"),
        transform: Seconds.init(text:))
    var maxWait: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A run of that length makes earlier failures and starts forgotten. [KAPO_STABLE_AFTER] (default: 10)",
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var stableAfter: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Give up rather than start more often than that, as in 5/60. [KAPO_START_LIMIT]",
            valueName: "burst/seconds"),
        transform: StartRate.init(text:))
    var startLimit: StartRate?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            What Kapo does when it gives up: exit with the last code, 1 if that is 0, or hold and report it. \
            [KAPO_ON_FAILED] (default: exit)
            """,
            valueName: "what"),
        completion: .list(RestartPolicy.OnFailed.allCases.map(\.rawValue)),
        transform: OnFailed.init(text:))
    var onFailed: OnFailed?

    /// The policy that was asked for; `usual` is the wait if none was.
    func policy(_ values: Values, wait usual: Seconds) throws -> RestartPolicy {
        var policy = RestartPolicy(waitNanoseconds: (try values.value(wait, "KAPO_WAIT") ?? usual).nanoseconds)
        if let when = try values.value(restart, "KAPO_RESTART") { policy.when = when.when }
        if let success = try values.value(successExit, "KAPO_SUCCESS_EXIT") {
            policy.success.codes = success.codes
            policy.success.signals = success.signals
        }
        if let factor = try values.value(backoff, "KAPO_BACKOFF") { policy.backoff = factor.value }
        if let longest = try values.value(maxWait, "KAPO_MAX_WAIT") {
            policy.longestWaitNanoseconds = longest.nanoseconds
        }
        if let stable = try values.value(stableAfter, "KAPO_STABLE_AFTER") {
            policy.stableNanoseconds = stable.nanoseconds
        }
        policy.startLimit = try values.value(startLimit, "KAPO_START_LIMIT").map {
            RestartPolicy.StartLimit(burst: $0.burst, windowNanoseconds: $0.nanoseconds)
        }
        if let action = try values.value(onFailed, "KAPO_ON_FAILED") { policy.onFailed = action.action }
        return policy
    }
}

/// `--restart`.
struct RestartWhen: Setting {
    let when: RestartPolicy.When

    init(text: String) throws(SettingError) {
        guard let when = RestartPolicy.When(rawValue: text) else {
            let allowed = RestartPolicy.When.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError("'\(text)' is not a time to restart: \(allowed)")
        }
        self.when = when
    }
}

/// `--on-failed`.
struct OnFailed: Setting {
    let action: RestartPolicy.OnFailed

    init(text: String) throws(SettingError) {
        guard let action = RestartPolicy.OnFailed(rawValue: text) else {
            throw SettingError("'\(text)' is not what Kapo can do when it gives up: exit or hold")
        }
        self.action = action
    }
}

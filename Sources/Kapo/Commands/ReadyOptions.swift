import ArgumentParser
import Config
import Program

/// When the command is ready, how its end is announced, and what runs around it.
struct ReadyOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            When the command is ready: started, notify (sd_notify), fd:N (a line on that descriptor), tcp:PORT or \
            exec:COMMAND. [KAPO_READY] (default: started)
            """,
            valueName: "how"),
        completion: .list(["started", "notify", "fd:", "tcp:", "exec:"]),
        transform: ReadyCheck.init(text:))
    var ready: ReadyCheck?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop a command that is not ready by then, as one that failed. [KAPO_READY_TIMEOUT] (default: 60)",
            valueName: "seconds"),
        transform: Interval.init(text:))
    var readyTimeout: Interval?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop a command that does not say WATCHDOG=1 (sd_notify) at least that often. [KAPO_WATCHDOG]",
            valueName: "seconds"),
        transform: Interval.init(text:))
    var watchdog: Interval?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            After a TERM, report that long that the command takes no more work before it gets its TERM. [KAPO_DRAIN] \
            (default: 0)
            """,
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var drain: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Run that in a shell before each start; if it fails, so has the start. [KAPO_PRE_START]",
            valueName: "command"),
        completion: .executable,
        transform: ShellCommand.init(text:))
    var preStart: ShellCommand?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Run that in a shell after each end. [KAPO_POST_EXIT]", valueName: "command"),
        completion: .executable,
        transform: ShellCommand.init(text:))
    var postExit: ShellCommand?

    /// Puts what was said into the options of a command.
    func apply(to options: inout ChildOptions, _ values: Values) throws {
        options.readiness = try values.value(ready, "KAPO_READY") ?? .started
        let timeout = try values.value(readyTimeout, "KAPO_READY_TIMEOUT") ?? Interval(60)
        if options.readiness != .started { options.policy.readyNanoseconds = timeout.nanoseconds }
        options.policy.watchdogNanoseconds = try values.value(watchdog, "KAPO_WATCHDOG")?.nanoseconds
        options.policy.drainNanoseconds = try values.value(drain, "KAPO_DRAIN")?.nanoseconds ?? 0
        options.preStart = try values.value(preStart, "KAPO_PRE_START")?.text
        options.postExit = try values.value(postExit, "KAPO_POST_EXIT")?.text
        options.policy.hasPreStart = options.preStart != nil
        options.policy.hasPostExit = options.postExit != nil
    }
}

/// `--pre-start` and `--post-exit`.
struct ShellCommand: Setting {
    let text: String

    init(text: String) throws(SettingError) {
        guard text.contains(where: { $0 != " " }) else { throw SettingError("'\(text)' is no command for a shell") }
        self.text = text
    }
}

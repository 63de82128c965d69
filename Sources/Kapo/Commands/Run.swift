import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo run`.
struct Run: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a command once, report on it, and exit as it does.",
        usage: "kapo [<global options>] run [<options>] [--] <command> [<arguments> ...]",
        version: Kapo.version,
        aliases: ["r"])

    @Option(
        name: [.customShort("t", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            """
            Stop the command after that many whole seconds; 10-30 draws a number from that range at start, 0 is never. \
            [KAPO_TTL] (default: 0)
            """, valueName: "seconds"),
        transform: TimeToLive.init(text:))
    var ttl: TimeToLive?

    @Option(
        name: [.customShort("w", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Keep reporting that long after the command has ended. [KAPO_WAIT] (default: 0)", valueName: "seconds"),
        transform: Seconds.init(text:))
    var wait: Seconds?

    @OptionGroup(title: "Readiness and hooks") var readiness: ReadyOptions
    @OptionGroup(title: "Checks") var checking: CheckingOptions
    @OptionGroup(title: "Signals and ends") var signals: SignalOptions
    @OptionGroup(title: "Surroundings of the command") var surroundings: SurroundingsOptions
    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []

    func validate() throws {
        try checkCommand(command, missing: "Which command? Nothing stands behind 'run'.")
    }

    func options(commandWords: [Word]) throws -> Options {
        let wait = try values.value(wait, "KAPO_WAIT") ?? Seconds(0)
        var child = ChildOptions(
            words: commandWords,
            policy: ChildPolicy(
                afterExit: .finish(afterNanoseconds: wait.nanoseconds), graceNanoseconds: Seconds(10).nanoseconds))
        child.policy.ttlSeconds = (try values.value(ttl, "KAPO_TTL") ?? .none).range
        try readiness.apply(to: &child, values)
        child.checks = try checking.options(values, else: .unready)
        try signals.apply(to: &child, values)
        child.surroundings = try surroundings.surroundings(values)
        return try options(.child(child), near: (port.port, globals), far: parent)
    }
}

extension CompletionKind {
    /// A command along PATH, or a file.
    static var executable: CompletionKind { .shellCommand("bash -c 'compgen -c'") }
}

import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo run`.
struct Run: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a command once, report on it, and exit as it does.",
        usage: "kapo [<global options>] run [-t <seconds>] [-w <seconds>] [--] <command> [<arguments> ...]",
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
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time between the TERM and the KILL of a command whose --ttl is over. [KAPO_KILL_AFTER] (default: 10)",
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var killAfter: Seconds?

    @Option(
        name: [.customShort("w", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Keep reporting that long after the command has ended. [KAPO_WAIT] (default: 0)", valueName: "seconds"),
        transform: Seconds.init(text:))
    var wait: Seconds?

    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []

    func validate() throws {
        try checkCommand(command, missing: "Which command? Nothing stands behind 'run'.")
    }

    func options(commandWords: [Word]) throws -> Options {
        let wait = try value(wait, "KAPO_WAIT") ?? Seconds(0)
        let grace = try value(killAfter, "KAPO_KILL_AFTER") ?? Seconds(10)
        let ttl = Int64.random(in: try (value(ttl, "KAPO_TTL") ?? .none).range)
        let policy = ChildPolicy(
            afterExit: .finish(afterNanoseconds: wait.nanoseconds),
            ttlNanoseconds: ttl == 0 ? nil : Seconds(ttl).nanoseconds,
            graceNanoseconds: grace.nanoseconds)
        return try options(.child(words: commandWords, policy), near: (port.port, globals), far: parent)
    }
}

extension CompletionKind {
    /// A command along PATH, or a file.
    static var executable: CompletionKind { .shellCommand("bash -c 'compgen -c'") }
}

import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo supervise`.
struct Supervise: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a command running: start it again whenever it ends.",
        usage: "kapo [<global options>] supervise [<options>] [--] <command> [<arguments> ...]",
        version: Kapo.version,
        aliases: ["s"])

    @OptionGroup(title: "Restarts") var restarts: RestartOptions

    @Option(
        name: [.customShort("t", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            """
            Stop each run after that many whole seconds, for a fresh one; each draws from a range such as 10-30. \
            [KAPO_TTL] (default: 0, never)
            """, valueName: "seconds"),
        transform: TimeToLive.init(text:))
    var ttl: TimeToLive?

    @OptionGroup(title: "Readiness and hooks") var readiness: ReadyOptions
    @OptionGroup(title: "Signals and ends") var signals: SignalOptions
    @OptionGroup(title: "Surroundings of the command") var surroundings: SurroundingsOptions
    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []

    func validate() throws {
        try checkCommand(command, missing: "Which command? Nothing stands behind 'supervise'.")
    }

    func options(commandWords: [Word]) throws -> Options {
        var child = ChildOptions(
            words: commandWords,
            policy: ChildPolicy(
                afterExit: .restart(try restarts.policy(values)), graceNanoseconds: Seconds(10).nanoseconds))
        child.policy.ttlSeconds = (try values.value(ttl, "KAPO_TTL") ?? .none).range
        try readiness.apply(to: &child, values)
        try signals.apply(to: &child, values)
        child.surroundings = try surroundings.surroundings(values)
        return try options(.child(child), near: (port.port, globals), far: parent)
    }
}

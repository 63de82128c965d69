import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo supervise`.
struct Supervise: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a command running: start it again whenever it ends.",
        usage: """
            kapo [<global options>] supervise [<options>] [--] <command> [<arguments> ...]
            kapo [<global options>] supervise [<options>] --config <run.yml>
            kapo [<global options>] supervise [<global options>] --config-dir <dir>
            """,
        version: Kapo.version,
        aliases: ["s"])

    @OptionGroup(title: "Files of services") var files: ConfigOptions
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
    @OptionGroup(title: "Checks") var checking: CheckingOptions
    @OptionGroup(title: "Signals and ends") var signals: SignalOptions
    @OptionGroup(title: "Surroundings of the command") var surroundings: SurroundingsOptions
    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []

    func validate() throws {
        try files.check(hasCommand: !command.isEmpty)
        if files.isGiven { return }
        try checkCommand(command, missing: "Which command? Nothing stands behind 'supervise'.")
    }

    func options(commandWords: [Word]) throws -> Options {
        if let config = files.config { return try options(config) }
        if let directory = files.configDir { return try options(ofServicesIn: directory) }
        let child = try child(commandWords, values, wait: Seconds(5))
        return try options(.child(child), near: (port.port, globals), far: parent)
    }

    private func options(_ config: Path) throws -> Options {
        let reader = try ServiceReader(isOfMany: false)
        if files.checkConfig { try ConfigCheck.end([config.text], reader) }
        let (run, service) = try values.readable {
            let run = try reader.file(config.text)
            return (run, try reader.service(run, config.text, given: self))
        }
        var options = try options(
            .child(service.child), near: (port.port, globals), far: parent,
            ServiceReader.environment(run, config.text))
        options.requirements = service.requirements
        return options
    }

    private func options(ofServicesIn directory: Path) throws -> Options {
        let services = try ServiceFiles(directory.text)
        if files.checkConfig { try ConfigCheck.end(services.paths, ServiceReader(isOfMany: true)) }
        return try options(.services(ServicesOptions(source: services.source)), near: (port.port, globals), far: parent)
    }

    /// What is to be done with that command; `wait` is the time between an end and the next start, if nothing else was
    /// said.
    func child(_ words: [Word], _ values: Values, wait: Seconds) throws -> ChildOptions {
        let restart = try restarts.policy(values, wait: wait)
        var child = ChildOptions(
            words: words,
            policy: ChildPolicy(afterExit: .restart(restart), graceNanoseconds: Seconds(10).nanoseconds))
        child.policy.ttlSeconds = (try values.value(ttl, "KAPO_TTL") ?? .none).range
        try readiness.apply(to: &child, values)
        child.checks = try checking.options(values, else: .restart)
        try signals.apply(to: &child, values)
        child.surroundings = try surroundings.surroundings(values)
        return child
    }
}

import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo supervise`.
struct Supervise: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a command running: start it again whenever it ends.",
        usage: "kapo [<global options>] supervise [-w <seconds>] [--] <command> [<arguments> ...]",
        version: Kapo.version,
        aliases: ["s"])

    @Option(
        name: [.customShort("w", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Time between an end and the next start; fractions are allowed. [KAPO_WAIT] (default: 5)",
            valueName: "seconds"),
        transform: Seconds.init(text:))
    var wait: Seconds?

    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []

    func validate() throws {
        try checkCommand(command, missing: "Which command? Nothing stands behind 'supervise'.")
    }

    func options(commandWords: [Word]) throws -> Options {
        let wait = try value(wait, "KAPO_WAIT") ?? Seconds(5)
        let policy = ChildPolicy(
            afterExit: .restart(afterNanoseconds: wait.nanoseconds), ttlNanoseconds: nil, graceNanoseconds: 0)
        return try options(.child(words: commandWords, policy), near: (port.port, globals), far: parent)
    }
}

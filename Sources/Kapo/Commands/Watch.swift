import ArgumentParser
import Config
import Host
import Program

/// `kapo watch`.
struct Watch: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report on processes that Kapo did not start.",
        usage: "kapo [<global options>] watch [-w <seconds>] [--pid <pid>] [--] <name>",
        version: Kapo.version,
        aliases: ["w"])

    @Option(
        name: [.customShort("w", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Time between two looks at the process list. [KAPO_WAIT] (default: 5)", valueName: "seconds"),
        transform: Interval.init(text:))
    var wait: Interval?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Watch the process with this id only. [KAPO_WATCHPID]", valueName: "pid"),
        transform: ProcessID.init(text:))
    var pid: ProcessID?

    @OptionGroup(title: "Global options") var port: LongPortOption
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(
        parsing: .captureForPassthrough,
        help: "The name: of the executable, as in argv[0], of the script, or as the kernel knows it.",
        completion: .shellCommand("ps -e -o comm= | sort -u"))
    var name: [String] = []

    func validate() throws {
        try checkCommand(name, missing: "Which process? No name stands behind 'watch'.")
        guard name.count == 2 else {
            throw ValidationError("One name, please: '\(name[2])' is too much. Options go before the name.")
        }
        guard name[1].contains(where: { $0 != "/" }) else {
            throw ValidationError("'\(name[1])' is not a name.")
        }
    }

    func options(commandWords: [Word]) throws -> Options {
        let wait = try values.value(wait, "KAPO_WAIT") ?? Interval(5)
        let pid = try values.value(pid, "KAPO_WATCHPID")
        return try options(
            .watch(name: commandWords[0], pid: pid?.number, intervalNanoseconds: wait.nanoseconds),
            near: (port.port, globals), far: parent)
    }
}

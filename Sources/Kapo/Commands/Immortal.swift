import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo immortal`: immortal's own options, which have one dash however long they are.
struct Immortal: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Supervise a command as immortal does: with a control socket, and as a daemon.",
        usage: "kapo immortal [<options>] [-c <run.yml> | <command> [<arguments> ...]]",
        discussion: """
            Its control socket, for `kapo ctl`, is ~/.immortal/NAME/immortal.sock, or below IMMORTAL_SDIR (default: \
            /var/run/immortal) with -ctl NAME. The daemon logs to syslog. Exit codes: 0 once the daemon has started, 1 \
            if it could not.
            """,
        version: Kapo.version)

    @Flag(name: .customShort("v"), help: "Print the version.")
    var printsVersion = false

    @Flag(name: .customShort("n"), help: "Stay in the foreground, and log to standard error.")
    var foreground = false

    @Flag(
        name: .customLong("cc", withSingleDash: true), help: "Check the file of -c, print what it comes to, and exit.")
    var checksConfig = false

    @Option(
        name: .customShort("c"), parsing: .unconditional,
        help: ArgumentHelp("The file that says what to supervise, and how.", valueName: "run.yml"),
        completion: .file(extensions: ["yml"]), transform: Path.init(text:))
    var config: Path?

    @Option(
        name: .customLong("ctl", withSingleDash: true), parsing: .unconditional,
        help: ArgumentHelp(
            "Directory of the control socket: a name below IMMORTAL_SDIR, or a path from the root.", valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var control: Path?

    @Option(
        name: .customShort("d"), parsing: .unconditional,
        help: ArgumentHelp("Directory that the command starts in.", valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var directory: Path?

    @Option(
        name: .customShort("e"), parsing: .unconditional,
        help: ArgumentHelp(
            "Directory of variables: each file's name is one, and its first line the value.", valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var variables: Path?

    @Option(
        name: .customShort("f"), parsing: .unconditional,
        help: ArgumentHelp(
            "File in which the command leaves the pid of the process to supervise when it ends.", valueName: "pidfile"),
        completion: .file(), transform: Path.init(text:))
    var follow: Path?

    @Option(
        name: .customShort("l"), parsing: .unconditional,
        help: ArgumentHelp("Write what the command writes to that file, rotated at 1 MB.", valueName: "logfile"),
        completion: .file(), transform: Path.init(text:))
    var logFile: Path?

    @Option(
        name: .customLong("logger", withSingleDash: true), parsing: .unconditional,
        help: ArgumentHelp("Give what the command writes to that command.", valueName: "command"),
        completion: .executable, transform: ShellCommand.init(text:))
    var logger: ShellCommand?

    @Option(
        name: .customLong("name", withSingleDash: true), parsing: .unconditional,
        help: ArgumentHelp("Name of the service. (default: that of the file, or else Kapo's pid)", valueName: "name"),
        transform: ServiceName.init(text:))
    var name: ServiceName?

    @Option(
        name: .customShort("P"), parsing: .unconditional,
        help: ArgumentHelp("File to write Kapo's own pid to.", valueName: "pidfile"),
        completion: .file(), transform: Path.init(text:))
    var parentPidFile: Path?

    @Option(
        name: .customShort("p"), parsing: .unconditional,
        help: ArgumentHelp("File to write the command's pid to.", valueName: "pidfile"),
        completion: .file(), transform: Path.init(text:))
    var childPidFile: Path?

    @Option(
        name: .customShort("r"), parsing: .unconditional,
        help: ArgumentHelp("Restarts before Kapo ends; -1 for ever. (default: -1)", valueName: "number"),
        transform: Retries.init(text:))
    var retries: Retries?

    @Option(
        name: .customShort("u"), parsing: .unconditional,
        help: ArgumentHelp("User that the command runs as.", valueName: "user"),
        completion: .shellCommand("cut -d : -f 1 /etc/passwd"), transform: UserName.init(text:))
    var user: UserName?

    @Option(
        name: .customShort("w"), parsing: .unconditional,
        help: ArgumentHelp("Time before each start; fractions are allowed. (default: 0)", valueName: "seconds"),
        transform: Seconds.init(text:))
    var wait: Seconds?

    @ParentCommand var parent: Kapo

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.", completion: .executable)
    var command: [String] = []
}

/// `-name`: that of a directory.
struct ServiceName: Setting {
    let text: String

    init(text: String) throws(SettingError) {
        guard !text.isEmpty, !text.hasPrefix("."), !text.utf8.contains(UInt8(ascii: "/")), !text.utf8.contains(0) else {
            throw SettingError(
                "'\(text)' is not a name for a service: it is not empty, begins with no dot and has no /")
        }
        self.text = text
    }
}

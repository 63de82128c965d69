import ArgumentParser
import Config
import Host
import Program

/// `kapo`: what stands before the mode.
struct Kapo: ParsableCommand {
    static let version = Version.text

    static let configuration = CommandConfiguration(
        commandName: "kapo",
        abstract: "Wrap any command in a status socket: whoever asks gets the state of the process as JSON.",
        discussion: """
            An option may stand before the mode or behind it, before the command. Each one has a variable, named in \
            brackets, that is used when the option is not given. Everything from the command's own first word on \
            belongs to the command.

            KAPO_REPLAY=0 has each request read anew, even one that came before byte for byte (default: 1).

            Exit codes: that of the command, or 128 + N if signal N ended it; 125 if Kapo itself failed, 126 if the \
            command cannot be executed, 127 if it is not found, 64 for bad usage.
            """,
        version: version,
        subcommands: [
            Run.self, Supervise.self, Watch.self, Check.self, Immortal.self, Ctl.self, Dir.self, ProxyCommand.self,
            SpoolCommand.self, HttpokCommand.self,
        ])

    @OptionGroup var port: PortOption<BeforeMode>
    @OptionGroup var options: GlobalOptions<BeforeMode>

    func run() throws {
        throw ValidationError(
            "What is Kapo to do? Name a mode: run, supervise, watch, proxy or httpok; or check, ctl or spool.")
    }
}

/// A mode: a subcommand that becomes the options of a program.
protocol ModeCommand: ParsableCommand {
    func options(commandWords: [Word]) throws -> Options
}

extension ModeCommand {
    /// What was said by options, or else by variables.
    var values: Values { Values(environment: .process) }

    /// What was written, laid over what is said in the environment.
    func options(
        _ job: Options.Job, near: (Port?, GlobalOptions<BehindMode>), far: Kapo, _ environment: Environment = .process
    ) throws -> Options {
        var options = Options(job: job)
        let globals = GlobalValues(near: near, far: (far.port.port, far.options), environment: environment)
        try values.readable { try globals.apply(to: &options) }
        return options
    }

    /// Checks what stands where the command is expected. `words` is what ArgumentParser captured: a `--` of ours, and
    /// the command; anything else begins with an option that nobody knows.
    func checkCommand(_ words: [String], missing: String) throws {
        switch words.first {
        case "--"? where words.count > 1: return
        case nil, "--"?: throw ValidationError(missing)
        case "-h"?, "--help"?: throw CleanExit.helpRequest(self)
        case "--version"?: throw CleanExit.message(Kapo.version)
        case let word?:
            throw ValidationError("Unknown option '\(word)'. The command's own options go behind the command.")
        }
    }
}

extension Environment {
    /// The variables of this process.
    static let process = Environment(Invocation.variable)
}

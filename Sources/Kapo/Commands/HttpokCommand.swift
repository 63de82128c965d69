import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo httpok`: superlance's httpok. `HttpokWords` makes its letters the long options of here.
struct HttpokCommand: ModeCommand {
    static let configuration = CommandConfiguration(
        commandName: "httpok",
        abstract: "Restart processes of supervisord when a URL does not answer as it should: superlance's httpok.",
        usage: """
            httpok [-p <program>] ... [-a] [-g <command>] [-d <dir>] [-t <seconds>] [-c <codes>] ... [-b <text>]
                   [-s <command>] [-m <address>] ... [-e|-E] [-n <name>] [--fatal] [--fall <number>]
                   [--grace <seconds>] [--restart-limit <number>/<seconds>] <url>
            """,
        discussion: """
            An event listener of supervisord, for its TICK events: each one has the URL asked. Besides http:// and \
            https:// it may be unix:/SOCKET:/PATH, tcp:HOST:PORT, smtp:HOST[:PORT], smtps:HOST[:PORT], \
            mysql:USER@HOST[:PORT] or exec:COMMAND. Refused connections are tried again within the timeout.

            [eventlistener:httpok]
            command=kapo httpok -p web http://localhost:8080/health
            events=TICK_60
            """,
        version: Kapo.version)

    @Option(
        name: [.customShort("p"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A process to restart if it is RUNNING: NAME or GROUP:NAME; may be repeated.", valueName: "program"))
    var program: [String] = []

    @Flag(
        name: [.customShort("a"), .long], help: "Restart all that are RUNNING, but this listener; overrules --program.")
    var any = false

    @Option(
        name: [.customShort("g"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "What writes a core file, given a file's name and a pid. (default: /usr/bin/gcore -o)",
            valueName: "command"))
    var gcore: String?

    @Option(
        name: [.customShort("d"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Directory for a core file of each process that is restarted. (default: none is written)",
            valueName: "dir"),
        completion: .directory)
    var coredir: String?

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: ArgumentHelp("Time for the answer; fractions are allowed. (default: 10)", valueName: "seconds"),
        transform: CheckTimeout.init(text:))
    var timeout: CheckTimeout?

    @Option(
        name: [.customShort("c"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Status codes that are good, such as 200,204,300-399; may be repeated. (default: 200)", valueName: "codes"),
        transform: StatusCodes.init(text:))
    var code: [StatusCodes] = []

    @Option(
        name: [.customShort("b"), .long], parsing: .unconditional,
        help: ArgumentHelp("What the body must contain.", valueName: "text"),
        transform: SoughtText.init(text:))
    var body: SoughtText?

    @Option(
        name: [.customShort("s"), .customLong("sendmail_program")], parsing: .unconditional,
        help: ArgumentHelp(
            "What sends the mail that it reads. (default: /usr/sbin/sendmail -t -i)", valueName: "command"))
    var sendmail: String?

    @Option(
        name: [.customShort("m"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Who gets a mail about each restart; may be repeated.", valueName: "address"),
        transform: HeaderText.init(text:))
    var email: [HeaderText] = []

    @Flag(name: [.customShort("e"), .long], help: "Ask even if no such process is RUNNING. This is the default.")
    var eager = false

    @Flag(name: [.customShort("E"), .long], help: "Ask only if such a process is RUNNING; overrules --eager.")
    var notEager = false

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: ArgumentHelp("What the listener calls itself in subjects of mails.", valueName: "name"),
        transform: HeaderText.init(text:))
    var name: HeaderText?

    @Flag(help: "Start processes that are FATAL or EXITED, too.")
    var fatal = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Failures in a row that a restart takes. (default: 1)", valueName: "number"),
        transform: CheckCount.init(text:))
    var fall: CheckCount?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "For so long after a process has started no failure counts, unless the answer has been good since. "
                + "(default: 0)", valueName: "seconds"),
        transform: Seconds.init(text:))
    var grace: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "No more than so many restarts in so many seconds. (default: no limit)", valueName: "number/seconds"),
        transform: StartRate.init(text:))
    var restartLimit: StartRate?

    @Argument(help: "What is asked.")
    var url: String

    @ParentCommand var parent: Kapo

    /// Says what is wrong while the usage of this subcommand is at hand.
    func validate() throws {
        switch try check() {
        case .http, .unix: break
        case .server, .exec:
            if !code.isEmpty || body != nil {
                throw ValidationError("--code and --body go with a URL that is asked by HTTP: \(url) is not.")
            }
        }
    }

    private func check() throws -> CheckURL {
        do { return try CheckURL(text: url) } catch { throw ValidationError("\(error)") }
    }

    func options(commandWords: [Word]) throws -> Options {
        try refuseOthers()
        var httpok = HttpokOptions(try supervisord(), try check(), url: url)
        httpok.timeout = timeout ?? CheckTimeout(10)
        httpok.codes = code.isEmpty ? [.ok] : code
        httpok.sought = body.flatMap { $0.text.isEmpty ? nil : $0 }
        httpok.password = Invocation.variable("MYSQL_PWD") ?? ""
        (httpok.programs, httpok.any, httpok.startsFatal, httpok.isEager) = (program, any, fatal, !notEager)
        httpok.policy.fall = fall?.number ?? 1
        httpok.policy.graceNanoseconds = grace?.nanoseconds ?? 0
        httpok.policy.limit = restartLimit.map {
            ListenerVerdict.Limit(most: $0.burst, windowNanoseconds: $0.nanoseconds)
        }
        httpok.coreDirectory = coredir.flatMap { $0.isEmpty ? nil : $0 }
        httpok.gcore = gcore ?? httpok.gcore
        httpok.sendmail = sendmail ?? httpok.sendmail
        (httpok.emails, httpok.name) = (email.map(\.text), name?.text)
        var options = Options(job: .httpok(httpok))
        options.listen.isWanted = false
        options.log.format = try values.value(parent.options.logFormat, "KAPO_LOG_FORMAT") ?? .text
        options.log.level = try values.value(parent.options.logLevel, "KAPO_LOG_LEVEL")?.level ?? .info
        return options
    }

    /// What supervisord tells its event listeners by variables.
    private func supervisord() throws -> HttpokOptions.Supervisord {
        guard let url = try values.value(nil as SupervisordURL?, "SUPERVISOR_SERVER_URL") else {
            var standardError = StandardError()
            print("httpok must be run as a supervisor event listener", to: &standardError)
            throw ExitCode.failure
        }
        let group = Invocation.variable("SUPERVISOR_GROUP_NAME")
        let process = Invocation.variable("SUPERVISOR_PROCESS_NAME")
        return HttpokOptions.Supervisord(
            url: url, user: Invocation.variable("SUPERVISOR_USERNAME") ?? "",
            password: Invocation.variable("SUPERVISOR_PASSWORD") ?? "",
            listener: group.flatMap { group in process.map { "\(group):\($0)" } })
    }

    /// Options of other modes, which would be passed over without a word.
    private func refuseOthers() throws {
        let global = parent.options
        let others: [(String, Bool)] = [
            ("--port", !parent.port.ports.isEmpty), ("--interface", global.interface != nil),
            ("--agent-port", global.agentPort != nil), ("--sidebind", global.sidebind != nil),
            ("--socket-activation", global.socketActivation != nil), ("--stdout", global.stdout != nil),
            ("--stderr", global.stderr != nil), ("--stdlog", global.stdlog != nil),
        ]
        for (name, isGiven) in others where isGiven {
            throw ValidationError("\(name) means nothing to an event listener, which opens no socket.")
        }
    }
}

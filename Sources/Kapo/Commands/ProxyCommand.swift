import ArgumentParser
import Config
import Document
import Host
import Program

/// `kapo proxy`: hacheck's daemon.
struct ProxyCommand: ModeCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Answer health checks for load balancers, from a spool of downtimes and a cache: hacheck.",
        usage: "kapo proxy [-c <file>] [-p <port>] ... [-B <address>] [--spool-root <path>] [-v]",
        discussion: """
            GET /http/NAME/PORT/PATH asks http://127.0.0.1:PORT/PATH, unless the spool says that NAME is down; \
            likewise https, tcp, mysql, smtp and smtps; /spool/NAME/PORT asks the spool alone. `kapo spool` takes \
            services out and in again. HUP has the configuration read again.

            --socket-activation and --agent-port mean what they do for other modes; an agent port of the configuration \
            is overruled.
            """,
        version: Kapo.version)

    @Option(
        name: [.customShort("c", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("The configuration, in YAML: hacheck's. [KAPO_PROXY_CONFIG]", valueName: "file"),
        completion: .file(extensions: ["yml", "yaml"]), transform: Path.init(text:))
    var configFile: Path?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Port to listen on; may be repeated, and 0 lets the kernel choose. [KAPO_PORT] (default: 3333)",
            valueName: "port"),
        transform: Port.init(text:))
    var port: [Port] = []

    @Option(
        name: [.customShort("B", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Address to bind, IPv4 or IPv6; '::' serves both. [KAPO_INTERFACE] (default: 0.0.0.0)",
            valueName: "address"),
        transform: ListenAddress.init(text:))
    var bindAddress: ListenAddress?

    @OptionGroup var spoolRoot: SpoolRootOption

    @Option(
        name: [.customShort("n", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Accepted for hacheck's sake: one loop serves all.", valueName: "number"),
        transform: Workers.init(text:))
    var workers: Workers?

    @Flag(name: [.customShort("v"), .long], help: "Log each check: as --log-level debug.")
    var verbose = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Format of the log: text or json. [KAPO_LOG_FORMAT] (default: text)", valueName: "format"),
        completion: .list(LogLine.Format.allCases.map(\.rawValue)), transform: LogLine.Format.init(text:))
    var logFormat: LogLine.Format?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least level to log: trace, debug, info, notice, warning, error or critical. [KAPO_LOG_LEVEL] "
                + "(default: info)", valueName: "level"),
        completion: .list(LogLevel.names), transform: LogLevel.init(text:))
    var logLevel: LogLevel?

    @ParentCommand var parent: Kapo

    func options(commandWords: [Word]) throws -> Options {
        let path = try values.value(configFile, "KAPO_PROXY_CONFIG")
        let root = try spoolRoot.path(values) ?? Path(text: "/var/spool/hacheck")
        try refuseOthers()
        var proxy: ProxyOptions
        do throws(Program.Failure) {
            proxy = try ProxyOptions(
                path: path.map { Word($0.text) }, spoolRoot: Word(root.text), workers: workers?.number)
        } catch {
            throw ValidationError("\(error)")
        }
        proxy.agentPort = try values.value(parent.options.agentPort, "KAPO_AGENT_PORT")
        var options = Options(job: .proxy(proxy))
        let variable = try values.value(nil as Port?, "KAPO_PORT")
        // ArgumentParser gives them to whoever knows the option first.
        let said = parent.port.ports + port
        var ports = said.isEmpty ? [variable ?? Port(3333)] : said
        options.listen.port = ports.removeFirst()
        options.listen.furtherPorts = ports
        let address = try values.value(bindAddress ?? parent.options.interface, "KAPO_INTERFACE")
        options.listen.address = address?.address ?? .any
        options.listen.socketActivation = try values.isOn(
            parent.options.socketActivation, "KAPO_SOCKET_ACTIVATION", or: false)
        options.listen.replays = try values.isOn(nil, "KAPO_REPLAY", or: true)
        // One for each service of a host.
        options.listen.rememberedAnswers = 64
        options.log.target = proxy.file.log
        options.log.format = try values.value(logFormat ?? parent.options.logFormat, "KAPO_LOG_FORMAT") ?? .text
        let level = try values.value(logLevel ?? parent.options.logLevel, "KAPO_LOG_LEVEL")?.level
        options.log.level = verbose ? .debug : level ?? .info
        return options
    }

    /// Options of other modes, which would be passed over without a word.
    private func refuseOthers() throws {
        let global = parent.options
        let others = [
            ("--sidebind", global.sidebind), ("--stdout", global.stdout), ("--stderr", global.stderr),
            ("--stdlog", global.stdlog),
        ]
        for (name, value) in others where value != nil {
            throw ValidationError("\(name) means nothing to a proxy, which has no command.")
        }
    }
}

/// `-n`: processes of hacheck.
struct Workers: Setting {
    let number: Int

    init(text: String) throws(SettingError) {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(text), 0...1024 ~= number else {
            throw SettingError("'\(text)' is not a number of processes from 0 to 1024")
        }
        self.number = number
    }
}

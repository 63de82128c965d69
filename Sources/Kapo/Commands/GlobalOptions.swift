import ArgumentParser
import Config
import Document
import Host
import Program

/// Where an option was written. ArgumentParser decodes a group of options once for each type, so the groups before the
/// mode and behind it need types of their own.
enum BeforeMode {}
enum BehindMode {}

/// `-p`, which `watch` uses for something else.
struct PortOption<Place>: ParsableArguments {
    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("port")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Port to listen on; 0 lets the kernel choose, and the log says which. [KAPO_PORT] (default: 6666)",
            valueName: "port"),
        transform: Port.init(text:))
    var ports: [Port] = []

    /// The last one counts, but for `proxy`, which listens on all.
    var port: Port? { ports.last }
}

/// `--port` without its letter.
struct LongPortOption: ParsableArguments {
    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Port to listen on; 0 lets the kernel choose, and the log says which. [KAPO_PORT] (default: 6666)",
            valueName: "port"),
        transform: Port.init(text:))
    var port: Port?
}

/// The options of every mode, but for the port.
struct GlobalOptions<Place>: ParsableArguments {
    @Option(
        name: [.customShort("i", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Address to bind, IPv4 or IPv6; '::' serves both. [KAPO_INTERFACE] (default: 0.0.0.0)", valueName: "ip"),
        transform: ListenAddress.init(text:))
    var interface: ListenAddress?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Port for agent checks of HAProxy, which hear `up ready`, `drain` or `down`. [KAPO_AGENT_PORT]",
            valueName: "port"),
        transform: Port.init(text:))
    var agentPort: Port?

    @Flag(
        name: [.customShort("b"), .long], inversion: .prefixedNo,
        help: "Also bind the first free port above --port, counting up. [KAPO_SIDEBIND]")
    var sidebind: Bool?

    @Flag(
        name: [.customShort("s"), .long], inversion: .prefixedNo,
        help: "Listen on descriptors from systemd instead of interface and port. [KAPO_SOCKET_ACTIVATION]")
    var socketActivation: Bool?

    @Flag(
        name: [.customShort("S"), .long], inversion: .prefixedNo,
        help: "Capture the command's standard output and echo it to Kapo's. [KAPO_STDOUT]")
    var stdout: Bool?

    @Flag(
        name: [.customShort("E"), .long], inversion: .prefixedNo,
        help: "Capture the command's standard error and echo it to Kapo's. [KAPO_STDERR]")
    var stderr: Bool?

    @Flag(
        name: [.customShort("L"), .long], inversion: .prefixedNo,
        help: "Log captured lines, with the time, instead of echoing them. [KAPO_STDLOG]")
    var stdlog: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Format of the log: text or json. [KAPO_LOG_FORMAT] (default: text)", valueName: "format"),
        completion: .list(LogLine.Format.allCases.map(\.rawValue)),
        transform: LogLine.Format.init(text:))
    var logFormat: LogLine.Format?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Least level to log: trace, debug, info, notice, warning, error or critical. [KAPO_LOG_LEVEL] \
            (default: info)
            """,
            valueName: "level"),
        completion: .list(LogLevel.names),
        transform: LogLevel.init(text:))
    var logLevel: LogLevel?
}

/// `--interface`.
struct ListenAddress: Setting, Equatable {
    let address: SocketAddress

    init(text: String) throws(SettingError) {
        guard let address = SocketAddress(text) else {
            throw SettingError(
                "'\(text)' is not an address: IPv4 or IPv6 in digits, such as 127.0.0.1, 0.0.0.0, ::1 or ::")
        }
        self.address = address
    }
}

/// One place for what was written before the mode and after it: the nearer one wins, then the environment.
struct GlobalValues {
    var near: (port: Port?, options: GlobalOptions<BehindMode>)
    var far: (port: Port?, options: GlobalOptions<BeforeMode>)
    let environment: Environment

    /// Puts what was written, or else the variables, into `options`.
    func apply(to options: inout Options) throws {
        if let port = try value(near.port, far.port, "KAPO_PORT") { options.listen.port = port }
        let (near, far) = (near.options, far.options)
        if let interface = try value(near.interface, far.interface, "KAPO_INTERFACE") {
            options.listen.address = interface.address
        }
        options.listen.agentPort = try value(near.agentPort, far.agentPort, "KAPO_AGENT_PORT")
        if let format = try value(near.logFormat, far.logFormat, "KAPO_LOG_FORMAT") { options.log.format = format }
        if let level = try value(near.logLevel, far.logLevel, "KAPO_LOG_LEVEL") { options.log.level = level.level }
        options.listen.sidebind = try isOn(near.sidebind, far.sidebind, "KAPO_SIDEBIND")
        options.listen.socketActivation = try isOn(
            near.socketActivation, far.socketActivation, "KAPO_SOCKET_ACTIVATION")
        options.listen.replays = try environment.read("KAPO_REPLAY", as: Switch.self)?.isOn ?? true
        options.output.capturesStandardOutput = try isOn(near.stdout, far.stdout, "KAPO_STDOUT")
        options.output.capturesStandardError = try isOn(near.stderr, far.stderr, "KAPO_STDERR")
        options.output.logsLines = try isOn(near.stdlog, far.stdlog, "KAPO_STDLOG")
    }

    private func value<Value: Setting>(_ near: Value?, _ far: Value?, _ name: String) throws -> Value? {
        // The variable is read even when an option overrules it: a bad value must not wait to be found.
        let variable = try environment.read(name, as: Value.self)
        return near ?? far ?? variable
    }

    private func isOn(_ near: Bool?, _ far: Bool?, _ name: String) throws -> Bool {
        let variable = try environment.read(name, as: Switch.self)
        return near ?? far ?? variable?.isOn ?? false
    }
}

import ArgumentParser
import Config
import Machine
import Program

/// `kapo spool`: hacheck's commands.
struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Take services out and in again, in hacheck's spool: haup, hadown, hastatus, halist.",
        usage: """
            kapo spool [<options>] up <service> ...
            kapo spool [-r <reason>] [-e <time>] [<options>] down <service> ...
            kapo spool [<options>] status [<service> ...]
            kapo spool [-p <port>] list
            """,
        discussion: """
            'up' removes the file of a service, 'down' writes it, and 'status' says what it says; 'status' without a \
            service shows all that is down. 'list' asks the daemon which services it was asked for of late.

            With --action, or by the names haup, hadown, hastatus and halist, every word is a service, and what shows \
            all that is down is called status_downed.

            Exits with 0, or with 1 if a service whose status was asked for is down, or something went wrong, and then \
            a line on standard error says what.
            """,
        version: Kapo.version)

    @OptionGroup var spoolRoot: SpoolRootOption

    @Option(
        name: [.customShort("a", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "\(SpoolAction.allCases.map(\.rawValue).joined(separator: ", ")); each word is a service then.",
            valueName: "action"),
        completion: .list(SpoolAction.allCases.map(\.rawValue)),
        transform: SpoolAction.init(text:))
    var action: SpoolAction?

    @Option(
        name: [.customShort("r", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Why the services go down. (default: the user's name, that of SUDO_USER or SSH_USER first)",
            valueName: "reason"))
    var reason: String?

    @Option(
        name: [.customShort("e", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "When they are up again: seconds since 1970, a length such as 30m or 1d12h, or 2026-11-26T21:00:00Z. "
                + "(default: never)", valueName: "time"),
        transform: SpoolExpiration.init(text:))
    var expiration: SpoolExpiration?

    @Option(
        name: [.customShort("P", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("The port of the services; 0 for all. (default: 0)", valueName: "port"),
        transform: Port.init(text:))
    var servicePort: Port?

    @Option(
        name: [.customShort("H", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("The address of the services' host. (default: this one)", valueName: "address"),
        transform: ServiceHost.init(text:))
    var serviceHost: ServiceHost?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Port of the daemon that 'list' asks, on 127.0.0.1. (default: 3333)", valueName: "port"),
        transform: Port.init(text:))
    var port: Port?

    @Flag(help: "Show an array of JSON: for 'up' and 'down' too, which show nothing otherwise.")
    var json = false

    @Argument(
        help: ArgumentHelp("What to do, and the services: letters, digits, _, . and -.", valueName: "service"),
        completion: .shellCommand(Self.words))
    var words: [String] = []

    @ParentCommand var parent: Kapo

    /// Lists the actions and the names of files in the spool, in any shell.
    private static let words =
        #"sh -c 'echo "up down status list"; ls "${KAPO_SPOOL_ROOT:-/var/spool/hacheck}"' 2>/dev/null | tr ' ' '\n'"#

    /// Says what is wrong while the usage of this subcommand is at hand.
    func validate() throws {
        _ = try task()
        if serviceHost != nil && (servicePort?.number ?? 0) == 0 {
            throw ValidationError("A host is that of a port: --service-host goes with --service-port.")
        }
        if let reason, reason.utf8.count > Downtime.mostReasonBytes {
            throw ValidationError("A reason has up to \(Downtime.mostReasonBytes) bytes, not \(reason.utf8.count).")
        }
    }

    /// What is written, laid over what is said in the environment. Nothing has been touched before.
    func settings() throws -> SpoolSettings {
        let values = Values(environment: .process)
        let root = try spoolRoot.path(values)
        let (action, names) = try task()
        let port = port ?? parent.port.port ?? Port(3333)
        if action == .list && port.number == 0 { throw ValidationError("No daemon listens on the port 0.") }
        return SpoolSettings(
            action: action, names: names, host: serviceHost?.text, root: try root ?? Path(text: "/var/spool/hacheck"),
            reason: reason?.isEmpty == true ? nil : reason, expiration: expiration, port: port, isJSON: json)
    }

    /// What to do, and with which services.
    private func task() throws -> (SpoolAction, [SpoolName]) {
        var services = words
        var action = action
        if action == nil {
            guard let word = words.first else {
                throw ValidationError("What is to be done? up, down, status or list.")
            }
            do { action = try SpoolAction(text: word) } catch { throw ValidationError("\(error)") }
            services.removeFirst()
            if action == .status && services.isEmpty { action = .statusDowned }
        }
        guard let action else { preconditionFailure("an action is given, or read") }
        if action.wantsNames && services.isEmpty {
            throw ValidationError("Which service? '\(action.rawValue)' wants one name or more.")
        }
        if !action.wantsNames && !services.isEmpty {
            throw ValidationError("'\(action.rawValue)' takes no service: \(services.joined(separator: " ")).")
        }
        return (action, try services.map(name))
    }

    private func name(_ service: String) throws -> SpoolName {
        let name = SpoolName(service: service, host: serviceHost?.text, port: servicePort?.number)
        guard let name else { throw ValidationError("'\(service)' is not \(SpoolName.allowedServices)") }
        return name
    }
}

/// `--service-host`: an address, as it is in names of files.
struct ServiceHost: Setting {
    let text: String

    init(text: String) throws(SettingError) {
        guard SpoolName.isHost(text) else { throw SettingError("'\(text)' is not \(SpoolName.allowedHosts)") }
        self.text = text
    }
}

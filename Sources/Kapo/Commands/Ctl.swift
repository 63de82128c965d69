import ArgumentParser
import Config
import Host
import Program

/// `kapo ctl`: immortalctl.
struct Ctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at services that are supervised, and tell them what to do: immortalctl.",
        usage: """
            kapo ctl [-A] [--json] [status [<service>]]
            kapo ctl [-A] [--json] <verb> <service>
            kapo ctl [-A] [--json] -<signal> <service>
            kapo ctl [-A] top [<service>]
            """,
        discussion: """
            The verbs: start and stop the service; start it once, and do not restart it when it ends; restart it; \
            halt ends the service and its supervisor, exit the supervisor alone; status shows a table, and top draws \
            it again every second until q is typed. Without a verb: status.

            The signals: \(CtlSignal.flags.map { "-\($0.flag) \($0.name)" }.joined(separator: ", ")).

            Services are those with a control socket in a directory of $IMMORTAL_SDIR (default: /var/run/immortal) or \
            of ~/.immortal. '*' means all of them.

            Exits with 0 if each service that was meant obeyed, and with 1 if one did not, or was not reached.
            """,
        version: Kapo.version)

    @Flag(name: [.customShort("A"), .long], help: "No colours, even on a terminal.")
    var plain = false

    @Flag(help: "Show an array of JSON instead of the table.")
    var json = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Send that signal, by its name, in place of a verb.", valueName: "name"),
        completion: .list(CtlSignal.flags.map(\.name)),
        transform: CtlSignal.init(text:))
    var signal: [CtlSignal] = []

    @Argument(
        help: ArgumentHelp("\(CtlVerb.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "verb"),
        completion: .list(CtlVerb.allCases.map(\.rawValue)))
    var verb: String?

    @Argument(
        help: ArgumentHelp("The name of a service, or '*'.", valueName: "service"),
        completion: .shellCommand(Self.names))
    var service: [String] = []

    /// Lists the names of services, in any shell.
    private static let names =
        #"sh -c 'for i in "${IMMORTAL_SDIR:-/var/run/immortal}" ~/.immortal; do ls "$i"; done 2>/dev/null'"#

    /// Says what is wrong while the usage of this subcommand is at hand.
    func validate() throws { _ = try task(allowsColour: false) }

    /// What is to be done with the services: nothing but to show them again and again, or else by these settings.
    /// `allowsColour` is true where nothing but `--plain` is against it.
    func task(allowsColour: Bool) throws -> (isTop: Bool, settings: CtlSettings) {
        if signal.count > 1 {
            throw ValidationError("One signal at a time: \(signal.map(\.name).joined(separator: ", ")).")
        }
        var names = ([verb].compactMap(\.self) + service)
        var verb = CtlVerb.status
        if signal.isEmpty, let word = names.first {
            do { verb = try CtlVerb(text: word) } catch { throw ValidationError("\(error)") }
            names.removeFirst()
        }
        guard names.count < 2 else {
            throw ValidationError("One service at a time, not \(names.count); all of them are '*', in quotation marks.")
        }
        let order = signal.first?.order ?? verb.order
        if order != nil && names.isEmpty {
            throw ValidationError("Which service? Name one, or '*' for all of them.")
        }
        if json && verb == .top { throw ValidationError("'top' draws a table: it does not go with --json.") }
        let name = names.first.flatMap { $0 == "*" ? nil : $0 }
        let settings = CtlSettings(
            order: order, service: name, form: json ? .json : .table(coloured: allowsColour && !plain))
        return (verb == .top, settings)
    }
}

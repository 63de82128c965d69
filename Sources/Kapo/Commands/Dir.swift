import ArgumentParser
import Config
import Host
import Machine
import Program

/// `kapo dir`.
struct Dir: ModeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep the services of a directory running, one for each NAME.yml in it.",
        usage: "kapo [<global options>] dir [<options>] <directory>",
        discussion: """
            A file that comes starts a service, one that changes restarts it, one that goes stops it. Each service has \
            a directory with a control socket below IMMORTAL_SDIR (default: /var/run/immortal), for `kapo ctl`. \
            Without --port there is no status socket.
            """,
        version: Kapo.version)

    @OptionGroup(title: "Global options") var port: PortOption<BehindMode>
    @OptionGroup(title: "Global options") var globals: GlobalOptions<BehindMode>
    @ParentCommand var parent: Kapo

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    func options(commandWords: [Word]) throws -> Options {
        var services = ServicesOptions(source: try ServiceFiles(directory).source)
        services.control = ServiceHomes.system
        services.watches = true
        var options = try options(.services(services), near: (port.port, globals), far: parent)
        options.listen.isWanted = try options.listen.socketActivation || isPortGiven()
        return options
    }

    private func isPortGiven() throws -> Bool {
        try port.port != nil || parent.port.port != nil || values.value(nil as Port?, "KAPO_PORT") != nil
    }
}

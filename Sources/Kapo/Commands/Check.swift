import ArgumentParser
import Config
import Program

/// `kapo check`: no mode, but what a container's health check runs beside one.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a page over HTTP whether all is well: a container's health check.",
        usage: """
            kapo check [--timeout <seconds>] [--status <codes>] [--contains <text>] [--unix <path>] [-p <port>] [<url>]
            """,
        discussion: """
            Exits with 0 and says nothing if the answer is healthy; otherwise with 1, and one line on standard error \
            says why. No redirect is followed, and https is not supported.
            """,
        version: Kapo.version,
        aliases: ["c"])

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time for the whole check; fractions are allowed. [KAPO_CHECK_TIMEOUT] (default: 5)", valueName: "seconds"),
        transform: CheckTimeout.init(text:))
    var timeout: CheckTimeout?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Status codes that are healthy, such as 200,204,300-399. [KAPO_CHECK_STATUS] (default: 200-299)",
            valueName: "codes"),
        transform: StatusCodes.init(text:))
    var status: StatusCodes?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the body must contain to be healthy. [KAPO_CHECK_CONTAINS]", valueName: "text"),
        transform: SoughtText.init(text:))
    var contains: SoughtText?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Connect to this socket; the URL gives path and Host only. [KAPO_CHECK_UNIX]", valueName: "path"),
        completion: .file(),
        transform: SocketPath.init(text:))
    var unix: SocketPath?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Port of the default URL. [KAPO_PORT] (default: 6666)", valueName: "port"),
        transform: Port.init(text:))
    var port: Port?

    @Argument(
        help: ArgumentHelp(
            "What to ask for. [KAPO_CHECK_URL] (default: http://127.0.0.1:<port>/readyz)", valueName: "url"),
        transform: CheckTarget.init(text:))
    var url: CheckTarget?

    @ParentCommand var parent: Kapo

    /// What is written, laid over what is said in the environment.
    func settings() throws -> CheckSettings {
        let values = Values(environment: .process)
        let port = try values.value(port ?? parent.port.port, "KAPO_PORT") ?? Port(6666)
        let unix = try values.value(unix, "KAPO_CHECK_UNIX")
        let url = try values.value(url, "KAPO_CHECK_URL")
        return CheckSettings(
            target: try url ?? defaultTarget(port, overSocket: unix != nil),
            socket: unix,
            timeout: try values.value(timeout, "KAPO_CHECK_TIMEOUT") ?? CheckTimeout(5),
            healthy: try values.value(status, "KAPO_CHECK_STATUS") ?? .successful,
            sought: try values.value(contains, "KAPO_CHECK_CONTAINS"))
    }

    private func defaultTarget(_ port: Port, overSocket: Bool) throws -> CheckTarget {
        if overSocket { return try CheckTarget(text: "http://localhost/readyz") }
        guard port.number > 0 else {
            throw ValidationError("The port 0 lets the kernel choose one: say which URL is to be checked.")
        }
        return try CheckTarget(text: "http://127.0.0.1:\(port.number)/readyz")
    }
}

/// What is asked of a service again and again, and how: the value of `--check`, and the URL of `httpok`.
package enum CheckURL: Setting, Equatable {
    /// A server that speaks no HTTP.
    package enum Kind: String, CaseIterable, Sendable {
        case tcp, smtp, smtps, mysql

        /// Where it listens when the text says nothing; nil when it must.
        fileprivate var port: UInt16? {
            switch self {
            case .tcp: nil
            case .smtp: 25
            case .smtps: 465
            case .mysql: 3306
            }
        }
    }

    /// `http://HOST[:PORT][/PATH]`, or https.
    case http(CheckTarget)
    /// `unix:/PATH:/URL`: HTTP over a unix socket.
    case unix(SocketPath, CheckTarget)
    /// `tcp:HOST:PORT`, `smtp:HOST[:PORT]`, `smtps:HOST[:PORT]`, `mysql:USER@HOST[:PORT]`. Only mysql has a user.
    case server(Kind, CheckTarget.Host, port: UInt16, user: String?)
    /// `exec:COMMAND`: a command of the shell.
    case exec(String)

    private static let allowed =
        "a check: http://HOST[:PORT][/PATH] or https://…, unix:/SOCKET:/PATH, tcp:HOST:PORT, smtp:HOST[:PORT], "
        + "smtps:HOST[:PORT], mysql:USER@HOST[:PORT] or exec:COMMAND"

    /// Reads one of them.
    package init(text: String) throws(SettingError) {
        let (scheme, rest) = Self.split(text)
        switch scheme {
        case "http", "https": self = .http(try CheckTarget(text: text, orTLS: true))
        case "unix": self = try Self.unix(rest, text)
        case "exec":
            guard rest.contains(where: { $0 != " " }), !rest.utf8.contains(0) else {
                throw .notAllowed(text, "a command to check with: exec:COMMAND")
            }
            self = .exec(rest)
        default:
            guard let kind = Kind(rawValue: scheme) else { throw .notAllowed(text, Self.allowed) }
            self = try Self.server(kind, rest[...], text)
        }
    }

    private static func split(_ text: String) -> (scheme: String, rest: String) {
        guard let colon = text.firstIndex(of: ":") else { return ("", text) }
        return (text[..<colon].lowercased(), String(text[text.index(after: colon)...]))
    }

    /// The last `:/` parts the socket from the URL; without one the URL is `/`.
    private static func unix(_ rest: String, _ text: String) throws(SettingError) -> CheckURL {
        let mark = rest.indices.last { rest[$0...].hasPrefix(":/") }
        let path = rest[..<(mark ?? rest.endIndex)]
        guard path.hasPrefix("/"), let socket = try? SocketPath(text: String(path)) else {
            throw .notAllowed(text, "a socket to check: unix:/SOCKET:/PATH, where the socket's path has 1 to 107 bytes")
        }
        let target = mark.map { rest[rest.index(after: $0)...] } ?? "/"
        do {
            return .unix(socket, try CheckTarget(text: "http://localhost\(target)"))
        } catch {
            throw .notAllowed(text, "a socket and what to ask of it: unix:/SOCKET:/PATH, in visible ASCII")
        }
    }

    private static func server(
        _ kind: Kind, _ rest: Substring, _ text: String
    ) throws(SettingError) -> CheckURL {
        var rest = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
        var user: String?
        if kind == .mysql {
            let at = rest.lastIndex(of: "@") ?? rest.startIndex
            user = String(rest[..<at])
            rest = at == rest.startIndex ? rest : rest[rest.index(after: at)...]
        }
        guard user != "", let (host, port) = CheckTarget.split(rest, port: kind.port) else {
            let place = kind.port == nil ? "HOST:PORT" : "HOST[:PORT]"
            throw .notAllowed(
                text,
                "a place to check: \(kind.rawValue):\(kind == .mysql ? "USER@" : "")\(place), where IPv6 stands in "
                    + "brackets and a port is from 1 to 65535")
        }
        return .server(kind, host, port: port, user: user)
    }
}

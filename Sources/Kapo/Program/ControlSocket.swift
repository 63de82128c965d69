import Document
import Host
import Loop
import Machine

/// The control socket of one service: immortal's way to ask how it is, and to give it commands, over HTTP on a unix
/// socket.
///
/// `GET /` and `GET /status` say how it is; `POST /signal/NAME` gives it a command, and so does a GET, as immortal's
/// clients send it. The answer to a command is 200 whatever came of it, as those clients expect, and its `Err` says
/// what did. Who may not use the socket gets 403, and an `Err` too, on each connection: there a person sees why, where
/// an end without a word looks like a fault.
final class ControlSocket {
    /// Connections at once; a further one waits in the kernel's queue.
    static let mostConnections = 8
    private static let type: StaticString = "application/json"

    private let server: HTTPServer
    private let directory: ControlDirectory

    /// Opens the socket in that directory. `status` and `obey` are called for each request; `obey` does what is asked,
    /// or says why not. Neither may close this socket: that is for another round of the loop.
    init(
        _ loop: EventLoop, in directory: consuming ControlDirectory, _ access: ControlAccess,
        status: @escaping () -> ControlStatus, obey: @escaping (ControlVerb) -> String?
    ) throws {
        self.directory = directory
        server = try HTTPServer(
            loop, limits: HTTPLimits(connections: Self.mostConnections), replays: false,
            content: { Self.content(.notFound, SignalAnswer("there is nothing at this path").bytes) })
        server.refusal = { Self.refusal($0, access) }
        for path in ["/", "/status"] {
            server.route(path, .once) { _ in Self.content(.ok, status().bytes) }
        }
        server.action(below: "/signal/") { _, name in
            let answer = ControlVerb(name: name).map { SignalAnswer(obey($0)) } ?? .unknown(name)
            return Self.content(.ok, answer.bytes)
        }
        try server.accept(on: self.directory.listen(access).release())
    }

    private static func content(_ status: HTTPStatus, _ bytes: [UInt8]) -> HTTPContent {
        HTTPContent(status, type: type, bytes: SharedBytes(bytes))
    }

    /// What a caller is told who may not give commands; nil for one who may.
    private static func refusal(_ descriptor: Int32, _ access: ControlAccess) -> HTTPContent? {
        guard let caller = try? PeerCredentials(of: descriptor) else {
            return content(.forbidden, SignalAnswer("the kernel does not say who is asking").bytes)
        }
        if access.admits(caller) { return nil }
        return content(.forbidden, SignalAnswer("user \(caller.user) may not use this control socket").bytes)
    }

    /// Where it is.
    var path: String { directory.socketPath.text }

    /// The open directory, for what else is kept there.
    var directoryNumber: Int32 { directory.number }

    // MARK: The end

    /// Closes the listener, removes the socket, and has each answer from now on be the last on its connection. The lock
    /// is held as long as this object is there.
    func finish() {
        server.stopAccepting()
        server.finishConnections()
        directory.remove()
    }

    /// Closes the connections on which nothing is asked. True when no other is left; to be called once a round of the
    /// loop.
    func closeIdle() -> Bool {
        guard server.isQuiet() else { return false }
        server.closeIdle(unusedForSeconds: 0)
        return server.isQuiet()
    }
}

import Document
import Host
import Loop
import Machine

/// The listener for a load balancer's agent check, and the line behind it.
final class AgentSocket {
    /// Where it listens, in words: `0.0.0.0:6667`.
    let place: String
    private let server: LineServer
    private let line: Line

    /// What is told, made when somebody asks; an object of its own, for the server to hold.
    private final class Line {
        let board: StatusBoard
        var made: [UInt8]?

        init(_ board: StatusBoard) { self.board = board }

        var bytes: [UInt8] {
            if let made { return made }
            let bytes = AgentLine.bytes(board.health)
            made = bytes
            return bytes
        }
    }

    /// Opens the listener, for that many connections at once.
    init(
        _ loop: EventLoop, _ address: SocketAddress, port: UInt16, connections: Int, _ board: StatusBoard
    ) throws(StatusSocket.Failure) {
        let line = Line(board)
        self.line = line
        do {
            let socket = try ListeningSocket(address, port: port)
            place = StatusSocket.place(address, socket.port)
            server = try LineServer(loop, on: socket.release(), connections: connections) { line.bytes }
        } catch {
            throw StatusSocket.Failure(
                description: "--agent-port: cannot listen on \(StatusSocket.place(address, port)): \(error)")
        }
    }

    /// What the board says has changed.
    func changed() { line.made = nil }

    /// Closes the listener.
    func close() { server.stop() }
}

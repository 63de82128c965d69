import Document
import Host
import Loop
import Machine

/// HAProxy's agent checks of services: who asks for `SERVICE:PORT` hears what the spool says of that.
final class SpoolAgent {
    /// Where it listens, in words: `0.0.0.0:3334`.
    let place: String
    private let server: LineServer

    /// Listens there. Port 0 lets the kernel choose.
    init(_ loop: EventLoop, _ address: SocketAddress, port: UInt16, _ spool: ProxySpool) throws(Program.Failure) {
        do {
            let socket = try ListeningSocket(address, port: port)
            place = StatusSocket.place(address, socket.port)
            server = try LineServer(loop, on: socket.release()) { [unowned spool] in
                guard let name = Self.name($0) else { return SpoolAgentLine.unknown }
                let down = spool.downtime(of: name.service, host: name.host, port: name.port ?? 0)
                return SpoolAgentLine.bytes(down?.downtime)
            }
        } catch {
            throw Program.Failure(
                description: "agent_port: cannot listen on \(StatusSocket.place(address, port)): \(error)")
        }
    }

    /// What is asked for, in the form of a name in the spool. What follows behind a slash is passed over, as hacheck
    /// does.
    private static func name(_ question: ArraySlice<UInt8>) -> SpoolName? {
        let text = String(decoding: question.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
        return SpoolName(fileName: text.hasSuffix(":0") ? String(text.dropLast(2)) : text)
    }

    /// Closes the listener.
    func close() { server.stop() }
}

/// What `kapo ctl` shows of one service.
package struct ServiceRow: Equatable, Sendable {
    /// The name of its directory.
    package var name: String
    /// The path of its control socket.
    package var socket: String
    /// What the service says of itself; nil when it does not.
    package var status: ControlStatus?
    /// Why it did not obey, or was not reached; empty when all is well.
    package var error: String

    /// A row.
    package init(name: String, socket: String, status: ControlStatus?, error: String) {
        (self.name, self.socket, self.status, self.error) = (name, socket, status, error)
    }

    /// True when its command runs.
    package var isUp: Bool {
        if case .up = status?.phase { true } else { false }
    }

    /// The order of rows: the natural one of their names, and for two of a name that of their sockets.
    static func isBefore(_ first: ServiceRow, _ second: ServiceRow) -> Bool {
        first.name == second.name
            ? NaturalOrder.isBefore(first.socket, second.socket) : NaturalOrder.isBefore(first.name, second.name)
    }

    /// The rows in their order, as an array of JSON that a newline ends.
    package static func json(_ rows: [ServiceRow]) -> [UInt8] {
        JSON.array(rows.sorted(by: isBefore).map(\.json)).bytes + [0x0a]
    }

    private var json: JSON {
        var (up, down, waiting) = ("", "", "")
        switch status?.phase {
        case .up(let time): up = time
        case .down(let time): down = time
        case .waiting(let text): waiting = text
        case nil: break
        }
        return .object([
            ("Name", .string(name)), ("Socket", .string(socket)), ("PID", .integer(Int64(status?.pid ?? 0))),
            ("Up", .string(up)), ("Down", .string(down)), ("Cmd", .string(status?.command ?? "")),
            ("Fpid", .bool(status?.followsPidFile ?? false)), ("Count", .integer(Int64(status?.count ?? 0))),
            ("Status", .string(waiting)), ("Err", .string(error)),
        ])
    }
}

/// A process of supervisord, as `getAllProcessInfo` tells of it.
package struct ProcessInfo: Equatable, Sendable {
    /// The states, with supervisord's numbers (`ProcessStates` of its states.py).
    package enum State: Int64, Sendable {
        case stopped = 0
        case starting = 10
        case running = 20
        case backoff = 30
        case stopping = 40
        case exited = 100
        case fatal = 200
        case unknown = 1000

        /// As supervisord writes it.
        package var name: String {
            switch self {
            case .stopped: "STOPPED"
            case .starting: "STARTING"
            case .running: "RUNNING"
            case .backoff: "BACKOFF"
            case .stopping: "STOPPING"
            case .exited: "EXITED"
            case .fatal: "FATAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    package var group: String
    package var name: String
    package var state: State
    /// 0 when it does not run.
    package var pid: Int64
    /// When it was last started, in seconds since 1970; 0 for never.
    package var start: Int64
    /// What time it is for supervisord, in seconds since 1970.
    package var now: Int64

    /// That process.
    package init(group: String, name: String, state: State, pid: Int64, start: Int64, now: Int64) {
        (self.group, self.name, self.state, self.pid) = (group, name, state, pid)
        (self.start, self.now) = (start, now)
    }

    /// How supervisord and its users name it: `GROUP:NAME`, or `NAME` alone if its group has the same name.
    package var fullName: String { group == name ? name : "\(group):\(name)" }

    /// Seconds since 1970 that are believed: until the year 2255.
    private static let times: ClosedRange<Int64> = 0...9_000_000_000

    /// True if one of these names means it.
    package func isMeant(by names: [String]) -> Bool { names.contains(name) || names.contains(fullName) }

    /// All processes, of the answer to `XMLRPCCall.allProcesses`.
    package static func all(in value: XMLRPCValue) throws(XMLRPCMistake) -> [ProcessInfo] {
        guard case .list(let values) = value else { throw .unexpected("no list of processes") }
        var all: [ProcessInfo] = []
        for value in values { all.append(try ProcessInfo(value)) }
        return all
    }

    private init(_ value: XMLRPCValue) throws(XMLRPCMistake) {
        guard case .members(let members) = value, let group = members["group"]?.text,
            let name = members["name"]?.text, let state = members["state"]?.integer,
            let pid = members["pid"]?.integer, let start = members["start"]?.integer,
            let now = members["now"]?.integer, Self.times ~= start, Self.times ~= now
        else { throw .unexpected("a process without group, name, state, pid, start or now") }
        self.init(
            group: group, name: name, state: State(rawValue: state) ?? .unknown, pid: pid, start: start, now: now)
    }
}

import Checks
import Document
import Host
import Loop
import Machine

/// The services that clients have asked for, how often, and what they heard last.
final class SeenServices {
    /// Services at most; the one that was asked for longest ago goes.
    static let most = 10_000
    /// Clients of all services that are counted by their address, at most.
    static let mostClients = 65_536

    /// How many more may be.
    final class Room {
        var left = SeenServices.mostClients
    }

    private let room = Room()
    private var services: [String: SeenService] = [:]
    private var order = LinkedList<SeenService>()

    /// That of the name, which has been asked for now.
    func service(_ name: String) -> SeenService {
        if let service = services[name] {
            order.remove(service)
            order.append(service)
            return service
        }
        let service = SeenService(name, room)
        services[name] = service
        order.append(service)
        if services.count > Self.most, let oldest = order.first {
            services[oldest.name] = nil
            order.remove(oldest)
        }
        return service
    }

    /// Those that were answered at that wall time or since, in nanoseconds.
    func seen(since time: Int64) -> [ProxyPages.Seen] { services.values.compactMap(\.last).filter { $0.time >= time } }

    /// How often each client has asked for each.
    var counts: [(service: String, clients: [(client: String, count: UInt64)])] {
        services.values.map { ($0.name, $0.counts) }
    }
}

/// One service that clients have asked for.
final class SeenService: LinkedElement {
    /// Clients that are counted by their address; further ones are counted together.
    static let mostClients = 256

    let name: String
    var next: SeenService?
    var previous: SeenService?
    private let room: SeenServices.Room
    private var clients: [HTTPClientAddress: UInt64] = [:]
    private var others: UInt64 = 0
    private var answered: (code: Int, client: HTTPClientAddress, time: Int64)?

    init(_ name: String, _ room: SeenServices.Room) { (self.name, self.room) = (name, room) }

    deinit { room.left += clients.count }

    /// A client has asked.
    func asked(by client: HTTPClientAddress) {
        if let count = clients[client] {
            clients[client] = count + 1
        } else if clients.count < Self.mostClients, room.left > 0 {
            clients[client] = 1
            room.left -= 1
        } else {
            others += 1
        }
    }

    /// A client has been answered.
    func answered(_ client: HTTPClientAddress, code: Int) { answered = (code, client, Clock.wall) }

    /// What was answered last; nil before that.
    fileprivate var last: ProxyPages.Seen? {
        answered.map { .init(service: name, code: $0.code, client: $0.client.text, time: $0.time) }
    }

    fileprivate var counts: [(client: String, count: UInt64)] {
        clients.map { ($0.key.text, $0.value) } + (others == 0 ? [] : [("others", others)])
    }
}

/// Counts an answer that is given again without anybody being asked.
final class ServiceTally: HTTPTally {
    private let service: SeenService
    private let code: Int
    /// Whose cache the answer is from; nil when it is from the spool.
    private let checker: Checker?

    init(_ service: SeenService, code: Int, from checker: Checker?) {
        (self.service, self.code, self.checker) = (service, code, checker)
    }

    func replayed(to client: HTTPClientAddress) {
        service.asked(by: client)
        service.answered(client, code: code)
        checker?.countReplay()
    }
}

extension HTTPClientAddress {
    /// The address in digits; empty when it is not known.
    var text: String { high == 0 && low == 0 ? "" : IPAddress(bytes: bytes)?.text ?? "" }
}

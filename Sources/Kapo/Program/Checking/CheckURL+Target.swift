import Checks
import Config
import Loop

extension CheckURL {
    /// What a probe asks; nil for a command. `password` is for MySQL.
    func target(_ request: CheckRequest, password: String) -> Probe.Target? {
        switch self {
        case .http(let target):
            .http(target.host.server(target.port), request.fetch(target), tls: target.isTLS ? target.host.name : nil)
        case .unix(let path, let target):
            SocketPlace(unixPath: path.text).map { .http(.place($0), request.fetch(target), tls: nil) }
        case .server(let kind, let host, let port, let user):
            .server(
                kind.question, host.server(port),
                user.map { CheckMeans.Credentials(user: $0, password: password) })
        case .exec: nil
        }
    }
}

/// How HTTP checks ask.
struct CheckRequest {
    var method = CheckMethod.get
    var headers: [CheckHeader] = []
    var userAgent = "kapo/\(Version.text)"

    fileprivate func fetch(_ target: CheckTarget) -> HTTPFetchRequest {
        let host = headers.last { $0.name.lowercased() == "host" }?.value
        return HTTPFetchRequest(
            method.fetchMethod, host: host ?? target.hostHeader, target: target.path, userAgent: userAgent,
            headers: headers.filter { $0.name.lowercased() != "host" }.map {
                .init(name: $0.name, value: Array($0.value.utf8))
            })
    }
}

extension CheckMethod {
    fileprivate var fetchMethod: HTTPFetchRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .options: .options
        case .post: .post
        }
    }
}

extension CheckTarget.Host {
    /// Who is asked, at that port.
    func server(_ port: UInt16) -> HTTPFetch.Server {
        switch self {
        case .name(let name): return .name(name, port: port)
        case .address(let address):
            guard let place = SocketPlace(address: address, port: port) else {
                preconditionFailure("\(address) was read as an address")
            }
            return .place(place)
        }
    }

    /// Who the server should be.
    fileprivate var name: TLSPeer.Name {
        switch self {
        case .name(let name): .host(name)
        case .address(let address): .address(address)
        }
    }
}

extension CheckURL.Kind {
    fileprivate var question: CheckQuestion.Kind {
        switch self {
        case .tcp: .tcp
        case .smtp: .smtp
        case .smtps: .smtps
        case .mysql: .mysql
        }
    }
}

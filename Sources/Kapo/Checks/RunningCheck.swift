import Host
import Loop

/// A check that is under way. It tells its outcome once, from the loop, and not before `start` returns; whoever hears
/// that may let go of it.
protocol RunningCheck: AnyObject {
    func start()
    /// Ends it at once: nothing is told any more.
    func cancel()
}

/// What checks need beside the question.
package struct CheckMeans {
    /// The name that MySQL is told, and the word that goes with it.
    package struct Credentials: Equatable, Sendable {
        package let user: String
        package let password: String

        /// These two, without a zero byte.
        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// What HTTP servers hear of who asks.
    package let userAgent: String
    package let tls: TLSClient
    /// Nil when there are none: then nothing is asked of MySQL.
    package let credentials: Credentials?

    /// These means.
    package init(userAgent: String, tls: TLSClient, credentials: Credentials?) {
        self.userAgent = userAgent
        self.tls = tls
        self.credentials = credentials
    }
}

extension CheckQuestion {
    /// The check that asks this; nil when the address cannot be connected to at all.
    func check(
        _ loop: EventLoop, _ means: CheckMeans, _ kept: KeptSockets?, _ handler: @escaping (CheckOutcome) -> Void
    ) -> (any RunningCheck)? {
        guard let place = SocketPlace(bytes: address.bytes, port: port) else { return nil }
        return switch kind {
        case .http, .https: HTTPCheck(loop, place, self, means, kept, handler)
        case .tcp: TCPCheck(loop, place, handler)
        case .smtp: SMTPCheck(loop, place, tls: nil, handler)
        case .smtps: SMTPCheck(loop, place, tls: TLSPeer(means.tls, .address(address.text)), handler)
        case .mysql: MySQLCheck(loop, self, means.credentials, handler)
        }
    }
}

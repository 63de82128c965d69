import Config
import Loop

/// Everything that a check needs to know.
package struct CheckSettings: Sendable {
    package var target: CheckTarget
    /// Where to connect to instead of the target's host.
    package var socket: SocketPath?
    package var timeout: CheckTimeout
    /// The status codes that are healthy.
    package var healthy: StatusCodes
    /// What the body must contain.
    package var sought: SoughtText?

    /// These settings.
    package init(
        target: CheckTarget, socket: SocketPath?, timeout: CheckTimeout, healthy: StatusCodes, sought: SoughtText?
    ) {
        self.target = target
        self.socket = socket
        self.timeout = timeout
        self.healthy = healthy
        self.sought = sought
    }
}

/// What a check found.
package struct CheckReport: Equatable, Sendable {
    /// 0 for healthy, 1 for anything else.
    package var exitCode: Int32
    /// Why it is not healthy, for standard error; nil when it is.
    package var line: String?
}

extension Program {
    /// Asks once, and judges the answer.
    package static func check(_ settings: CheckSettings) -> CheckReport {
        do {
            let loop = try EventLoop()
            var result: Result<HTTPAnswer, HTTPFailure> = .failure(.timeout)
            let fetch = HTTPFetch(
                loop, try server(of: settings),
                HTTPFetchRequest(host: settings.target.hostHeader, target: settings.target.path)
            ) {
                result = $0
                loop.stop()
            }
            fetch.start(timeoutNanoseconds: settings.timeout.nanoseconds)
            withExtendedLifetime(fetch) { loop.run() }
            return CheckVerdict.report(settings, result)
        } catch {
            return CheckVerdict.report(settings, because: "\(error)")
        }
    }

    /// Why there is nobody to ask; the settings have been read by then, so that it never happens.
    private struct NoPlace: Error, CustomStringConvertible {
        var description: String
    }

    private static func server(of settings: CheckSettings) throws -> HTTPFetch.Server {
        guard let path = settings.socket?.text else { return settings.target.host.server(settings.target.port) }
        guard let place = SocketPlace(unixPath: path) else { throw NoPlace(description: "\(path) is no socket") }
        return .place(place)
    }
}

import Config
import Document
import Host
import Logging
import Loop
import Machine

/// `POST /spool/SERVICE/PORT/status`: takes a service down or up, if who asks may.
struct SpoolChanges {
    /// What is answered.
    typealias Outcome = (status: HTTPStatus, text: String)

    private let settings: ProxySettings
    private let spool: ProxySpool
    private let log: Logger

    init(_ settings: ProxySettings, _ spool: ProxySpool, _ log: Logger) {
        (self.settings, self.spool, self.log) = (settings, spool, log)
    }

    /// Does what the form says, and says how it went. Port 0 means the whole service.
    func change(_ request: borrowing HTTPRequest, _ service: String, _ target: ProxyTargets.Target) -> Outcome {
        if let refusal = refusal(request) { return (.forbidden, refusal) }
        guard let name = SpoolName(service: service, host: target.host, port: target.port) else {
            return (.badRequest, "The service cannot have a downtime of its own.\n")
        }
        let form: Form
        do throws(Form.Mistake) { form = try Form(request) } catch { return (.badRequest, error.text) }
        do throws(SystemError) {
            switch form {
            case .up:
                try spool.takeUp(name)
                tell("up", name, request.client)
            case .down(let reason, let expiration, let creation):
                try spool.takeDown(name, reason: reason, expiration: expiration, creation: creation)
                tell("down", name, request.client, ["reason": "\(VisibleText.of(reason))"])
            }
            return (.ok, "")
        } catch {
            return (.internalError, "The spool cannot be changed: \(SystemError.text(of: error.code).lowercased()).\n")
        }
    }

    private func tell(
        _ state: String, _ name: SpoolName, _ client: HTTPClientAddress, _ more: Logger.Metadata = [:]
    ) {
        let fields: Logger.Metadata = ["state": "\(state)", "name": "\(name.fileName)", "client": "\(client.text)"]
        log.notice("the spool was changed by a request", metadata: fields.merging(more) { $1 })
    }

    /// Why who asks may not; nil when it may.
    private func refusal(_ request: borrowing HTTPRequest) -> String? {
        // hacheck's words.
        guard settings.file.allowsSpoolChanges else { return "remote spool changes are not enabled" }
        // A browser on this host would send a form for any page that it shows.
        guard request.headerBytes("Origin") == nil else { return "A page in a browser may not change the spool.\n" }
        let address = IPAddress(bytes: request.client.bytes)
        if let address, address.isLoopback || settings.file.spoolChangers.contains(where: { $0.contains(address) }) {
            return nil
        }
        if let token = settings.token, let said = request.headerBytes("Authorization"), Self.bears(said, token) {
            return nil
        }
        let who = address?.text ?? "Who asks"
        return "\(who) may not change the spool: remote_spool_from and a bearer token say who may.\n"
    }

    /// True for `Bearer TOKEN`. It takes the same time wherever they begin to differ.
    private static func bears(_ said: [UInt8], _ token: [UInt8]) -> Bool {
        let words = said.split(separator: 0x20)
        guard words.count == 2, String(decoding: words[0], as: UTF8.self).lowercased() == "bearer",
            words[1].count == token.count
        else { return false }
        return zip(words[1], token).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension SpoolChanges {
    /// What a form asks for.
    private enum Form {
        case up
        /// Times are seconds since 1970.
        case down(reason: String, expiration: Double?, creation: Double?)

        /// What is wrong with a form, for people.
        struct Mistake: Error {
            let text: String
        }

        init(_ request: borrowing HTTPRequest) throws(Mistake) {
            let type = request.headerBytes("Content-Type").map { String(decoding: $0, as: UTF8.self).lowercased() }
            guard type?.hasPrefix("application/x-www-form-urlencoded") ?? true,
                let pairs = FormText.fields(request.body)
            else { throw Mistake(text: "The body is no form: application/x-www-form-urlencoded.\n") }
            let fields = Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
            switch fields["status"] {
            case "up": self = .up
            case "down":
                guard let reason = fields["reason"], reason.utf8.count <= Downtime.mostReasonBytes else {
                    throw Mistake(text: "The field 'reason' is missing, or too long.\n")
                }
                self = .down(
                    reason: reason, expiration: try Self.time(fields["expiration"], "expiration"),
                    creation: try Self.time(fields["creation"], "creation"))
            // hacheck's words.
            default: throw Mistake(text: "status must be up or down")
            }
        }

        private static func time(_ text: String?, _ name: String) throws(Mistake) -> Double? {
            guard let text, !text.isEmpty else { return nil }
            let isDecimal = text.utf8.allSatisfy { 0x30...0x39 ~= $0 || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains($0) }
            guard isDecimal, let time = Double(text), time.isFinite else {
                throw Mistake(text: "The field '\(name)' is a number of seconds since 1970.\n")
            }
            return time
        }
    }
}

extension Network {
    /// True for an address of the network; ports say nothing about who asks.
    fileprivate func contains(_ address: IPAddress) -> Bool { contains(address, port: ports?.lowerBound ?? 0) }
}

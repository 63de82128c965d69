import Checks
import Config
import Document
import Host
import Logging
import Loop
import Machine

/// The paths of a proxy: `/http/SERVICE/PORT/PATH` and its like, and `/spool/SERVICE/PORT`.
final class ProxyRoutes {
    private static let text: StaticString = "text/plain; charset=utf-8"
    /// Bytes of a header that is sent on.
    private static let mostHeaderBytes = 4096

    /// What the configuration says now.
    var file: ProxyFile
    var targets: ProxyTargets
    var changes: SpoolChanges

    private let server: HTTPServer
    private let spool: ProxySpool
    private let checker: Checker
    private let seen: SeenServices
    private let log: Logger

    /// Adds the paths to the server.
    init(
        _ server: HTTPServer, _ settings: ProxySettings, _ spool: ProxySpool, _ checker: Checker,
        _ seen: SeenServices, _ log: Logger
    ) {
        (self.server, self.spool, self.checker, self.seen, self.log) = (server, spool, checker, seen, log)
        file = settings.file
        targets = ProxyTargets(settings.file.allowedTargets)
        changes = SpoolChanges(settings, spool, log)
        for kind in CheckQuestion.Kind.allCases {
            server.serve(below: "/\(kind.rawValue)/") { [unowned self] in answer($0, kind) }
        }
        server.serve(below: "/spool/", acting: true) { [unowned self] in answer($0, nil) }
    }

    /// The answer to a check of that kind, or to a look at the spool alone.
    private func answer(_ request: borrowing HTTPRequest, _ kind: CheckQuestion.Kind?) -> HTTPServed {
        let path: ProxyPath
        do throws(ProxyPath.Refusal) {
            path = try ProxyPath(request.pathBytes.dropFirst((kind?.rawValue ?? "spool").utf8.count + 2))
        } catch {
            return .content(Self.content(.badRequest, error.text))
        }
        let target: ProxyTargets.Target
        do throws(ProxyTargets.Refusal) {
            target = try targets.target(request, port: path.port)
        } catch {
            // This host may get another address.
            server.doNotRemember()
            return .content(Self.content(.forbidden, error.text))
        }
        if request.isPost {
            let outcome = changes.change(request, path.service, target)
            return .content(Self.content(outcome.status, outcome.text))
        }
        let service = seen.service(path.service)
        let client = request.client
        service.asked(by: client)
        if let down = spool.downtime(of: path.service, host: target.host, port: target.port) {
            let text = DownText.sentence(down.service, down.downtime)
            return .content(counted(Self.content(.unavailable, text), service, client, from: nil))
        }
        guard let kind else { return .content(counted(Self.content(.ok, ""), service, client, from: nil)) }
        return check(request, path, target, kind, service, client)
    }

    private func check(
        _ request: borrowing HTTPRequest, _ path: ProxyPath, _ target: ProxyTargets.Target,
        _ kind: CheckQuestion.Kind, _ service: SeenService, _ client: HTTPClientAddress
    ) -> HTTPServed {
        var question = CheckQuestion(kind, target.address, target.port)
        if kind == .http || kind == .https {
            do throws(ProxyPath.Refusal) {
                try complete(&question, request, path)
            } catch {
                return .content(Self.content(.badRequest, error.text))
            }
        }
        let asksAnew = request.headerBytes("Pragma").map { $0 == Array("no-cache".utf8) } ?? false
        if !asksAnew, let kept = checker.kept(question) {
            // The server forgets what it remembers when the second is over.
            if kept.expiresAt - Clock.monotonic < 1_000_000_000 { server.doNotRemember() }
            return .content(counted(kept.answer.content, service, client, from: checker))
        }
        let reply = HTTPLaterReply(server)
        checker.ask(question, anew: asksAnew) { [log] answer in
            let code = Int(answer.content.status.code)
            service.answered(client, code: code)
            log.debug(
                "checked", metadata: ["service": "\(service.name)", "protocol": "\(kind.rawValue)", "code": "\(code)"])
            reply.send(answer.content)
        }
        return .later(reply)
    }

    /// Adds what an HTTP check depends on.
    private func complete(
        _ question: inout CheckQuestion, _ request: borrowing HTTPRequest, _ path: ProxyPath
    ) throws(ProxyPath.Refusal) {
        question.target = path.rest
        if let query = request.queryBytes {
            guard query.allSatisfy({ 0x21...0x7e ~= $0 }) else { throw ProxyPath.notASCII }
            question.target += "?" + String(decoding: query, as: UTF8.self)
        }
        for name in file.copiedHeaders {
            guard let value = request.headerBytes(name.text) else { continue }
            let isVisible = value.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
            guard isVisible, value.count <= Self.mostHeaderBytes else {
                throw ProxyPath.Refusal(text: "The header \(name.text) cannot be sent on.\n")
            }
            if name.isHost {
                guard value.allSatisfy({ 0x21...0x7e ~= $0 }) else {
                    throw ProxyPath.Refusal(text: "The header Host has bytes in it that no host has.\n")
                }
                if !value.isEmpty { question.host = String(decoding: value, as: UTF8.self) }
            } else {
                question.headers.append(.init(name: name.text, value: value))
            }
        }
        if let name = file.serviceNameHeader {
            question.headers.append(.init(name: name.text, value: Array(path.service.utf8)))
        }
    }

    // MARK: Answers

    /// Counts the answer, and sees to it that it is counted when it is given again.
    private func counted(
        _ content: HTTPContent, _ service: SeenService, _ client: HTTPClientAddress, from checker: Checker?
    ) -> HTTPContent {
        var content = content
        let code = Int(content.status.code)
        service.answered(client, code: code)
        content.tally = ServiceTally(service, code: code, from: checker)
        return content
    }

    private static func content(_ status: HTTPStatus, _ text: String) -> HTTPContent {
        HTTPContent(status, type: Self.text, bytes: SharedBytes(Array(text.utf8)))
    }
}

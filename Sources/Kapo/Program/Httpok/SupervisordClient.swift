import Checks
import Config
import Document
import Loop
import Supervisord

/// Calls methods of a supervisord, one at a time.
final class SupervisordClient {
    /// Why a call has no value.
    enum Failure: Error, Equatable, CustomStringConvertible {
        /// supervisord said no.
        case fault(code: Int64, String)
        /// There is no answer, or none that can be read: why not.
        case unanswered(String)

        /// As superlance shows it, if it is a fault.
        var description: String {
            switch self {
            case .fault(let code, let text): "<Fault \(code): \(PythonText.quoted(text))>"
            case .unanswered(let reason): reason
            }
        }
    }

    /// The time that supervisord has for an answer: to stop a process may take as long as its `stopwaitsecs`, and to
    /// start one as long as its `startsecs`.
    static let usualTimeout = CheckTimeout(600)
    /// Bytes of an answer; `XMLRPCAnswer` reads no more.
    private static let answerBytes = 9 << 20

    private let loop: EventLoop
    private let server: HTTPFetch.Server
    private let host: String
    private let headers: [HTTPFetchRequest.Header]
    private let timeout: CheckTimeout
    private var fetch: HTTPFetch?

    /// Throws why supervisord cannot be reached at all.
    init(
        _ loop: EventLoop, _ supervisord: HttpokOptions.Supervisord, timeout: CheckTimeout = usualTimeout
    ) throws(Program.Failure) {
        (self.loop, self.timeout) = (loop, timeout)
        switch supervisord.url {
        case .unix(let path):
            guard let place = SocketPlace(unixPath: path.text) else {
                throw Program.Failure(description: "\(path.text) is no path of a socket")
            }
            (server, host) = (.place(place), "localhost")
        case .http(let target): (server, host) = (target.host.server(target.port), target.hostHeader)
        }
        let isNamed = !supervisord.user.isEmpty || !supervisord.password.isEmpty
        headers =
            [.init(name: "Content-Type", value: Array("text/xml".utf8))]
            + (isNamed
                ? [
                    .init(
                        name: "Authorization",
                        value: BasicAuthorization.header(user: supervisord.user, password: supervisord.password))
                ] : [])
    }

    /// Calls a method. The handler is called once, from the loop.
    func call(_ call: XMLRPCCall, _ handler: @escaping (Result<XMLRPCValue, Failure>) -> Void) {
        var limits = HTTPAnswerLimits()
        limits.bodyBytes = Self.answerBytes
        let request = HTTPFetchRequest(.post, host: host, target: "/RPC2", headers: headers, body: call.bytes)
        let fetch = HTTPFetch(loop, server, request, limits: limits) { [timeout] in
            handler(Self.value(of: $0, timeout))
        }
        self.fetch = fetch
        fetch.start(timeoutNanoseconds: timeout.nanoseconds)
    }

    /// Forgets the call that waits for its answer: its handler is not called any more.
    func cancel() { fetch?.cancel() }

    /// All processes that supervisord has.
    func processes(_ handler: @escaping (Result<[ProcessInfo], Failure>) -> Void) {
        call(.allProcesses) { result in
            handler(
                result.flatMap { value in
                    do throws(XMLRPCMistake) {
                        return .success(try ProcessInfo.all(in: value))
                    } catch {
                        return .failure(.unanswered("\(error)"))
                    }
                })
        }
    }

    private static func value(
        of result: Result<HTTPAnswer, HTTPFailure>, _ timeout: CheckTimeout
    ) -> Result<XMLRPCValue, Failure> {
        switch result {
        case .failure(let failure):
            return .failure(.unanswered("supervisord: \(failure.words(timeout: timeout.text))"))
        case .success(let answer):
            guard answer.status == 200 else {
                let reason = VisibleText.of(String(decoding: answer.reason, as: UTF8.self))
                return .failure(.unanswered("supervisord: \(answer.status) \(reason)"))
            }
            do throws(XMLRPCMistake) {
                switch try XMLRPCAnswer(answer.body) {
                case .value(let value): return .success(value)
                case .fault(let code, let text): return .failure(.fault(code: code, text))
                }
            } catch {
                return .failure(.unanswered("supervisord: \(error)"))
            }
        }
    }
}

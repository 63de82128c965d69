import Glibc
import Host
import Loop

extension HTTPFailure {
    /// True when nobody took the connection.
    var isRefused: Bool { self == .unreachable(code: ECONNREFUSED) }

    /// True when it was Kapo that lacked something.
    var isOwn: Bool {
        switch self {
        case .unreachable(let code), .broken(let code): OwnShortage.isMeant(by: code)
        case .timeout, .unknownName, .insecure, .empty, .cut, .malformed: false
        }
    }

    /// Why there is no answer, in words for people; `timeout` is the time that there was, in seconds.
    package func words(timeout: String) -> String {
        switch self {
        case .timeout: "no answer within \(timeout) s"
        case .unknownName(let name): "no address is known for \(name)"
        case .unreachable(let code): "cannot connect: \(SystemError.text(of: code).lowercased())"
        case .broken(let code): "the connection broke: \(SystemError.text(of: code).lowercased())"
        case .insecure(let reason): "no TLS: \(reason)"
        case .empty: "the connection was closed without an answer"
        case .cut: "the connection was closed in the middle of the answer"
        case .malformed(.statusLine): "the answer is no HTTP"
        case .malformed(.header): "the answer is no HTTP: a header cannot be read"
        case .malformed(.contentLength): "the answer is no HTTP: its Content-Length cannot be read"
        case .malformed(.chunk): "the answer is no HTTP: a chunk of its body cannot be read"
        case .malformed(.tooLong): "the answer has too long a header"
        }
    }
}

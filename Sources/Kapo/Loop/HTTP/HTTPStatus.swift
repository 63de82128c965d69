/// The status of an answer (RFC 9110, section 15).
package struct HTTPStatus: Equatable, Sendable {
    /// 200 to 511.
    package let code: Int32
    /// What stands behind the code; nil for what libevent says for it.
    let reason: String?

    private init(_ code: Int32, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package static let ok = HTTPStatus(200, "OK")
    /// The path is none: behind its beginning stands what cannot be read.
    package static let badRequest = HTTPStatus(400, "Bad Request")
    /// Who asks may not.
    package static let forbidden = HTTPStatus(403, "Forbidden")
    /// There is nothing at that path.
    package static let notFound = HTTPStatus(404, "Not Found")
    /// Something here is not as it must be for an answer.
    package static let internalError = HTTPStatus(500, "Internal Server Error")
    /// What was asked about is not there now, and may be soon: what load balancers take for "down".
    package static let unavailable = HTTPStatus(503, "Service Unavailable")

    /// The codes of final answers that are registered (https://www.iana.org/assignments/http-status-codes), with the
    /// four of RFC 2295, 2774 and 7168 that Python's http.client knows too.
    private static let registered: [ClosedRange<Int32>] = [
        200...208, 226...226, 300...308, 400...418, 421...426, 428...429, 431...431, 451...451, 500...508, 510...511,
    ]

    /// That of somebody else's answer; nil for a code that is not registered, or of an answer that is not final.
    package init?(code: UInt16) {
        let code = Int32(code)
        guard Self.registered.contains(where: { $0.contains(code) }) else { return nil }
        self.code = code
        reason = nil
    }

    /// A status is its code, whatever stands behind that.
    package static func == (one: HTTPStatus, other: HTTPStatus) -> Bool { one.code == other.code }

    /// False for an answer that has no body, whoever asks (RFC 9110, sections 15.3.5 and 15.4.5).
    var hasBody: Bool { code != 204 && code != 304 }
}

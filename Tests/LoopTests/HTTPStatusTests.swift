import Testing

@testable import Loop

@Suite("The status of an answer")
struct HTTPStatusTests {
    /// Those of Python 3.11's http.HTTPStatus that end a request, and 208 and 226, which it has too.
    private static let known: Set<UInt16> = [
        200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 402,
        403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426,
        428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
    ]

    @Test("the codes that are registered are one, and no others")
    func codes() {
        for code in 0...65535 as ClosedRange<UInt16> {
            let status = HTTPStatus(code: code)
            #expect((status != nil) == Self.known.contains(code), "\(code)")
            if let status { #expect(status.code == Int32(code)) }
        }
    }

    @Test("a status is its code, wherever it comes from")
    func equality() {
        let named: [HTTPStatus] = [.ok, .badRequest, .forbidden, .notFound, .internalError, .unavailable]
        for status in named { #expect(HTTPStatus(code: UInt16(status.code)) == status) }
        #expect(HTTPStatus.ok != .notFound)
        #expect(named.map(\.code) == [200, 400, 403, 404, 500, 503])
    }

    @Test("only 204 and 304 have no body")
    func bodies() {
        let without = Self.known.filter { HTTPStatus(code: $0)?.hasBody == false }
        #expect(without == [204, 304])
    }

    @Test("each has words behind its code when it is sent")
    func reasons() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                server.serve(below: "/code/") { request in
                    let status = UInt16(request.path.dropFirst(6)).flatMap { HTTPStatus(code: $0) }
                    return .content(.text("body", status ?? .unavailable))
                }
                let client = try rig.client(port)
                for code in Self.known.sorted() {
                    client.forget()
                    client.send("GET /code/\(code) HTTP/1.1\r\n\r\n")
                    try rig.until("an answer to \(code)") { client.answers().count == 1 }
                    let line = client.answers()[0].status
                    #expect(line.hasPrefix("HTTP/1.1 \(code) ") && line.count > 14, "\(line)")
                }
            }
        }
    }
}

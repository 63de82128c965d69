/// What is asked by a `HTTPFetch`, as the bytes that are sent.
package struct HTTPFetchRequest: Equatable, Sendable {
    /// What is done at the target.
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        /// Its answer has no body, whatever its headers say.
        case head = "HEAD"
        case options = "OPTIONS"
        /// The only one with a body.
        case post = "POST"
    }

    /// A header beside those that every request has, or in place of User-Agent or Accept; neither part has a line end
    /// in it.
    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: [UInt8]

        /// That header.
        package init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    let bytes: [UInt8]
    /// False when the server was told that the connection ends behind the answer.
    let keepsOpen: Bool
    /// False when no body comes behind the headers of the answer.
    let isAnsweredWithBody: Bool

    /// A request for `target` (path and query), with that `Host`; both are ASCII without white space. `body` is that of
    /// a POST, and empty for all others.
    package init(
        _ method: Method = .get, host: String, target: String, userAgent: String = "kapo", headers: [Header] = [],
        body: [UInt8] = [], keepsOpen: Bool = false
    ) {
        precondition(body.isEmpty || method == .post, "a \(method.rawValue) has no body")
        precondition((host + target).utf8.allSatisfy { 0x21...0x7e ~= $0 }, "\(host) \(target) would break the request")
        var bytes = Array("\(method.rawValue) \(target) HTTP/1.1\r\nHost: \(host)\r\n".utf8)
        for (name, value) in [("User-Agent", userAgent), ("Accept", "*/*")]
        where !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            bytes += "\(name): \(value)\r\n".utf8
        }
        if !keepsOpen { bytes += "Connection: close\r\n".utf8 }
        if method == .post { bytes += "Content-Length: \(body.count)\r\n".utf8 }
        for header in headers {
            precondition(
                !header.value.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 }, "\(header.name) would break the request"
            )
            bytes += header.name.utf8
            bytes += ": ".utf8
            bytes += header.value
            bytes += "\r\n".utf8
        }
        bytes += "\r\n".utf8
        self.bytes = bytes + body
        self.keepsOpen = keepsOpen
        isAnsweredWithBody = method != .head
    }
}

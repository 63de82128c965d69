/// The name of a request header that is sent on: a token (RFC 9110, section 5.6.2) of up to 128 bytes, and none that
/// says how the message itself is to be read.
package struct HeaderName: Setting, Equatable {
    package let text: String

    static let allowed =
        "the name of a header, such as Host or X-Request-Id, and none of those that frame a message (\(framing))"
    private static let framing =
        "Connection, Content-Length, Expect, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade"

    /// `Host`.
    package static let host = HeaderName(trusted: "Host")

    private init(trusted text: String) { self.text = text }

    /// Reads a name.
    package init(text: String) throws(SettingError) {
        let marks = "!#$%&'*+-.^_`|~".utf8
        let isToken = text.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5a ~= $0 || 0x61...0x7a ~= $0 || marks.contains($0)
        }
        let frames = Self.framing.lowercased().split(separator: ", ").contains { $0 == text.lowercased() }
        guard 1...128 ~= text.utf8.count, isToken, !frames else { throw .notAllowed(text, Self.allowed) }
        self.text = text
    }

    /// True for `Host`, in any case.
    package var isHost: Bool { text.lowercased() == "host" }
}

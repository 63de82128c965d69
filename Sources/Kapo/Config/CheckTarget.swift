import Machine

/// What a check asks for: a URL, `http://HOST[:PORT][/PATH][?QUERY]`, at most 4096 bytes long. `kapo check` knows no
/// https.
package struct CheckTarget: Setting, Equatable {
    /// Who is asked.
    package enum Host: Equatable, Sendable {
        /// IPv4 or IPv6 in digits, without brackets.
        case address(String)
        /// A name to look up.
        case name(String)
    }

    /// As it was written, but for the fragment.
    package let text: String
    package let host: Host
    /// True for https.
    package let isTLS: Bool
    /// 1 to 65535; 80 when the URL says none, 443 for https.
    package let port: UInt16
    /// The request's target: path and query, as written.
    package let path: String

    /// Reads a URL of plain HTTP. A user name is refused, a fragment is dropped; escapes such as `%20` are passed on as
    /// they are.
    package init(text: String) throws(SettingError) { try self.init(text: text, orTLS: false) }

    /// Reads one that may be of https, too.
    package init(text: String, orTLS: Bool) throws(SettingError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 4096 else { throw SettingError("A URL of \(bytes.count) bytes is too long: 4096 at most") }
        guard bytes.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw .notAllowed(
                text, "a URL: write what is no visible ASCII character as %20, and a name outside ASCII as xn--…")
        }
        isTLS = orTLS && text.lowercased().hasPrefix("https://")
        guard isTLS || text.lowercased().hasPrefix("http://") else { throw Self.wrongScheme(text) }
        let scheme = text.prefix(isTLS ? 8 : 7)
        let rest = text[scheme.endIndex...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.split(authority, port: isTLS ? 443 : 80) else {
            throw .notAllowed(
                text,
                "a URL that names a host: \(scheme)HOST[:PORT][/PATH], where IPv6 stands in brackets and a port is "
                    + "from 1 to 65535")
        }
        self.text = String(scheme + rest)
        self.host = host
        self.port = port
        let target = rest[authority.endIndex...]
        path = target.hasPrefix("/") ? String(target) : "/" + target
    }

    private static func wrongScheme(_ text: String) -> SettingError {
        let isTLS = text.lowercased().hasPrefix("https:")
        return .notAllowed(
            text,
            isTLS
                ? "a URL that can be checked: https is not supported, only http://…"
                : "a URL that begins with http://")
    }

    /// The value of the `Host` header.
    package var hostHeader: String {
        let host =
            switch host {
            case .address(let text) where text.contains(":"): "[\(text)]"
            case .address(let text), .name(let text): text
            }
        return port == (isTLS ? 443 : 80) ? host : "\(host):\(port)"
    }

    // MARK: Host and port

    /// Who is asked, and where: at that port if the text says none. Nil for what is neither a name nor an address, and
    /// for a port outside of 1 to 65535.
    static func split(_ authority: Substring, port usual: UInt16?) -> (Host, UInt16)? {
        var host = authority
        var port = usual
        // In brackets a colon belongs to the address.
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            port = try? Port(text: String(authority[colon...].dropFirst())).number
        }
        guard let port, port > 0, let host = readHost(host) else { return nil }
        return (host, port)
    }

    private static func readHost(_ text: Substring) -> Host? {
        if text.hasPrefix("[") {
            let address = text.dropFirst().dropLast()
            let isIPv6 = address.contains(":") && IPAddress(address) != nil
            return text.hasSuffix("]") && isIPv6 ? .address(String(address)) : nil
        }
        if !text.contains(":") && IPAddress(text) != nil { return .address(String(text)) }
        return isName(text) ? .name(String(text)) : nil
    }

    /// Labels of letters, digits, `-` and `_`. One whose last label is a number would be an address that is none.
    private static func isName(_ text: Substring) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253 && labels.last?.utf8.allSatisfy { 0x30...0x39 ~= $0 } == false
            && labels.allSatisfy { label in
                1...63 ~= label.utf8.count
                    && label.utf8.allSatisfy { byte in
                        0x30...0x39 ~= byte || 0x41...0x5a ~= byte || 0x61...0x7a ~= byte || byte == 0x2d
                            || byte == 0x5f
                    }
            }
    }
}

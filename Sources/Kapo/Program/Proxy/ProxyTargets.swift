import Config
import Host
import Loop
import Machine

/// Who may be checked, and who is meant: this host, or what a header says if it may.
final class ProxyTargets {
    /// Who is meant.
    struct Target: Equatable {
        let address: IPAddress
        let port: UInt16
        /// The host as the spool has it; nil for this one.
        let host: String?
    }

    /// Why somebody is not checked, for people.
    struct Refusal: Error {
        let text: String
    }

    /// Nanoseconds between two looks at this host's addresses, when somebody asks for one that is not known.
    private static let pause: Int64 = 1_000_000_000
    private static let loopback = IPAddress(bytes: [127, 0, 0, 1])

    /// What headers may choose; nil for this host alone.
    private let allowed: [Network]?
    /// Addresses of this host, but for those of the loopback, which are what they are, and of one link.
    private var own: Set<IPAddress>
    private var lookedAt = Clock.monotonic

    init(_ allowed: [Network]?) {
        self.allowed = allowed
        own = Self.read()
    }

    private static func read() -> Set<IPAddress> {
        Set(OwnAddresses.read().compactMap { IPAddress(bytes: $0) }.filter { !$0.isLinkLocal && !$0.isLoopback })
    }

    /// Who the request means, whose path has that port.
    func target(_ request: borrowing HTTPRequest, port: UInt16) throws(Refusal) -> Target {
        let state = request.headerBytes("X-Haproxy-Server-State").map(Self.fields) ?? [:]
        let (address, isOfState) =
            state["address"].map { ($0, true) }
            ?? (request.headerBytes("X-Nerve-Check-IP").map { String(decoding: $0, as: UTF8.self) } ?? "", false)
        guard !address.isEmpty || state["port"] != nil else { return try local(port) }
        var port = port
        if let text = state["port"] {
            guard let number = UInt16(text), number > 0, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
                throw Refusal(text: "X-Haproxy-Server-State: the port is a whole number from 1 to 65535.\n")
            }
            port = number
        }
        guard !address.isEmpty else { return try allow(local(port)) }
        guard let meant = IPAddress(address) else {
            let name = isOfState ? "X-Haproxy-Server-State" : "X-Nerve-Check-IP"
            throw Refusal(text: "\(name): the address is IPv4 or IPv6 in digits; names are not looked up.\n")
        }
        return try allow(Target(address: meant, port: port, host: meant.text))
    }

    private func local(_ port: UInt16) throws(Refusal) -> Target {
        guard let address = Self.loopback else { preconditionFailure("four bytes are an address") }
        return Target(address: address, port: port, host: nil)
    }

    /// The target if it may be checked: this host by any of its addresses is 127.0.0.1.
    private func allow(_ target: Target) throws(Refusal) -> Target {
        let address = target.address
        guard !address.isLinkLocal else {
            throw Refusal(text: "\(address.text) is an address of one link, which is never checked.\n")
        }
        if !own.contains(address), !address.isLoopback, Clock.monotonic - lookedAt > Self.pause {
            own = Self.read()
            lookedAt = Clock.monotonic
        }
        let isOwn = own.contains(address)
        let isAllowed =
            allowed.map { $0.contains { $0.contains(address, port: target.port) } } ?? (isOwn || address.isLoopback)
        guard isAllowed else {
            throw Refusal(
                text: "\(address.text), port \(target.port), may not be checked: allowed_targets says what may.\n")
        }
        return isOwn || address == Self.loopback ? try local(target.port) : target
    }

    /// `UP 2/3; address=10.0.0.1; port=80; name=bck/srv`: what has a name and a value.
    static func fields(_ bytes: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for part in String(decoding: bytes, as: UTF8.self).split(separator: ";") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            fields[String(pair[0].drop { $0 == " " })] = String(pair[1].prefix { $0 != " " })
        }
        return fields
    }
}

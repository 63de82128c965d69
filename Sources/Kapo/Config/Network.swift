import Machine

/// Addresses that belong together, and ports of theirs: `10.0.0.0/8`, `fd00::/8`, `192.0.2.7`, `10.0.0.0/8:8080`,
/// `10.0.0.0/8:8000-8999`, `[fd00::/8]:80`.
package struct Network: Setting, Equatable {
    /// The first address.
    package let address: IPAddress
    /// The leading bits that all of them have: up to 32 of IPv4, up to 128 of IPv6.
    package let prefix: Int
    /// The ports that are meant; nil for all.
    package let ports: ClosedRange<UInt16>?

    /// These addresses, at any port: `prefix` bits of that one.
    package init?(_ address: IPAddress, prefix: Int) {
        self.init(address, prefix, nil)
    }

    /// That address alone, at any port.
    package init(_ address: IPAddress) {
        (self.address, prefix, ports) = (address, Self.width(of: address), nil)
    }

    private init?(_ address: IPAddress, _ prefix: Int, _ ports: ClosedRange<UInt16>?) {
        // To shift by the whole width is 0, and that is right.
        guard 0...Self.width(of: address) ~= prefix, address.number & (Self.mask(address) >> UInt128(prefix)) == 0
        else {
            return nil
        }
        (self.address, self.prefix, self.ports) = (address, prefix, ports)
    }

    /// Reads one. An address with bits behind those of the network is refused: it would be a guess which is meant. IPv6
    /// stands in brackets if ports follow.
    package init(text: String) throws(SettingError) {
        guard let (addresses, ports) = Self.split(text), let network = Self.read(addresses, ports) else {
            throw .notAllowed(
                text,
                "a network: an address, or the first address of a network and the number of its bits, and ports from 1 "
                    + "to 65535 if not all are meant, such as 10.0.0.0/8, 10.0.0.7:8000-8999 or [fd00::/8]:80")
        }
        self = network
    }

    /// True for an address of the network, at a port that is meant. No address of IPv4 is in a network of IPv6.
    package func contains(_ other: IPAddress, port: UInt16) -> Bool {
        guard other.isIPv4 == address.isIPv4, ports.map({ $0 ~= port }) ?? true else { return false }
        let shift = UInt128(Self.width(of: address) - prefix)
        return address.number >> shift == other.number >> shift
    }

    private static func width(of address: IPAddress) -> Int { address.isIPv4 ? 32 : 128 }

    private static func mask(_ address: IPAddress) -> UInt128 { UInt128.max >> UInt128(128 - width(of: address)) }

    // MARK: Reading

    private static func split(_ text: String) -> (addresses: Substring, ports: Substring?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), text[end...].hasPrefix("]:") else { return nil }
            let addresses = text[..<end].dropFirst()
            return addresses.contains(":") ? (addresses, text[end...].dropFirst(2)) : nil
        }
        // One colon is that of ports; IPv6 has two at least.
        guard text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") else {
            return (text[...], nil)
        }
        return (text[..<colon], text[colon...].dropFirst())
    }

    private static func read(_ addresses: Substring, _ ports: Substring?) -> Network? {
        let parts = addresses.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        guard parts.count == 2 else { return read(address, width(of: address), ports) }
        guard parts[1] == "0" || !parts[1].hasPrefix("0"), let prefix = Int(digits: parts[1]) else { return nil }
        return read(address, prefix, ports)
    }

    private static func read(_ address: IPAddress, _ prefix: Int, _ text: Substring?) -> Network? {
        guard let text else { return Network(address, prefix, nil) }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { UInt16(digits: $0) ?? 0 }
        guard let first = ends.first, let last = ends.last, 1 <= first, first <= last else { return nil }
        return Network(address, prefix, first...last)
    }
}

/// An address of IPv4 or IPv6. That of IPv6 which stands for one of IPv4 (`::ffff:10.0.0.1`) is the one of IPv4.
package struct IPAddress: Hashable, Sendable {
    /// The address as one of IPv6, its first byte first; IPv4 is mapped, as RFC 4291 has it.
    private let high: UInt64
    private let low: UInt64

    private static let mapped: UInt64 = 0xffff_0000_0000

    /// The address of these bytes: 4 of IPv4, or 16 of IPv6. Nil for another number of them.
    package init?(bytes: [UInt8]) {
        let number = bytes.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) }
        if bytes.count == 4 {
            (high, low) = (0, Self.mapped | UInt64(truncatingIfNeeded: number))
        } else if bytes.count == 16 {
            (high, low) = (UInt64(truncatingIfNeeded: number >> 64), UInt64(truncatingIfNeeded: number))
        } else {
            return nil
        }
    }

    /// True for IPv4.
    package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// The address as a number: of 32 bits for IPv4, of 128 for IPv6.
    package var number: UInt128 {
        isIPv4 ? UInt128(low & 0xffff_ffff) : UInt128(high) << 64 | UInt128(low)
    }

    /// 4 bytes of IPv4, or 16 of IPv6.
    package var bytes: [UInt8] {
        let count = isIPv4 ? 4 : 16
        return (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt128(8 * (count - 1 - $0))) }
    }

    /// True for an address that is only known on one link: 169.254.0.0/16 and fe80::/10. Clouds keep secrets there.
    package var isLinkLocal: Bool {
        isIPv4 ? number >> 16 == 0xa9fe : high >> 54 == 0xfe80 >> 6
    }

    /// True for this host's own: 127.0.0.0/8 and ::1.
    package var isLoopback: Bool {
        isIPv4 ? number >> 24 == 127 : high == 0 && low == 1
    }
}

// MARK: Texts

extension IPAddress {
    /// Reads an address in digits. IPv4 is four numbers without leading zeros, which some read as octal; IPv6 has no
    /// zone.
    package init?(_ text: some StringProtocol) {
        // 45 is what the longest has, and each is visible ASCII.
        let text = Substring(text)
        guard 2...45 ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else { return nil }
        guard let bytes = Self.ofIPv4(text) ?? Self.ofIPv6(text) else { return nil }
        self.init(bytes: bytes)
    }

    private static func ofIPv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            let isPlain = 1...3 ~= part.utf8.count && part.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            return isPlain && (part == "0" || !part.hasPrefix("0")) ? UInt8(part) : nil
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    /// Eight groups of hexadecimal digits, or fewer around one `::`; the last two may be IPv4.
    private static func ofIPv6(_ text: Substring) -> [UInt8]? {
        let halves = halves(of: text)
        guard let last = halves.last, halves.count <= 2, let tail = groups(last, mayEndInIPv4: true) else { return nil }
        if halves.count == 1 { return tail.count == 16 ? tail : nil }
        guard let head = groups(halves[0], mayEndInIPv4: false), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, group) in groups.enumerated() {
            if mayEndInIPv4 && index == groups.count - 1, let end = ofIPv4(group) {
                bytes += end
            } else if 1...4 ~= group.utf8.count, group.first != "+", group.first != "-",
                let number = UInt16(group, radix: 16)
            {
                bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
            } else {
                return nil
            }
        }
        return bytes
    }

    /// The text, cut at each `::`.
    private static func halves(of text: Substring) -> [Substring] {
        var halves: [Substring] = []
        var start = text.startIndex
        var index = start
        // Ends: each turn moves on.
        while index < text.endIndex {
            if text[index...].hasPrefix("::") {
                halves.append(text[start..<index])
                index = text.index(index, offsetBy: 2)
                start = index
            } else {
                index = text.index(after: index)
            }
        }
        return halves + [text[start...]]
    }

    /// The address as RFC 5952 wants it: lower case, and `::` for the longest run of zeros, the first of several.
    package var text: String {
        if isIPv4 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(16 * (7 - $0))) }
        var longest = 0..<0
        for start in groups.indices {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > longest.count { longest = start..<end }
        }
        let hex = { (groups: ArraySlice<UInt16>) in groups.map { String($0, radix: 16) }.joined(separator: ":") }
        // A single group is not worth it.
        if longest.count < 2 { return hex(groups[...]) }
        return hex(groups[..<longest.lowerBound]) + "::" + hex(groups[longest.upperBound...])
    }
}

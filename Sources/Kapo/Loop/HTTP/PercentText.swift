/// Text in a path (RFC 3986, section 2.1).
enum PercentText {
    /// The text that these bytes stand for; nil when a percent sign is not followed by two hexadecimal digits, or when
    /// the result has a zero byte in it or is no UTF-8. A plus sign is itself.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes
        // Ends: each turn takes a byte away.
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            output.append(high << 4 | low)
        }
        return output.contains(0) ? nil : String(validating: output, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

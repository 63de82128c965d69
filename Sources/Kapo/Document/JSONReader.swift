/// A place in a text of JSON (RFC 8259), and the readings from there on. Each moves behind what it has read, or gives
/// nil, and then the whole text is none. It reads what anybody says, so it is total.
struct JSONReader {
    /// Arrays and objects in each other at most.
    private static let mostDepth = 32

    private let bytes: [UInt8]
    private var index = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var isAtEnd: Bool { index == bytes.count }

    /// Moves behind white space.
    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ word: StaticString) -> Bool {
        let isThere = bytes[index...].starts(with: "\(word)".utf8)
        if isThere { index += word.utf8CodeUnitCount }
        return isThere
    }

    // MARK: Values

    /// The value that the whole text is, with white space around it at most.
    static func value(_ bytes: [UInt8]) -> JSON? {
        var reader = JSONReader(bytes)
        let value = reader.value(0)
        return reader.isAtEnd ? value : nil
    }

    private mutating func object(_ depth: Int) -> JSON? {
        guard depth < Self.mostDepth, take("{") else { return nil }
        var members: [(name: String, value: JSON)] = []
        skipSpace()
        if take("}") { return .object(members) }
        // Ends: each turn takes a member.
        while true {
            skipSpace()
            guard let name = text() else { return nil }
            skipSpace()
            guard take(":"), let value = value(depth + 1) else { return nil }
            members.append((name, value))
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func array(_ depth: Int) -> JSON? {
        guard depth < Self.mostDepth, take("[") else { return nil }
        var values: [JSON] = []
        skipSpace()
        if take("]") { return .array(values) }
        // Ends: each turn takes an element.
        while true {
            guard let value = value(depth + 1) else { return nil }
            values.append(value)
            if take("]") { return .array(values) }
            guard take(",") else { return nil }
        }
    }

    /// A value, with the white space around it.
    private mutating func value(_ depth: Int) -> JSON? {
        skipSpace()
        defer { skipSpace() }
        switch next {
        case UInt8(ascii: "\""): return text().map(JSON.string)
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number()
        }
    }

    /// A number: a whole one that fits, or the nearest there is. What is larger than all of those is the largest.
    private mutating func number() -> JSON? {
        let start = index
        _ = take("-")
        if !take("0") { guard takeDigits() else { return nil } }
        let isWhole = next != UInt8(ascii: ".") && next.map { $0 | 0x20 } != UInt8(ascii: "e")
        if take(".") { guard takeDigits() else { return nil } }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard takeDigits() else { return nil }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        let largest = Double.greatestFiniteMagnitude
        return Double(text).map { .number(min(max($0, -largest), largest)) }
    }

    private mutating func takeDigits() -> Bool {
        let start = index
        while let byte = next, 0x30...0x39 ~= byte { index += 1 }
        return index > start
    }

    // MARK: Texts

    /// A string. Bytes that are no UTF-8, and halves of surrogate pairs, become U+FFFD, as Go has it.
    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        var output: [UInt8] = []
        // Ends: each turn takes a byte.
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: output, as: UTF8.self)
            case 0..<0x20: return nil
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                output += String(scalar).utf8
            default: output.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unit().map { scalar($0) }
        default: return nil
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var number: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            number = number << 4 | UInt32(digit)
        }
        index += 4
        return number
    }

    /// The scalar of a unit of UTF-16, with the one behind it if both are a pair.
    private mutating func scalar(_ high: UInt32) -> Unicode.Scalar {
        let start = index
        if 0xd800...0xdbff ~= high, take("\\u"), let low = unit(), 0xdc00...0xdfff ~= low {
            return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
        }
        index = start
        return Unicode.Scalar(high) ?? "\u{fffd}"
    }
}

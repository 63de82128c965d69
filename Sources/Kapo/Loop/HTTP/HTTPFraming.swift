/// What the head of an answer says of the length of its body: RFC 9112, section 6.3.
struct HTTPFraming {
    /// What every answer begins with that is read here.
    static let version = Array("HTTP/1.".utf8)

    /// Where the body ends.
    enum Body: Equatable {
        case chunked
        case length(UInt64)
        case toEnd
    }

    /// The last transfer coding; nil when there is none.
    private var coding: [UInt8]?
    private var length: UInt64?
    /// True when the connection ends behind the answer (RFC 9112, section 9.3).
    private(set) var closes = false

    /// Takes note of a header line.
    mutating func read(_ line: [UInt8]) throws(HTTPFailure) {
        // The continuation of a value, as it was allowed once.
        if line[0] == 0x20 || line[0] == 0x09 { return }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy({ 0x21...0x7e ~= $0 })
        else { throw .malformed(.header) }
        // Most names are none of these, as their lengths say.
        guard Self.lengths.contains(colon) else { return }
        let value = Self.trimmed(line[(colon + 1)...])
        switch Self.lowercased(line[..<colon]) {
        case Self.contentLength:
            // The same number again, in another header or behind a comma, says nothing new.
            for text in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                guard let number = Self.number(Self.trimmed(text), radix: 10), number == length ?? number else {
                    throw .malformed(.contentLength)
                }
                length = number
            }
        case Self.connection:
            let words = value.split(separator: UInt8(ascii: ","))
            if words.contains(where: { Self.lowercased(Self.trimmed($0)) == Self.close }) { closes = true }
        case Self.transferEncoding:
            let last = value.split(separator: UInt8(ascii: ",")).last ?? []
            coding = Self.lowercased(Self.trimmed(last))
        default: break
        }
    }

    /// Where the body ends, when all headers are read. A transfer coding overrules the length.
    func body() throws(HTTPFailure) -> Body {
        if let coding { return coding == Self.chunked ? .chunked : .toEnd }
        return length.map { .length($0) } ?? .toEnd
    }

    /// The code and the reason of `HTTP/1.1 200 OK`.
    static func status(_ line: [UInt8]) throws(HTTPFailure) -> (code: UInt16, reason: [UInt8]) {
        // A digit of the version, a space, three digits, and nothing or a space.
        let (digit, space, code) = (version.count, version.count + 1, version.count + 2..<version.count + 5)
        guard line.count >= code.upperBound, line.starts(with: version), 0x30...0x39 ~= line[digit],
            line[space] == 0x20, line.count == code.upperBound || line[code.upperBound] == 0x20,
            let number = number(line[code], radix: 10), number >= 100
        else { throw .malformed(.statusLine) }
        return (UInt16(number), Array(trimmed(line[code.upperBound...])))
    }

    /// The size at the beginning of a chunk's first line; extensions are passed over.
    static func chunkSize(_ line: [UInt8]) throws(HTTPFailure) -> UInt64 {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard let size = number(trimmed(digits), radix: 16) else { throw .malformed(.chunk) }
        return size
    }

    // MARK: Bytes

    private static let contentLength = Array("content-length".utf8)
    private static let transferEncoding = Array("transfer-encoding".utf8)
    private static let chunked = Array("chunked".utf8)
    private static let connection = Array("connection".utf8)
    private static let close = Array("close".utf8)
    private static let lengths = [contentLength, transferEncoding, connection].map(\.count)

    /// Digits and nothing else; nil when the number is larger than any file.
    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for byte in digits {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt64.init), digit < radix,
                number < 1 << 58
            else { return nil }
            number = number * radix + digit
        }
        return number
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return [] }
        return bytes[...last].drop(while: isSpace)
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { 0x41...0x5a ~= $0 ? $0 + 0x20 : $0 }
    }
}

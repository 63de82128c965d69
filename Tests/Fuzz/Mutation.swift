import Chance

/// Bytes that are nearly right.
enum Mutation {
    /// The bytes with one to three changes.
    static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.number(1..<4) where !bytes.isEmpty { change(&bytes, &random) }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = random.number(0..<bytes.count)
        switch random.number(0..<8) {
        case 0: bytes[place] ^= 1 << UInt8(random.number(0..<8))
        // Another case of a letter.
        case 1: bytes[place] ^= 0x20
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8(random.number(0..<256)), at: place)
        case 4: bytes.insert(contentsOf: Array(random.pick(words).utf8), at: place)
        case 5:
            let end = random.number(place..<bytes.count) + 1
            bytes.insert(contentsOf: bytes[place..<min(end, place + 40)], at: place)
        case 6: bytes.removeSubrange(place..<min(bytes.count, place + random.number(1..<12)))
        default: bytes.removeLast(random.number(1..<min(5, bytes.count + 1)))
        }
    }

    private static let words = [
        "\r\n", "\n", "\r", " ", ":", "\t", ",", "\0", "\r\n\r\n", "Connection: close\r\n", "Content-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\n", "HTTP/1.0", "GET ", "HEAD ", "0", "-", "+", "//",
    ]

    /// The bytes in two to four pieces.
    static func cut(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
        guard bytes.count > 1 else { return [bytes] }
        // Often at an end of the line: there a parser changes its state.
        let ends = bytes.indices.dropFirst().filter { bytes[$0 - 1] == UInt8(ascii: "\n") || bytes[$0] == 13 }
        var places: Set<Int> = []
        for _ in 0..<random.number(1..<4) {
            let place = ends.isEmpty || random.percent(50) ? random.number(1..<bytes.count) : random.pick(ends)
            places.insert(place)
        }
        var pieces: [[UInt8]] = []
        var begin = 0
        for place in places.sorted() + [bytes.count] {
            pieces.append(Array(bytes[begin..<place]))
            begin = place
        }
        return pieces
    }
}

/// The contents that servers are given: each has a number, and from its bytes it can be told which it is.
enum Content {
    /// The size of the shortest.
    static let smallest = 16

    /// The content of that number.
    static func bytes(serial: Int, size: Int) -> [UInt8] {
        let letter = UInt8(ascii: "a") + UInt8(serial % 26)
        let filler = [UInt8](repeating: letter, count: max(0, size - smallest))
        return Array("content \(padded(serial)) ".utf8) + filler + [UInt8(ascii: "\n")]
    }

    /// What the live route answers for the so-manieth time.
    static func live(count: Int) -> [UInt8] { Array("live \(padded(count))\n".utf8) }

    /// Which content it is. What is not whole, or mixed with another, is none.
    static func read(_ bytes: [UInt8]) -> Answer.Body {
        guard !bytes.isEmpty else { return .none }
        let words = bytes.prefix(smallest - 1).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard words.count == 2, let number = Int(String(decoding: words[1], as: UTF8.self)) else {
            return .other(bytes)
        }
        if bytes.isSame(as: live(count: number)) { return .live(number) }
        return bytes.isSame(as: Self.bytes(serial: number, size: bytes.count)) ? .content(number) : .other(bytes)
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

/// Cuts a stream of bytes into lines: at each newline, at 64 KiB, and where a run of the command ended.
package struct LineSplitter: Sendable {
    /// The longest line in bytes; what is longer goes on in a further line.
    package static let longest = 65536

    private var partial: [UInt8] = []

    /// A splitter with nothing pending.
    package init() {}

    /// Takes the next bytes of the stream and hands out each line that is complete now, without its newline.
    package mutating func take(_ bytes: Span<UInt8>, line: (Span<UInt8>) -> Void) {
        var start = 0
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") {
                finish(with: bytes.extracting(start..<index), line)
                start = index + 1
            } else if partial.count + index - start == Self.longest {
                start = cut(bytes, from: start, before: index, line)
            }
        }
        append(bytes.extracting(start..<bytes.count))
    }

    /// Hands out what came after the last newline, if anything did: the stream has ended.
    package mutating func flush(line: (Span<UInt8>) -> Void) {
        guard !partial.isEmpty else { return }
        line(partial.span)
        partial.removeAll()
    }

    /// Ends an overlong line in front of `index`, or in front of the UTF-8 character that would be cut in two there.
    /// Returns where the next line begins.
    private mutating func cut(
        _ bytes: Span<UInt8>, from start: Int, before index: Int, _ line: (Span<UInt8>) -> Void
    ) -> Int {
        var end = index
        while end > start && index - end < 3 && Self.continues(bytes[end]) { end -= 1 }
        if !Self.continues(bytes[end]) {
            finish(with: bytes.extracting(start..<end), line)
            return end
        }
        if end == start, let carried = carriedBytes(most: 3 - (index - end)) {
            let head = Array(partial.suffix(carried))
            partial.removeLast(carried)
            line(partial.span)
            partial = head
            return start
        }
        finish(with: bytes.extracting(start..<index), line)
        return index
    }

    /// How many bytes at the end of what is pending begin a character that the next bytes go on with; nil when none do.
    private func carriedBytes(most: Int) -> Int? {
        for count in 1...3 where count <= most && count < partial.count {
            let byte = partial[partial.count - count]
            if !Self.continues(byte) { return byte >= 0xC0 ? count : nil }
        }
        return nil
    }

    private static func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private mutating func finish(with tail: Span<UInt8>, _ line: (Span<UInt8>) -> Void) {
        if partial.isEmpty {
            line(tail)
        } else {
            append(tail)
            line(partial.span)
            partial.removeAll(keepingCapacity: true)
        }
    }

    private mutating func append(_ bytes: Span<UInt8>) {
        for index in bytes.indices { partial.append(bytes[index]) }
    }
}

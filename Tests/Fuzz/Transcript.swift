/// What a client has received: whole answers, and what is not one yet.
struct Transcript {
    private(set) var answers: [Answer] = []
    /// What follows the last whole answer.
    private var bytes: [UInt8] = []

    mutating func append(_ more: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: more)
        while let (answer, length) = Answer.first(in: bytes) {
            answers.append(answer)
            bytes.removeFirst(length)
        }
    }

    /// What follows the last whole answer, without the date.
    var rest: [UInt8] { Answer.masked(bytes).head }

    /// The date in what follows the last whole answer, which may be the answer to a HEAD.
    var restDate: String? { Answer.masked(bytes).date }

    /// Answers so far, with one to a HEAD at the end.
    var count: Int { answers.count + (Answer.isHead(bytes) ? 1 : 0) }

    /// False when the last answer has begun and is not whole. The headers alone can be an answer: that to a HEAD.
    var endsWhole: Bool { bytes.isEmpty || Answer.isHead(bytes) }
}

/// One answer, taken apart.
struct Answer {
    /// Status line and headers with the empty line, the date's digits and letters replaced.
    let head: [UInt8]
    let date: String?
    let body: Body

    enum Body: Equatable {
        case none
        /// The content of that number, byte for byte as it should be.
        case content(Int)
        /// The live route, called for the so-manieth time.
        case live(Int)
        case other([UInt8])
    }

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let dateName = Array("\r\nDate: ".utf8)
    private static let lengthName = Array("\r\nContent-Length: ".utf8)
    private static let connectionName = Array("\r\nConnection: ".utf8)
    private static let start = Array("HTTP/1.".utf8)

    /// The first answer and its length; nil when there is none that is whole, or when it is not known yet whether a
    /// body follows.
    static func first(in bytes: [UInt8]) -> (answer: Answer, length: Int)? {
        guard bytes.starts(with: start), let end = bytes.firstIndex(of: headEnd) else { return nil }
        let headLength = end + headEnd.count
        let head = Array(bytes[..<headLength])
        var length = value(of: lengthName, in: head).flatMap { Int($0) } ?? 0
        let follows = bytes[headLength...].prefix(start.count)
        if length > 0 {
            guard !follows.isEmpty else { return nil }
            // No body begins like this: it was a HEAD.
            if start.starts(with: follows) || follows.starts(with: start) { length = 0 }
        }
        guard bytes.count >= headLength + length else { return nil }
        let body = Content.read(Array(bytes[headLength..<(headLength + length)]))
        let (masked, date) = masked(head)
        return (Answer(head: masked, date: date, body: body), headLength + length)
    }

    /// True for the head of an answer, and nothing else.
    static func isHead(_ bytes: [UInt8]) -> Bool {
        bytes.firstIndex(of: headEnd).map { $0 + headEnd.count == bytes.count } ?? false
    }

    /// The bytes with the first date made unreadable, and that date.
    static func masked(_ bytes: [UInt8]) -> (head: [UInt8], date: String?) {
        guard let begin = bytes.firstIndex(of: dateName), let date = value(of: dateName, in: bytes) else {
            return (bytes, nil)
        }
        let place = begin + dateName.count
        let letters = [UInt8](repeating: UInt8(ascii: "*"), count: date.utf8.count)
        return (bytes[..<place] + letters + bytes[(place + letters.count)...], date)
    }

    /// The head without what depends on which content it was: for answers that may differ in that.
    var headWithoutLength: [UInt8] {
        guard let begin = head.firstIndex(of: Self.lengthName) else { return head }
        return Array(head[..<begin] + head[(begin + 2)...].drop { $0 != UInt8(ascii: "\r") })
    }

    /// True when it says that it is the last one.
    var closes: Bool { Self.value(of: Self.connectionName, in: head) == "close" }

    var isSuccess: Bool { head.count > 12 && head[9] == UInt8(ascii: "2") }

    private static func value(of name: [UInt8], in bytes: [UInt8]) -> String? {
        bytes.firstIndex(of: name).map { place in
            String(decoding: bytes[(place + name.count)...].prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        }
    }
}

extension Answer: CustomStringConvertible {
    var description: String {
        let line = EscapedBytes.text(of: Array(head.prefix { $0 != UInt8(ascii: "\r") }))
        let length = Self.value(of: Self.lengthName, in: head) ?? "-"
        return switch body {
        case .none: "\(line), Content-Length \(length), no body"
        case .content(let serial): "\(line), content \(serial) of \(length) bytes"
        case .live(let count): "\(line), live \(count)"
        case .other(let bytes): "\(line), \(EscapedBytes.text(of: Array(bytes.prefix(200))))"
        }
    }
}

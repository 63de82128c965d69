/// Scripts as people read and write them: a step a line, and comments behind `#`.
///
///     open 0 deferred small
///     send 0 GET / HTTP/1.1\r\nA: \(a*900)\r\n\r\n
///     pump
extension Script {
    var text: String { steps.map { $0.text + "\n" }.joined() }

    /// The script that a text tells; nil when a line of it is not a step.
    init?(text: String) {
        // A carriage return with a newline is one Character, which would not be found.
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            guard let step = Step(text: String(decoding: line, as: UTF8.self)) else { return nil }
            steps.append(step)
        }
    }
}

extension Script.Step {
    var text: String {
        switch self {
        case .open(let connection, let flavour):
            "open \(connection)" + (flavour.isDeferred ? " deferred" : "") + (flavour.isSmall ? " small" : "")
        case .send(let connection, let bytes): "send \(connection) \(EscapedBytes.text(of: bytes))"
        case .pump: "pump"
        case .turn: "turn"
        case .content(let size): "content \(size)"
        case .finish(let connection): "finish \(connection)"
        case .close(let connection): "close \(connection)"
        case .reset(let connection): "reset \(connection)"
        case .pause(let connection): "pause \(connection)"
        case .resume(let connection): "resume \(connection)"
        case .second: "second"
        }
    }

    init?(text: String) {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard let verb = words.first else { return nil }
        let number = words.count > 1 ? Int(words[1]) : nil
        switch (verb, number) {
        case ("pump", _) where words.count == 1: self = .pump
        case ("turn", _) where words.count == 1: self = .turn
        case ("second", _) where words.count == 1: self = .second
        case ("content", let size?): self = .content(size)
        case (_, let connection?) where (0..<Script.connections).contains(connection):
            self.init(verb, connection, words.count > 2 ? words[2] : "")
        default: return nil
        }
    }

    private init?(_ verb: String, _ connection: Int, _ rest: String) {
        switch verb {
        case "open":
            let words = rest.split(separator: " ")
            let flavour = Script.Flavour(isDeferred: words.contains("deferred"), isSmall: words.contains("small"))
            self = .open(connection, flavour)
        case "send":
            guard let bytes = EscapedBytes.bytes(of: rest) else { return nil }
            self = .send(connection, bytes)
        case "finish": self = .finish(connection)
        case "close": self = .close(connection)
        case "reset": self = .reset(connection)
        case "pause": self = .pause(connection)
        case "resume": self = .resume(connection)
        default: return nil
        }
    }
}

/// Any bytes on one line: `\r`, `\n`, `\\`, `\x00`, and `\(a*900)` for 900 times the letter a.
enum EscapedBytes {
    /// A byte that is repeated at least so often is told with its count.
    private static let run = 12

    static func text(of bytes: [UInt8]) -> String {
        var text = ""
        var index = 0
        while index < bytes.count {
            let count = bytes[index...].prefix { $0 == bytes[index] }.count
            let isLong = count >= run
            // A space at an end of the line would not be seen.
            let isEnd = index == 0 || index == bytes.count - 1
            let byte = bytes[index] == UInt8(ascii: " ") && isEnd ? "\\x20" : escaped(bytes[index])
            text += isLong ? "\\(\(byte)*\(count))" : byte
            index += isLong ? count : 1
        }
        return text
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\r"): return "\\r"
        case UInt8(ascii: "\n"): return "\\n"
        case UInt8(ascii: "\\"): return "\\\\"
        case 0x20..<0x7f: return String(UnicodeScalar(byte))
        default:
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
    }

    /// Nil when an escape is not one.
    static func bytes(of text: String) -> [UInt8]? {
        var input = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while !input.isEmpty {
            guard !input.starts(with: Array("\\(".utf8)) else {
                input = input.dropFirst(2)
                guard let byte = takeByte(&input), input.popFirst() == UInt8(ascii: "*") else { return nil }
                let digits = input.prefix { $0 != UInt8(ascii: ")") }
                input = input.dropFirst(digits.count)
                guard input.popFirst() != nil, let count = Int(String(decoding: digits, as: UTF8.self)), count > 0
                else { return nil }
                bytes += [UInt8](repeating: byte, count: count)
                continue
            }
            guard let byte = takeByte(&input) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func takeByte(_ input: inout ArraySlice<UInt8>) -> UInt8? {
        guard let byte = input.popFirst() else { return nil }
        guard byte == UInt8(ascii: "\\") else { return byte }
        switch input.popFirst() {
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "x"):
            let digits = input.prefix(2)
            input = input.dropFirst(2)
            return digits.count == 2 ? UInt8(String(decoding: digits, as: UTF8.self), radix: 16) : nil
        default: return nil
        }
    }
}

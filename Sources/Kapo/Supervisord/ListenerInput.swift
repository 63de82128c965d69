/// What supervisord writes to an event listener: a line of `key:value` pairs for each event, and as many bytes behind
/// it as its `len` says (http://supervisord.org/events.html). Of the bytes nothing is kept.
package struct ListenerInput {
    /// Bytes of a header line: supervisord's have about 100.
    static let mostLineBytes = 4096
    /// Bytes behind it that are believed: what a process says to its listeners is not as long.
    static let mostPayloadBytes = 1 << 30

    /// Why the input cannot be understood. Nothing behind it can be, either.
    package struct Mistake: Error, Equatable, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// Bytes that were not looked at yet.
    private var rest: ArraySlice<UInt8> = []
    private var line: [UInt8] = []
    /// The event whose bytes are not all there, and how many are missing.
    private var begun: (name: String, missing: Int)?

    /// Nothing has come.
    package init() {}

    /// Takes what has come: a piece of any size.
    package mutating func take(_ bytes: some Sequence<UInt8>) { rest += bytes }

    /// The name of the next event, `TICK_5` for instance, once it is there as a whole; nil when more must come first.
    package mutating func next() throws(Mistake) -> String? {
        if begun == nil {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let piece = rest[..<(end ?? rest.endIndex)]
            guard line.count + piece.count <= Self.mostLineBytes else {
                throw Mistake(description: "a header of over \(Self.mostLineBytes) bytes")
            }
            line += piece
            rest = end.map { rest[($0 + 1)...] } ?? []
            guard end != nil else { return nil }
            begun = try Self.read(line)
            line = []
        }
        guard var event = begun else { return nil }
        let count = min(event.missing, rest.count)
        rest = rest.dropFirst(count)
        event.missing -= count
        begun = event.missing > 0 ? event : nil
        return event.missing > 0 ? nil : event.name
    }

    private static func read(_ line: [UInt8]) throws(Mistake) -> (String, Int) {
        var fields: [String: String] = [:]
        for word in String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\r" }) {
            let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw mistake(line, "a header with a word that is no key:value") }
            fields[String(parts[0])] = String(parts[1])
        }
        guard let name = fields["eventname"], !name.isEmpty else { throw mistake(line, "a header without eventname") }
        guard let text = fields["len"], let length = Int(text), 0...mostPayloadBytes ~= length,
            text.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        else { throw mistake(line, "a header without a len from 0 to \(mostPayloadBytes)") }
        return (name, length)
    }

    private static func mistake(_ line: [UInt8], _ words: String) -> Mistake {
        let shown = String(decoding: line.prefix(200), as: UTF8.self).unicodeScalars.map {
            $0.properties.generalCategory == .control ? "\u{fffd}" : String($0)
        }
        return Mistake(description: "\(words): '\(shown.joined())'")
    }
}

/// What an event listener writes to supervisord.
package enum ListenerOutput {
    /// It wants the next event.
    package static let ready = Array("READY\n".utf8)
    /// The event is dealt with.
    package static let done = Array("RESULT 2\nOK".utf8)
}

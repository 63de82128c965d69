import Testing

@testable import Supervisord

@Suite("What supervisord tells an event listener")
struct ListenerInputTests {
    private static let tick =
        "ver:3.0 server:supervisor serial:21 pool:web poolserial:10 eventname:TICK_5 len:15\nwhen:1201063880"
    private static let exit =
        "ver:3.0 server:supervisor serial:22 pool:web poolserial:11 eventname:PROCESS_STATE_EXITED len:56\n"
        + "processname:cat groupname:cat from_state:RUNNING expected"

    /// All that is heard of these pieces.
    private func events(_ pieces: [String]) throws(ListenerInput.Mistake) -> [String] {
        var input = ListenerInput()
        var events: [String] = []
        for piece in pieces {
            input.take(piece.utf8)
            while let event = try input.next() { events.append(event) }
        }
        return events
    }

    @Test("an event is its header and its bytes, in pieces of any size, and several at once")
    func pieces() throws {
        let text = Self.tick + Self.exit.dropLast() + Self.tick
        let names = ["TICK_5", "PROCESS_STATE_EXITED", "TICK_5"]
        for size in 1...text.utf8.count {
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
            }
            #expect(try events(pieces) == names, "in pieces of \(size)")
        }
    }

    @Test("an event is not there before its last byte is")
    func incomplete() throws {
        #expect(try events([String(Self.tick.dropLast())]) == [])
        #expect(try events([String(Self.tick.dropLast()), "0"]) == ["TICK_5"])
        #expect(try events(["eventname:A len:0"]) == [])
        #expect(try events(["eventname:A len:0", "\n"]) == ["A"])
        #expect(try events(["eventname:A len:0\neventname:B len:1\nxeventname:C"]) == ["A", "B"])
    }

    @Test("payloads may have any bytes, and are not kept")
    func payloads() throws {
        var input = ListenerInput()
        input.take("eventname:A len:1000000\n".utf8)
        for _ in 0..<1000 {
            #expect(try input.next() == nil)
            input.take([UInt8](repeating: 0x0a, count: 1000))
        }
        #expect(try input.next() == "A")
    }

    @Test(
        "what cannot be understood ends it",
        arguments: [
            "\n", "hello\n", "eventname:A\n", "len:5\n", "eventname: len:5\n", "eventname:A len:\n",
            "eventname:A len:-1\n", "eventname:A len:+1\n", "eventname:A len:0x1\n", "eventname:A len:1073741825\n",
            "eventname:A len:99999999999999999999\n", "eventname:A word len:1\n", "\u{1b}[31m\n",
            String(repeating: "a", count: 4097), "eventname:A len:1 x:\(String(repeating: "a", count: 4096))\n",
        ])
    func mistakes(_ text: String) {
        #expect(throws: ListenerInput.Mistake.self) { try events([text]) }
        #expect(throws: ListenerInput.Mistake.self) { try events(text.utf8.map { String(Unicode.Scalar($0)) }) }
    }

    @Test("a mistake shows what came, on one line, and not all of it")
    func shown() throws {
        let mistake = #expect(throws: ListenerInput.Mistake.self) {
            try events(["\u{1b}[31m\(String(repeating: "b", count: 1000))\n"])
        }
        let words = "\(try #require(mistake))"
        #expect(words.hasPrefix("a header with a word that is no key:value: '\u{fffd}[31mbbb"))
        #expect(words.utf8.count < 300)
    }

    @Test("the answers are those of the protocol")
    func output() {
        #expect(String(decoding: ListenerOutput.ready, as: UTF8.self) == "READY\n")
        #expect(String(decoding: ListenerOutput.done, as: UTF8.self) == "RESULT 2\nOK")
    }
}

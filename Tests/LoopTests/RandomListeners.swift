import Testing

@testable import Loop

/// Clients of a stream that do anything at any time.
final class RandomListeners {
    private struct Listener {
        let client: Client
        /// False once it was closed.
        var isThere = true
    }

    private let rig: Rig
    private let server: HTTPServer
    private let stream: HTTPEventStream
    private let port: UInt16
    private var state: UInt64
    private var listeners: [Listener] = []
    /// All that was said so far, without greetings.
    private var said = ""

    init(_ rig: Rig, seed: UInt64) throws {
        self.rig = rig
        state = seed
        (server, stream, port) = try rig.stream(limit: 8, sendBuffer: 4096)
    }

    func run(steps: Int) throws {
        for _ in 0..<steps {
            try step()
            if random(3) > 0 { rig.turn() }
        }
        server.finishConnections()
        for listener in listeners { listener.client.isReading = true }
        try rig.until("the end of all") {
            // Those that were refused.
            server.closeIdle(unusedForSeconds: 0)
            return listeners.allSatisfy { !$0.isThere || $0.client.ending != nil }
        }
        let heard = listeners.filter(\.isThere).map(\.client.heard)
        let streams = heard.filter { $0.headers["content-type"] == "text/event-stream" }
        #expect(streams.count > 5 && streams.contains { $0.isOver } && streams.contains { !$0.isOver })
        for heard in streams { check(heard) }
        for listener in listeners { listener.client.close() }
        try rig.until("nobody is there") { server.counters.connectionsOpen == 0 }
        #expect(stream.listenerCount == 0 && server.connectionsAnswering == 0)
    }

    /// The greeting, and then what was said from one event on, up to the end if the stream ended.
    private func check(_ heard: Heard) {
        let greeting = "hello\n\n"
        #expect(!heard.isBroken && (heard.text + greeting).hasPrefix(heard.text.isEmpty ? "" : greeting))
        let text = heard.text.dropFirst(greeting.count)
        // Each event says where it begins.
        let digits = text.dropFirst("data: ".count).prefix { $0.isNumber }
        guard let begin = Int(digits) else {
            #expect(text.count < 12, "\(text.prefix(100))")
            return
        }
        let rest = said.utf8.dropFirst(begin)
        #expect(String(decoding: rest.prefix(text.utf8.count), as: UTF8.self) == text)
        if heard.isOver { #expect(rest.count == text.utf8.count) }
    }

    private func step() throws {
        switch random(12) {
        case 0..<3:
            let request = [Client.listen, Client.listenInOldWay, Client.listen + Client.listen, "GET /events HT"][
                random(4)]
            let buffer: Int32? = random(2) == 0 ? 4096 : nil
            listeners.append(Listener(client: try rig.listener(port, receiveBuffer: buffer, request)))
            if request.hasSuffix("HT") { listeners[listeners.count - 1].client.finish() }
        case 3..<8:
            let event = "data: \(said.count) \(String(repeating: "x", count: [3, 300, 9000][random(3)]))\n\n"
            said += event
            stream.say(event)
        case 8: pick { $0.client.isReading.toggle() }
        case 9: pick { $0.client.send("more\r\n\r\n") }
        case 10: pick { $0.client.finish() }
        default:
            pick { listener in
                listener.isThere = false
                if random(2) == 0 { listener.client.close() } else { listener.client.reset() }
            }
        }
    }

    private func pick(_ change: (inout Listener) -> Void) {
        let there = listeners.indices.filter { listeners[$0].isThere }
        if !there.isEmpty { change(&listeners[there[random(there.count)]]) }
    }

    /// A number below `end`: Knuth's linear congruential generator (MMIX), its upper half.
    private func random(_ end: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % end
    }
}

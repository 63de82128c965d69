import Testing

@testable import Loop

@Suite("What the clients of a stream may do")
struct HTTPStreamClientTests {
    @Test(
        "one that goes is forgotten at once, without a word from the stream", arguments: ["close", "reset", "finish"])
    func gone(how: String) async {
        await #expect(processExitsWith: .success) { [how = how as String] in
            Rig.run { rig in
                let (server, stream, port) = try rig.stream()
                let clients = try [Client.listen, Client.listenInOldWay].map { try rig.listener(port, $0) }
                try rig.until("both listen") { clients.allSatisfy { $0.heard.text == "hello\n\n" } }
                for client in clients {
                    switch how {
                    case "close": client.close()
                    case "reset": client.reset()
                    default: client.finish()
                    }
                }
                try rig.until("nobody is there") { server.counters.connectionsOpen == 0 }
                #expect(stream.listenerCount == 0)
                stream.say("data: 1\n\n")
            }
        }
    }

    @Test("one that is too far behind is dropped, and the others do not notice")
    func slow() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream(sendBuffer: 4096)
                let slow = try [Client.listen, Client.listenInOldWay, Client.listen].map {
                    try rig.listener(port, receiveBuffer: 4096, $0)
                }
                let quick = try rig.listener(port)
                try rig.until("all listen") { rig.clients.allSatisfy { $0.heard.text == "hello\n\n" } }
                for client in slow { client.isReading = false }
                var said = "hello\n\n"
                for number in 0..<60 {
                    let event = "data: \(number) \(String(repeating: "x", count: 4000))\n\n"
                    said += event
                    stream.say(event)
                    try rig.until("the quick one hears") { quick.heard.text == said }
                }
                try rig.until("the slow ones are gone") { stream.listenerCount == 1 }
                #expect(server.counters.connectionsOpen == 1 && server.connectionsAnswering == 0)
                for client in slow { client.isReading = true }
                try rig.until("their end") { slow.allSatisfy { $0.ending != nil } }
                for client in slow {
                    let heard = client.heard
                    #expect(said.hasPrefix(heard.text) && heard.text.count < said.count && !heard.isOver)
                }
                #expect(quick.ending == nil)
            }
        }
    }

    @Test("a message of any size may wait, with more behind it: that is not what makes a listener slow")
    func large() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let greeting = String(repeating: "g", count: 300_000)
                let (_, stream, port) = try rig.stream(greeting: greeting, sendBuffer: 4096)
                let client = try rig.listener(port, receiveBuffer: 4096)
                client.isReading = false
                try rig.until("it listens") { stream.listenerCount == 1 }
                let event = String(repeating: "e", count: 400_000)
                stream.say("data: 1\n\n")
                stream.say(event)
                #expect(stream.listenerCount == 1)
                stream.say("too much")
                #expect(stream.listenerCount == 0)
                let other = try rig.listener(port)
                try rig.until("the greeting") { other.heard.text == greeting }
                stream.say(event)
                try rig.until("the event") { other.heard.text == greeting + event }
            }
        }
    }

    @Test("what is sent behind the request for a stream gets no answer, and costs nothing")
    func pipelined() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, stream, port) = try rig.stream()
                let other = "GET / HTTP/1.1\r\n\r\n"
                let together = try rig.listener(port, other + Client.listen + other + "GET")
                let apart = try rig.listener(port)
                try rig.until("both listen") { stream.listenerCount == 2 }
                #expect(together.answers().first?.body == "content")
                // Far more than a connection may hold.
                for _ in 0..<100 {
                    for client in [together, apart] { client.send(String(repeating: other, count: 500)) }
                    rig.turn()
                }
                stream.say("data: 1\n\n")
                try rig.until("both hear") { [together, apart].allSatisfy { $0.text.contains("data: 1\n\n") } }
                #expect(server.counters.requestsServed == 3)
                together.close()
                try rig.until("it is forgotten") { stream.listenerCount == 1 }
                stream.end()
                try rig.until("the end") { apart.ending != nil }
                #expect(apart.ending == .finished && apart.heard.isOver && apart.heard.text == "hello\n\ndata: 1\n\n")
                #expect(server.counters.connectionsOpen == 0)
            }
        }
    }

    @Test("whatever clients do, each hears a beginning of what was said", arguments: 1...4)
    func anything(seed: Int) async {
        await #expect(processExitsWith: .success) { [seed = seed as Int] in
            Rig.run { rig in try RandomListeners(rig, seed: UInt64(seed)).run(steps: 400) }
        }
    }
}

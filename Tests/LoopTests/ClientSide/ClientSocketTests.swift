import Glibc
import Peers
import Testing

@testable import Loop

@Suite("A connection to the first of some places that takes one")
struct ClientSocketTests {
    @Test("places are tried in turn, until one takes it; if none does, the first says why")
    func places() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let server = try ScriptedServer(rig.loop, [.readRequest, .send("hello"), .close])
                let gone = try Listener()
                close(gone.descriptor)
                let missing = try #require(SocketPlace(unixPath: "/nonexistent/socket"))
                let six = try Listener("::1")
                close(six.descriptor)
                for places in [
                    [server.place], [gone.place, server.place], [missing, six.place, gone.place, server.place],
                    [server.place, gone.place],
                ] {
                    let talk = try rig.talk(places, "ask\r\n\r\n")
                    #expect(talk.text == "hello" && talk.events == [.ended])
                }
                #expect(server.requests == Array(repeating: "ask\r\n\r\n", count: 4), "sent once, whoever was tried")
                for (places, code) in [
                    ([gone.place, missing], ECONNREFUSED), ([missing, gone.place], ENOENT), ([six.place], ECONNREFUSED),
                    ([], ENOENT),
                ] {
                    for greeting in ["", "ask"] {
                        let talk = try rig.talk(places, greeting)
                        #expect(talk.events == [.failed(.unreachable(code: code))])
                    }
                }
            }
        }
    }

    @Test("a unix socket whose queue is full is tried again until there is room")
    func fullQueue() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let path = "/tmp/kapo-queue-\(getpid())"
                let listener = try Listener("", path, backlog: 0)
                defer {
                    close(listener.descriptor)
                    // The path is copied by the kernel.
                    unsafe unlink(path)
                }
                let talks = (0..<4).map { _ in Talk(rig.loop) }
                for talk in talks { talk.socket?.connect([listener.place], greeting: []) }
                try rig.until("one is connected") { talks.contains { $0.events == [.connected] } }
                #expect(talks.contains { $0.events == [] }, "and one is not")
                try rig.until("all are") {
                    // The peer's address is not asked for.
                    let client = accept(listener.descriptor, nil, nil)
                    if client >= 0 { close(client) }
                    return talks.allSatisfy { $0.events.first == .connected }
                }
            }
        }
    }

    @Test("without a greeting it says when it is connected, once; then bytes go both ways, in their order")
    func without() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let server = try ScriptedServer(
                    rig.loop,
                    [.readLine, .send("one"), .readLine, .pause, .send("two"), .pause, .send("three"), .finish])
                let talk = Talk(rig.loop)
                talk.socket?.connect([server.place], greeting: [])
                #expect(talk.events == [])
                try rig.until("it is connected") { talk.events == [.connected] }
                talk.socket?.send(Array("first\n".utf8))
                try rig.until("an answer") { talk.text == "one" }
                talk.socket?.send(Array("sec".utf8))
                talk.socket?.send(Array("ond\n".utf8))
                try rig.until("the end") { talk.events == [.connected, .ended] }
                #expect(talk.text == "onetwothree" && server.requests == ["first\n", "second\n"])
            }
        }
    }

    @Test("more than the socket takes is sent when it takes more")
    func large() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let body = String(repeating: "x", count: 5_000_000)
                let server = try ScriptedServer(rig.loop, [.readRequest, .send(body), .close])
                let greeting = String(repeating: "y", count: 8_000_000) + "\r\n\r\n"
                let talk = try rig.talk([server.place], greeting)
                #expect(server.requests.map(\.utf8.count) == [8_000_004])
                #expect(talk.bytes.count == 5_000_000 && talk.events == [.ended] && talk.pieces > 1)
            }
        }
    }

    @Test("a server that answers without reading, and one that resets, are heard")
    func rude() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let first = try ScriptedServer(rig.loop, [.send("answer"), .close])
                #expect(try rig.talk([first.place], "ask").text == "answer")
                let reset = try ScriptedServer(rig.loop, [.readRequest, .reset])
                #expect(try rig.talk([reset.place], "ask\r\n\r\n").events == [.failed(.broken(code: ECONNRESET))])
                let silent = try ScriptedServer(rig.loop, [.close])
                let talk = try rig.talk([silent.place])
                #expect(talk.events == [.connected, .ended])
            }
        }
    }

    @Test("closed, in the middle of what it is told too, it tells nothing more and has no descriptor")
    func closed() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let server = try ScriptedServer(rig.loop, [.send("one"), .wait])
                let talk = Talk(rig.loop)
                talk.whenReceived = { $0.socket = nil }
                talk.socket?.connect([server.place], greeting: Array("x".utf8))
                try rig.until("it is closed") { talk.socket == nil }
                try rig.until("the server sees the end") { server.accepted == 1 && server.open == 0 }
                #expect(talk.events == [] && talk.text == "one")
                let early = Talk(rig.loop)
                early.socket?.connect([server.place], greeting: [])
                early.socket?.close()
                let refused = Talk(rig.loop)
                refused.socket?.connect([], greeting: [])
                refused.socket = nil
                rig.settle()
                #expect(early.events == [] && refused.events == [])
            }
        }
    }

    @Test("a place whose queue is full is waited for")
    func full() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let path = "/tmp/kapo-full-\(getpid()).sock"
                defer { unsafe unlink(path) }
                for listener in [try Listener(backlog: 0), try Listener("", path, backlog: 0)] {
                    let first = try listener.place.connect().get()
                    let talk = Talk(rig.loop)
                    talk.socket?.connect([listener.place], greeting: [])
                    rig.settle()
                    #expect(talk.events == [])
                    close(first)
                    close(listener.descriptor)
                }
            }
        }
    }
}

import Testing

@testable import Loop

@Suite("A line server that is asked answers the first line")
struct LineQuestionTests {
    /// A server that repeats what it is asked, between brackets.
    private static func server(_ rig: Rig, connections: Int = 256) throws -> (server: LineServer, port: UInt16) {
        let (descriptor, port) = try Socket.listening()
        let server = try LineServer(rig.loop, on: descriptor, connections: connections) { question in
            Array("[\(String(decoding: question, as: UTF8.self))]\n".utf8)
        }
        return (server, port)
    }

    @Test("the line without its end, whether LF or CR LF, empty too; what comes behind it is passed over")
    func lines() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig)
                for (question, answer) in [
                    ("web:80\n", "[web:80]\n"), ("web:80\r\n", "[web:80]\n"), ("\n", "[]\n"), ("\r\n", "[]\n"),
                    ("a\r\r\n", "[a\r]\n"), ("a\0b\n", "[a\0b]\n"), ("one\ntwo\nthree", "[one]\n"),
                    (" a b \n", "[ a b ]\n"),
                ] {
                    let client = try rig.client(port)
                    client.send(question)
                    try rig.until("the line's end") { client.ending != nil }
                    #expect(client.text == answer && client.ending == .finished)
                    client.send("more\n")
                    rig.settle()
                    #expect(client.hasNoError && client.text == answer)
                    client.close()
                    try rig.until("it is forgotten") { server.connectionsOpen == 0 }
                }
                #expect(server.linesTold == 8)
            }
        }
    }

    @Test("a line that comes byte by byte is answered when it is whole, while others are answered")
    func pieces() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig)
                let slow = try rig.client(port)
                for byte in ["w", "e", "b", ":", "8", "0", "\r"] {
                    slow.send(byte)
                    rig.settle()
                    #expect(slow.received == [] && slow.ending == nil)
                    let quick = try rig.client(port)
                    quick.send("quick\n")
                    try rig.until("the other's line") { quick.ending != nil }
                    #expect(quick.text == "[quick]\n")
                    quick.close()
                }
                slow.send("\n")
                try rig.until("the line's end") { slow.ending != nil }
                #expect(slow.text == "[web:80]\n" && server.linesTold == 8)
            }
        }
    }

    @Test("a line of 512 bytes is the longest, its end included, however it comes; a longer one is told nothing")
    func longest() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig)
                for (count, isAnswered) in [(510, true), (511, true), (512, false), (600, false), (5000, false)] {
                    let line = String(repeating: "x", count: count)
                    for pieces in [[line + "\n"], [String(line.prefix(400)), String(line.dropFirst(400)) + "\n"]] {
                        let client = try rig.client(port)
                        for piece in pieces {
                            client.send(piece)
                            rig.settle()
                        }
                        try rig.until("the end") { client.ending != nil }
                        #expect(client.text == (isAnswered ? "[\(line)]\n" : ""), "\(count) in \(pieces.count)")
                        client.close()
                        try rig.until("it is forgotten") { server.connectionsOpen == 0 }
                    }
                }
                #expect(server.linesTold == 4)
            }
        }
    }

    @Test("who sends no more is told nothing, unless its line was whole; and who goes is forgotten")
    func halfClosed() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig)
                for (question, answer) in [("", ""), ("web", ""), ("web\n", "[web]\n"), ("a\nb", "[a]\n")] {
                    let client = try rig.client(port)
                    client.send(question)
                    client.finish()
                    try rig.until("the end") { client.ending != nil }
                    #expect(client.text == answer && client.ending == .finished)
                    try rig.until("it is forgotten") { server.connectionsOpen == 0 }
                }
                let (closing, resetting) = (try rig.client(port), try rig.client(port))
                for client in [closing, resetting] { client.send("half") }
                try rig.until("they are there") { server.connectionsOpen == 2 }
                closing.close()
                resetting.reset()
                try rig.until("they are forgotten") { server.connectionsOpen == 0 }
                #expect(server.linesTold == 2)
            }
        }
    }

    @Test("who says nothing, or no whole line, is left after a while; who has asked has as much time again")
    func silent() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig)
                let (silent, half, asking) = (try rig.client(port), try rig.client(port), try rig.client(port))
                let begin = rig.now()
                half.send("ha")
                try rig.until("they are there") { server.connectionsOpen == 3 }
                try rig.until("half of the time is over") { rig.now() - begin > 2500 }
                asking.send("web\n")
                try rig.until("two are left") { silent.ending != nil && half.ending != nil }
                #expect(rig.now() - begin >= 4_900 && silent.text == "" && half.text == "")
                #expect(asking.text == "[web]\n" && server.connectionsOpen == 1)
                try rig.until("it is left too") { server.connectionsOpen == 0 }
                #expect(rig.now() - begin >= 7_400)
            }
        }
    }

    @Test("silent ones hold their places, and the next waits until one has gone")
    func most() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try Self.server(rig, connections: 3)
                let silent = try (0..<3).map { _ in try rig.client(port) }
                try rig.until("they are there") { server.connectionsOpen == 3 }
                let next = try rig.client(port)
                next.send("web\n")
                rig.settle()
                #expect(next.received == [] && server.connectionsOpen == 3)
                silent[1].reset()
                try rig.until("the line's end") { next.ending != nil }
                #expect(next.text == "[web]\n")
            }
        }
    }

    @Test("an answer is cut where it would not fit into the socket")
    func longAnswer() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (descriptor, port) = try Socket.listening()
                let server = try LineServer(rig.loop, on: descriptor) { _ in [UInt8](repeating: 0x78, count: 5000) }
                let client = try rig.client(port)
                client.send("\n")
                try rig.until("the line's end") { client.ending != nil }
                #expect(client.received.count == LineServer.lineBytes && server.linesTold == 1)
            }
        }
    }
}

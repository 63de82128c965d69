import Testing

@testable import Loop

@Suite("Requests behind one that waits for its answer")
struct HTTPLaterPipelineTests {
    @Test("they are answered in their order, and none is lost: all in one packet")
    func together() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                let client = try rig.client(port)
                client.send(
                    "GET / HTTP/1.1\r\n\r\nGET /later/a HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"
                        + "POST /later/b HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyzGET /later/c HTTP/1.1\r\n\r\nGET /")
                for (path, before) in [("/later/a", 1), ("/later/b", 3), ("/later/c", 4)] {
                    try rig.until("\(path) is asked for") { owed.paths == [path] }
                    rig.settle()
                    #expect(client.answers().count == before)
                    try owed.send(path, path)
                }
                try rig.until("the last answer") { client.answers().count == 5 }
                client.send(" HTTP/1.1\r\n\r\n")
                try rig.until("one more") { client.answers().count == 6 }
                let bodies = client.answers().map(\.body)
                #expect(bodies == ["content", "/later/a", "content", "/later/b", "/later/c", "content"])
            }
        }
    }

    @Test("what comes while it waits is read when it is answered, in however many packets")
    func meanwhile() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                let second = "GET /later/b HTTP/1.1\r\nHost: x\r\n\r\n"
                for pieces in [[second], second.map { String($0) }, [String(second.prefix(30))]] {
                    let client = try rig.waiter(port, "/later/a", owed)
                    for piece in pieces {
                        client.send(piece)
                        rig.settle()
                    }
                    #expect(owed.paths == ["/later/a"] && client.received == [])
                    try owed.send("/later/a", "first")
                    try rig.until("the answer") { client.answers().count == 1 }
                    if pieces[0].count == 30 { client.send(String(second.dropFirst(30))) }
                    try rig.until("the next is asked for") { owed.paths == ["/later/b"] }
                    try owed.send("/later/b", "second")
                    try rig.until("both answers") { client.answers().count == 2 }
                    #expect(client.answers().map(\.body) == ["first", "second"])
                }
            }
        }
    }

    @Test(
        "what comes while it waits may be a thousand requests, all answered, and held back where they are too many"
    )
    func many() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let client = try rig.waiter(port, "/later/a", owed)
                let request = "GET /x HTTP/1.1\r\nHost: \(String(repeating: "h", count: 80))\r\n\r\n"
                for _ in 0..<100 {
                    client.send(String(repeating: request, count: 10))
                    rig.settle()
                }
                let held = server.connections.first?.waitingInput ?? 0
                #expect(server.limits.inputBytes / 2..<server.limits.inputBytes + 16384 ~= held, "\(held) bytes")
                try owed.send("/later/a", "first")
                try rig.until("all answers") { client.answers().count == 1001 }
                #expect(client.answers().dropFirst().allSatisfy { $0.body == "content" })
            }
        }
    }

    @Test("what comes while it waits and cannot be read is refused behind the answer")
    func refused() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                let client = try rig.waiter(port, "/later/a", owed)
                client.send("no request\r\n\r\n")
                rig.settle()
                #expect(client.received == [])
                try owed.send("/later/a", "first")
                try rig.until("the end") { client.ending != nil }
                #expect(client.ending == .finished)
                #expect(client.answers().map { $0.status.dropFirst(9).prefix(3) } == ["200", "400"])
            }
        }
    }

    @Test("a request that is remembered is not answered before the one that waits, though it comes alone")
    func remembered() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (_, port, owed) = try rig.owing()
                let request = "GET / HTTP/1.1\r\n\r\n"
                let other = try rig.client(port)
                for _ in 0..<3 { _ = try rig.ask(other, request) }
                let client = try rig.waiter(port, "/later/a", owed)
                client.send(request)
                rig.settle()
                #expect(client.received == [])
                try owed.send("/later/a", "first")
                try rig.until("both answers") { client.answers().count == 2 }
                #expect(client.answers().map(\.body) == ["first", "content"])
            }
        }
    }

    @Test("a client that sends no more gets the answers to all that it has asked, and then the end")
    func halfClosed() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port, owed) = try rig.owing()
                let more = "GET / HTTP/1.1\r\n\r\nGET /later/b HTTP/1.1\r\n\r\n"
                for (behind, isApart) in [("", false), (more, false), (more, true), ("GET / HT", true)] {
                    let client = try rig.client(port)
                    client.send("GET /later/a HTTP/1.1\r\n\r\n" + (isApart ? "" : behind))
                    rig.settle()
                    if isApart {
                        client.send(behind)
                        rig.settle()
                    }
                    client.finish()
                    rig.settle()
                    #expect(owed.paths == ["/later/a"] && client.received == [] && client.ending == nil, "\(behind)")
                    try owed.send("/later/a", "first")
                    if behind == more {
                        try rig.until("the next is asked for") { owed.paths == ["/later/b"] }
                        rig.settle()
                        #expect(client.ending == nil)
                        try owed.send("/later/b", "last")
                    }
                    try rig.until("the end") { client.ending != nil }
                    let bodies = client.answers().map(\.body)
                    #expect(
                        bodies == (behind == more ? ["first", "content", "last"] : ["first"]),
                        "\(isApart): \(client.text)")
                    #expect(client.ending == .finished, "\(behind)")
                    client.close()
                }
                try rig.until("nobody is there") { server.counters.connectionsOpen == 0 }
            }
        }
    }
}

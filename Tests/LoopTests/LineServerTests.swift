import Glibc
import Testing

@testable import Loop

@Suite("A line server tells everybody the line of the moment")
struct LineServerTests {
    @Test("who says nothing, a line, or a lot, gets the line as it is now, whole and without a reset")
    func line() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (descriptor, port) = try Socket.listening(isDeferred: true)
                var line = "up\n"
                let server = try LineServer(rig.loop, on: descriptor) { Array(line.utf8) }
                for (index, words) in ["", "agent-send\n", String(repeating: "x", count: 60_000)].enumerated() {
                    line = "up \(index)\n"
                    let client = try rig.client(port)
                    client.send(words)
                    try rig.until("the line's end") { client.ending != nil }
                    #expect(client.text == line && client.ending == .finished)
                    // More, behind the line.
                    #expect(server.connectionsOpen == 1)
                    client.send(words)
                    rig.settle()
                    #expect(client.hasNoError)
                    client.close()
                    try rig.until("it is forgotten") { server.connectionsOpen == 0 }
                }
                line = "down\n"
                let client = try rig.client(port)
                client.send("?")
                client.finish()
                try rig.until("the line's end") { client.ending != nil }
                #expect(client.text == "down\n" && server.connectionsOpen == 0 && server.linesTold == 4)
                server.stop()
                #expect(throws: Rig.Failure.self) { try rig.client(port) }
            }
        }
    }

    @Test("no more than 256 clients are there at once; the next waits until one has left")
    func most() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (descriptor, port) = try Socket.listening()
                let server = try LineServer(rig.loop, on: descriptor) { Array("up\n".utf8) }
                let clients = try (0..<LineServer.mostConnections + 5).map { _ in try rig.client(port) }
                try rig.until("256 lines") { clients.filter { $0.ending != nil }.count == LineServer.mostConnections }
                rig.settle()
                #expect(server.connectionsOpen == 256 && server.linesTold == 256)
                let first = clients.filter { $0.ending != nil }[..<10]
                for client in first { client.reset() }
                try rig.until("all lines") { clients.allSatisfy { $0.ending == .finished } }
                #expect(server.linesTold == 261 && server.connectionsOpen == 251)
            }
        }
    }

    @Test("a client that does not leave is left, and one that sends all the time too")
    func patience() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (descriptor, port) = try Socket.listening()
                let server = try LineServer(rig.loop, on: descriptor) { Array("up\n".utf8) }
                let (silent, sending) = (try rig.client(port), try rig.client(port))
                let begin = rig.now()
                try rig.until("both lines") { silent.ending != nil && sending.ending != nil }
                try rig.until("nobody is there") {
                    sending.send("x")
                    return server.connectionsOpen == 0
                }
                #expect(rig.now() - begin >= 4_900 && silent.text == "up\n")
            }
        }
    }

    @Test("without a free descriptor it does not spin, and goes on when there is one")
    func starvation() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (descriptor, port) = try Socket.listening()
                let server = try LineServer(rig.loop, on: descriptor) { Array("up\n".utf8) }
                // The loop's own descriptors are there by now; the client's is the last.
                rig.settle()
                let client = try rig.client(port)
                var limit = rlimit(rlim_cur: 0, rlim_max: 0)
                unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
                rig.turn()
                let begin = rig.now()
                rig.wait()
                #expect(rig.now() - begin > 100 && client.text == "" && server.linesTold == 0)
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                try rig.until("the line") { client.ending == .finished }
                #expect(client.text == "up\n")
            }
        }
    }
}

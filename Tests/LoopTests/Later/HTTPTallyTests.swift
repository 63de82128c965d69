import Glibc
import Peers
import Testing

@testable import Loop

@Suite("Answers that are given again are counted for whoever gets them")
struct HTTPTallyTests {
    /// Counts by client.
    private final class Tally: HTTPTally {
        var clients: [[UInt8]] = []

        func replayed(to client: HTTPClientAddress) { clients.append(client.bytes) }
    }

    @Test("by the address of the client: IPv4, IPv6, and none for a unix socket")
    func clients() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let path = "/tmp/kapo-tally-\(getpid()).sock"
                defer { unsafe unlink(path) }
                let four = [UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1]
                let six = [UInt8](repeating: 0, count: 15) + [1]
                let none = [UInt8](repeating: 0, count: 16)
                for (listener, bytes) in [
                    (try Listener(), four), (try Listener("::1"), six), (try Listener("", path), none),
                ] {
                    let (server, _) = try rig.server()
                    try server.accept(on: listener.descriptor)
                    let tally = Tally()
                    var asked: [[UInt8]] = []
                    server.serve(below: "/now/") { request in
                        asked.append(request.client.bytes)
                        var content = HTTPContent.text("now")
                        content.tally = tally
                        return .content(content)
                    }
                    let client = rig.add(Client(try listener.place.connect().get()))
                    try rig.until("it is connected") { server.counters.connectionsOpen == 1 }
                    for _ in 0..<50 {
                        #expect(try rig.ask(client, "GET /now/x HTTP/1.1\r\nHost: x\r\n\r\n").body == "now")
                    }
                    // A remembered answer is good for a second.
                    #expect(asked.count + tally.clients.count == 50 && asked.count < 25, "\(asked.count) of 50")
                    #expect((asked + tally.clients).allSatisfy { $0 == bytes })
                    #expect(server.counters.requests("/now/") == 50)
                }
            }
        }
    }

    @Test("only the answers with a tally are counted by it, each by its own")
    func several() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                let tallies = ["/now/a": Tally(), "/now/b": Tally()]
                var asked = 0
                server.serve(below: "/now/") { request in
                    asked += 1
                    var content = HTTPContent.text("now")
                    content.tally = tallies[request.path]
                    return .content(content)
                }
                let client = try rig.client(port)
                for _ in 0..<20 {
                    for path in ["/now/a", "/now/b", "/now/c", "/", "/now/a"] {
                        _ = try rig.ask(client, "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                    }
                    _ = try rig.ask(client, "HEAD /now/b HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                let counts = ["/now/a", "/now/b"].map { tallies[$0]?.clients.count ?? 0 }
                // 40 questions each, 20 of the path that nobody counts; remembered are all of them after the first.
                #expect(asked >= 4 && counts.allSatisfy { $0 > 15 }, "\(asked) were asked, \(counts) counted")
                #expect(counts.reduce(0, +) <= 100 - asked && counts.reduce(0, +) >= 100 - asked - 20)
            }
        }
    }

    @Test("the bytes of an address come in their order")
    func bytes() async {
        await #expect(processExitsWith: .success) {
            Rig.run { rig in
                let (server, port) = try rig.server()
                var seen: HTTPClientAddress?
                server.route("/who", .once) { request in
                    seen = request.client
                    return .text("you")
                }
                _ = try rig.ask(rig.client(port), "GET /who HTTP/1.1\r\n\r\n")
                #expect(seen?.high == 0 && seen?.low == 0xffff_7f00_0001)
                #expect(HTTPClientAddress.unknown.bytes == [UInt8](repeating: 0, count: 16))
                #expect(seen != .unknown)
            }
        }
    }
}

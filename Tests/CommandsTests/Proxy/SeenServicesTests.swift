import Host
import Loop
import Testing

@testable import Loop
@testable import Program

@Suite("The services that were asked for")
struct SeenServicesTests {
    private static func client(_ number: UInt64) -> HTTPClientAddress {
        HTTPClientAddress(high: 0x2001_0db8 << 32, low: number)
    }

    private static let local = HTTPClientAddress(high: 0, low: 0xffff_7f00_0001)

    @Test("each client is counted for each service, and the last answer is known")
    func counts() {
        let seen = SeenServices()
        let before = Clock.wall
        for (name, client) in [("web", Self.local), ("web", Self.local), ("web", Self.client(1)), ("api", Self.local)] {
            seen.service(name).asked(by: client)
        }
        seen.service("web").answered(Self.local, code: 503)
        seen.service("web").answered(Self.client(1), code: 200)
        let counts = Dictionary(uniqueKeysWithValues: seen.counts.map { ($0.service, $0.clients) })
        #expect(
            counts["web"]?.sorted { $0.client < $1.client }.map { "\($0.client) \($0.count)" } == [
                "127.0.0.1 2", "2001:db8::1 1",
            ])
        #expect(counts["api"]?.map { "\($0.client) \($0.count)" } == ["127.0.0.1 1"] && counts.count == 2)
        let recent = seen.seen(since: before)
        #expect(recent.map(\.service) == ["web"], "the other has not been answered")
        #expect(recent.map(\.code) == [200] && recent.map(\.client) == ["2001:db8::1"])
        #expect(seen.seen(since: Clock.wall + 1_000_000_000).isEmpty)
    }

    @Test("a client of a unix socket has no address, and one whose address is not known none either")
    func noAddress() {
        #expect(HTTPClientAddress.unknown.text == "" && Self.local.text == "127.0.0.1")
        #expect(HTTPClientAddress(high: 0, low: 1).text == "::1")
    }

    @Test(
        "after 256 clients of a service further ones are counted together, and the first ones by themselves as before")
    func mostClients() {
        let seen = SeenServices()
        for number in 1...300 as ClosedRange<UInt64> { seen.service("web").asked(by: Self.client(number)) }
        seen.service("web").asked(by: Self.client(300))
        seen.service("web").asked(by: Self.client(1))
        let counts = Dictionary(uniqueKeysWithValues: seen.counts[0].clients.map { ($0.client, $0.count) })
        #expect(counts.count == 257 && counts["others"] == 45 && counts["2001:db8::1"] == 2)
        #expect(counts["2001:db8::100"] == 1 && counts["2001:db8::101"] == nil)
    }

    @Test("there are 10,000 services at most, and the one that was asked for longest ago goes")
    func most() {
        let seen = SeenServices()
        for number in 0..<10_000 { seen.service("s\(number)").answered(Self.local, code: 200) }
        #expect(seen.counts.count == 10_000)
        let oldest = seen.service("s0")
        _ = seen.service("new")
        let names = Set(seen.counts.map(\.service))
        #expect(names.count == 10_000 && names.contains("new") && names.contains("s0") && !names.contains("s1"))
        #expect(seen.service("s0") === oldest && seen.seen(since: 0).count == 9_999)
        #expect(seen.service("s1").name == "s1" && Set(seen.counts.map(\.service)).contains("s2") == false)
    }

    @Test("an answer that is given again is counted as one that was asked for")
    func tally() {
        let seen = SeenServices()
        let tally = ServiceTally(seen.service("web"), code: 404, from: nil)
        for _ in 0..<3 { tally.replayed(to: Self.local) }
        tally.replayed(to: Self.client(1))
        #expect(seen.counts[0].clients.reduce(0) { $0 + $1.count } == 4)
        #expect(seen.seen(since: 0).map(\.code) == [404] && seen.seen(since: 0).map(\.client) == ["2001:db8::1"])
    }
}

import Testing

@testable import Machine

@Suite("What is down")
struct SpoolTests {
    private static func spool(_ entries: [(String, Double?)]) throws -> Spool {
        var spool = Spool()
        for (fileName, expiration) in entries {
            let name = try #require(SpoolName(fileName: fileName))
            spool[name] = Downtime(reason: fileName, expiration: expiration)
        }
        return spool
    }

    /// The reason for which it is down, which is the name of the file that says so here.
    private static func reason(
        _ spool: Spool, _ service: String, _ host: String? = nil, _ port: UInt16 = 80, at now: Double = 100
    ) -> String? {
        spool.downtime(of: service, host: host, port: port, at: now)?.downtime.reason
    }

    @Test("all comes first, then the service, then the port, and the answer has the bare name")
    func order() throws {
        var spool = try Self.spool([("all", nil), ("web", nil), ("web:80", nil), ("web:10.0.0.1:80", nil)])
        #expect(spool.downtime(of: "web", host: nil, port: 80, at: 100)?.service == "all")
        #expect(Self.reason(spool, "other") == "all")
        spool[.all] = nil
        #expect(Self.reason(spool, "web") == "web" && Self.reason(spool, "web", "10.0.0.1") == "web")
        #expect(Self.reason(spool, "web", nil, 0) == "web")
        #expect(Self.reason(spool, "other") == nil)
        spool[try #require(SpoolName(service: "web"))] = nil
        #expect(Self.reason(spool, "web") == "web:80" && Self.reason(spool, "web", "127.0.0.1") == "web:80")
        #expect(Self.reason(spool, "web", "10.0.0.1") == "web:10.0.0.1:80")
        #expect(spool.downtime(of: "web", host: nil, port: 80, at: 100)?.service == "web")
        #expect(Self.reason(spool, "web", "10.0.0.2") == nil && Self.reason(spool, "web", nil, 81) == nil)
        #expect(Self.reason(spool, "web", nil, 0) == nil && Self.reason(Spool(), "web") == nil)
    }

    @Test("what is over counts as up, and what is behind it is looked at; the last moment belongs to it")
    func expiration() throws {
        let spool = try Self.spool([("all", 99.5), ("web", 100), ("web:80", nil)])
        #expect(Self.reason(spool, "web", at: 99.5) == "all")
        #expect(Self.reason(spool, "web", at: 100) == "web")
        #expect(Self.reason(spool, "web", at: 100.000001) == "web:80")
        #expect(Self.reason(spool, "web", nil, 0, at: 101) == nil)
        #expect(spool.nextExpiration(after: 0) == 99.5 && spool.nextExpiration(after: 99.6) == 100)
        #expect(spool.nextExpiration(after: 100) == 100 && spool.nextExpiration(after: 100.1) == nil)
        #expect(Spool().nextExpiration(after: 0) == nil)
    }

    @Test("what is down, and what was, in the order of names")
    func lists() throws {
        let names = ["web:80", "b", "all", "a:10.0.0.1:1", "web"]
        let spool = try Self.spool(names.map { ($0, $0 == "b" || $0 == "all" ? 50 : nil) })
        #expect(spool.down(at: 100).map(\.name.fileName) == ["a:10.0.0.1:1", "web", "web:80"])
        #expect(spool.expired(at: 100).map(\.name.fileName) == ["all", "b"])
        #expect(spool.down(at: 50).count == 5 && spool.expired(at: 50).isEmpty && spool.entries.count == 5)
    }
}

@Suite("A downtime")
struct DowntimeTests {
    @Test("a reason is cut at 4 KiB, between characters")
    func reason() {
        #expect(Downtime(reason: String(repeating: "a", count: 4096)).reason.utf8.count == 4096)
        #expect(Downtime(reason: String(repeating: "a", count: 100_000)).reason.utf8.count == 4096)
        let cut = Downtime(reason: "a" + String(repeating: "\u{1f600}", count: 2000)).reason
        #expect(cut == "a" + String(repeating: "\u{1f600}", count: 1023))
        #expect(Downtime(reason: cut).reason == cut)
    }

    @Test("a time that is infinite or no number is none", arguments: [.infinity, -.infinity, .nan] as [Double])
    func times(_ time: Double) {
        let downtime = Downtime(reason: "", expiration: time, creation: time)
        #expect(downtime.expiration == nil && downtime.creation == nil && !downtime.isExpired(at: 1e300))
    }
}

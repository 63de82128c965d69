import Loop
import Machine
import Peers
import Testing

@testable import Checks

@Suite("The checker ends what takes too long, and refuses what is too much")
struct CheckerLateTests {
    private static let millisecond: Int64 = 1_000_000

    @Test("late ones are told so in hacheck's words, counted, and let go of their sockets")
    func late() throws {
        let rig = try CheckerRig(timeout: 30 * Self.millisecond)
        rig.rig.means = CheckMeans(
            userAgent: "", tls: TLSClient(), credentials: CheckMeans.Credentials(user: "u", password: "p"))
        rig.change { _ in }
        let server = try ScriptedServer(rig.rig.loop, [.wait])
        let kinds = CheckQuestion.Kind.allCases.filter { $0 != .tcp }
        for kind in kinds { rig.ask(kind.rawValue, .local(kind, server.port)) }
        try rig.until("all are told") { rig.told.count == kinds.count }
        for kind in kinds {
            let what = kind == .mysql ? "MySQL" : "Connection"
            #expect(rig.text(kind.rawValue).timeless == "503 \(what) timed out after N.nns")
            let counts = rig.checker.counters[kind]
            #expect(counts.timeout == 1 && counts.passed + counts.failed == 0)
            #expect(counts.nanoseconds >= 30 * Self.millisecond)
            #expect(rig.checker.kept(.local(kind, server.port))?.answer.verdict == .timeout)
        }
        try rig.until("the server sees the ends") { server.open == 0 }
        #expect(rig.checker.running == 0)
    }

    @Test("the wait for a turn counts, and what has hardly any time left gets none")
    func leastTime() throws {
        let rig = try CheckerRig(timeout: 150 * Self.millisecond, running: 1)
        let server = try rig.server()
        rig.ask("first", .local(.http, server.port, "/1"))
        // Ten milliseconds more than the first has.
        rig.change { $0.timeout = 160 * Self.millisecond }
        rig.ask("second", .local(.http, server.port, "/2"))
        // And enough.
        rig.change { $0.timeout = 60 * CheckerRig.second }
        rig.ask("third", .local(.http, server.port, "/3"))
        try rig.until("the third asks") { server.accepted == 2 && server.requests.count == 2 }
        #expect(rig.names == ["first", "second"])
        #expect(rig.told.allSatisfy { $0.answer.text.timeless == "503 Connection timed out after N.nns" })
        #expect(server.requests.map { $0.split(separator: " ")[1] } == ["/1", "/3"])
    }

    @Test("where all times are short, half of one is enough for a turn")
    func shortTimes() throws {
        let rig = try CheckerRig(running: 1)
        let server = try rig.server()
        rig.ask("first", .local(.http, server.port, "/1"))
        rig.change { $0.timeout = 24 * Self.millisecond }
        var hasBegun = false
        // Once is enough: a machine that has much to do may come back too late.
        for number in 2..<40 where !hasBegun {
            rig.change { $0.running = 1 }
            rig.ask("\(number)", .local(.http, server.port, "/\(number)"))
            rig.change { $0.running = 2 }
            hasBegun = rig.checker.running == 2
            try rig.until("it is late") { rig.told.count == number - 1 }
        }
        #expect(hasBegun)
    }

    @Test("who was given less time, because that was changed, is late before those who have more")
    func shorter() throws {
        let rig = try CheckerRig(running: 10)
        let server = try rig.server()
        for number in 0..<3 { rig.ask("long \(number)", .local(.http, server.port, "/l\(number)")) }
        rig.change { $0.timeout = 40 * Self.millisecond }
        rig.ask("short", .local(.http, server.port, "/s"))
        rig.change { $0.timeout = 20 * Self.millisecond }
        rig.ask("shorter", .local(.http, server.port, "/t"))
        try rig.until("two are late") { rig.told.count == 2 }
        #expect(rig.names == ["shorter", "short"] && rig.checker.running == 3)
        rig.change { $0.timeout = 10 * Self.millisecond }
        rig.ask("last", .local(.http, server.port, "/u"))
        try rig.until("the last is late") { rig.told.count == 3 }
        #expect(rig.names.last == "last" && rig.checker.running == 3)
        server.release()
        try rig.until("the long ones are told") { rig.told.count == 6 }
        #expect((0..<3).map { rig.text("long \($0)").prefix(3) } == ["200", "200", "200"])
    }

    @Test("when many are late together, others are served between")
    func manyLate() throws {
        let rig = try CheckerRig(timeout: 50 * Self.millisecond, running: 1000)
        let listener = try ScriptedServer(rig.rig.loop, [.wait])
        var round = 0
        var perRound: [Int: Int] = [:]
        var ticker: Timer?
        ticker = Timer(rig.rig.loop) {
            round += 1
            ticker?.set(afterNanoseconds: 0)
        }
        ticker?.set(afterNanoseconds: 0)
        for number in 0..<100 {
            rig.checker.ask(.local(.http, listener.port, "/\(number)"), anew: false) { _ in
                perRound[round, default: 0] += 1
            }
        }
        try rig.until("all are late") { rig.checker.running == 0 }
        ticker = nil
        #expect(perRound.values.reduce(0, +) == 100 && perRound.values.allSatisfy { $0 <= 64 }, "\(perRound)")
    }

    @Test("a question too many is refused in the next round, and that is not kept")
    func fullQueue() throws {
        let rig = try CheckerRig(running: 1)
        let server = try rig.server()
        for number in 0...Checker.Limits.waiting { rig.ask("\(number)", .local(.http, server.port, "/\(number)")) }
        #expect(rig.checker.running == 1 && rig.checker.waiting == 16384)
        let question = CheckQuestion.local(.http, server.port, "/more")
        rig.ask("more", question)
        rig.ask("joins", question)
        rig.ask("joins one that waits", .local(.http, server.port, "/16384"))
        #expect(rig.told.isEmpty)
        try rig.until("it is refused") { rig.told.count == 2 }
        #expect(rig.names == ["more", "joins"])
        #expect(rig.text("more") == "503 Too many checks wait for their turn")
        #expect(rig.checker.kept(question) == nil && rig.checker.counters[.http].failed == 1)
        #expect(rig.checker.running == 1 && rig.checker.waiting == 16384)
    }

    @Test("a port that nobody can connect to is refused, also when its turn comes")
    func portZero() throws {
        let rig = try CheckerRig(running: 1)
        let server = try rig.server()
        rig.ask("now", .local(.tcp, 0))
        #expect(rig.told.isEmpty)
        try rig.until("it is refused") { rig.told.count == 1 }
        rig.ask("first", .local(.http, server.port))
        rig.ask("zero", .local(.tcp, 0, ""))
        rig.ask("last", .local(.http, server.port, "/2"))
        #expect(rig.checker.waiting == 2)
        try rig.until("it asks") { server.requests.count == 1 }
        server.release(0)
        try rig.until("the last asks") { server.requests.count == 2 }
        try rig.until("all are refused") { rig.told.count == 3 }
        #expect(rig.text("now") == "503 Port 0 cannot be connected to" && rig.text("zero") == rig.text("now"))
        #expect(rig.checker.counters[.tcp].failed == 2)
    }

    @Test("at the end all are told so at once, and who asks then")
    func finish() throws {
        let rig = try CheckerRig(running: 2)
        let server = try rig.server()
        for number in 0..<5 { rig.ask("\(number)", .local(.http, server.port, "/\(number)")) }
        try rig.until("two ask") { server.requests.count == 2 }
        rig.checker.finish()
        #expect(rig.told.count == 5 && rig.checker.running == 0 && rig.checker.waiting == 0)
        rig.ask("late", .local(.http, server.port, "/late"))
        try rig.until("it is refused") { rig.told.count == 6 }
        #expect(rig.told.allSatisfy { $0.answer.text == "503 The proxy is about to end" })
        try rig.until("the server sees the ends") { server.open == 0 }
        #expect(server.accepted == 2)
    }
}

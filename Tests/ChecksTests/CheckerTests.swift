import Loop
import Machine
import Peers
import Testing

@testable import Checks

@Suite("The checker asks each question once")
struct CheckerTests {
    @Test("no more checks run than are allowed, and the others get their turn in the order in which they came")
    func limits() throws {
        let rig = try CheckerRig(running: 3)
        let server = try rig.server()
        let names = (0..<10).map { "/\($0)" }
        for name in names { rig.ask(name, .local(.http, server.port, name)) }
        #expect(rig.checker.running == 3 && rig.checker.waiting == 7 && rig.told.isEmpty)
        for number in 0..<10 {
            try rig.until("the next asks") { server.requests.count == min(10, number + 3) }
            rig.rig.turn(forNanoseconds: 2_000_000)
            #expect(server.accepted == min(10, number + 3))
            #expect(rig.checker.running == min(3, 10 - number) && rig.checker.waiting == max(0, 7 - number))
            server.release(number)
            try rig.until("the answer") { rig.told.count == number + 1 }
        }
        #expect(rig.names == names && server.requests.map { $0.split(separator: " ")[1] } == names.map { $0[...] })
        #expect(names.map(rig.text) == (0..<10).map { "200 \($0)" })
        #expect(rig.checker.running == 0 && rig.checker.waiting == 0)
    }

    @Test("more may run when the limit is raised, and fewer when it is lowered")
    func otherLimit() throws {
        let rig = try CheckerRig(running: 1)
        let server = try rig.server()
        for number in 0..<4 { rig.ask("\(number)", .local(.http, server.port, "/\(number)")) }
        #expect(rig.checker.running == 1)
        rig.change { $0.running = 3 }
        #expect(rig.checker.running == 3 && rig.checker.waiting == 1)
        rig.change { $0.running = 1 }
        try rig.until("three ask") { server.requests.count == 3 }
        for left in [2, 1] {
            server.release(2 - left)
            try rig.until("an answer") { rig.told.count == 3 - left }
            #expect(rig.checker.running == left && rig.checker.waiting == 1)
        }
        server.release(2)
        try rig.until("the last asks") { server.requests.count == 4 }
        #expect(rig.checker.running == 1 && rig.checker.waiting == 0)
    }

    @Test("who asks the same meanwhile is told the same, by one check; who asks later, what is kept")
    func joins() throws {
        let rig = try CheckerRig()
        let server = try rig.server()
        let question = CheckQuestion.local(.http, server.port)
        for name in ["a", "b", "c"] { rig.ask(name, question) }
        try rig.until("it asks") { server.requests.count == 1 }
        rig.ask("d", question)
        rig.ask("other", .local(.http, server.port, "/other"))
        #expect(rig.checker.running == 2 && rig.checker.kept(question) == nil)
        server.release(0)
        try rig.until("all are told") { rig.told.count == 4 }
        #expect(rig.names == ["a", "b", "c", "d"] && rig.told.allSatisfy { $0.answer === rig.told[0].answer })
        #expect(server.accepted == 2 && rig.checker.counters[.http].passed == 1)
        #expect(rig.checker.kept(question)?.answer === rig.told[0].answer && rig.checker.cachedCount == 1)
    }

    @Test("who asks anew joins no check that was begun before, and its answer stays, whichever comes first")
    func anew() throws {
        for order in [[0, 1], [1, 0]] {
            let rig = try CheckerRig()
            let server = try rig.server()
            let question = CheckQuestion.local(.http, server.port)
            rig.ask("old", question)
            try rig.until("it asks") { server.requests.count == 1 }
            rig.ask("new", question, anew: true)
            rig.ask("joined", question)
            try rig.until("it asks again") { server.requests.count == 2 }
            for (number, answers) in zip(order, order[0] == 0 ? [1, 3] : [2, 3]) {
                server.release(number)
                try rig.until("an answer") { rig.told.count == answers }
                let isNewKnown = number == 1 || answers == 3
                #expect(rig.checker.kept(question)?.answer.text == (isNewKnown ? "200 1" : nil))
            }
            #expect(rig.text("old") == "200 0" && rig.text("new") == "200 1" && rig.text("joined") == "200 1")
        }
    }

    @Test("who asks anew has thrown away what is kept, and that is said, once for each time")
    func dropped() throws {
        let rig = try CheckerRig()
        let server = try rig.server()
        let question = CheckQuestion.local(.http, server.port)
        var drops = 0
        rig.checker.whenDropped = { drops += 1 }
        rig.ask("a", question, anew: true)
        #expect(drops == 0, "there was nothing")
        try rig.until("it asks") { server.requests.count == 1 }
        server.release()
        try rig.until("an answer") { rig.told.count == 1 }
        rig.ask("b", question, anew: true)
        #expect(drops == 1 && rig.checker.kept(question) == nil)
        rig.ask("c", question, anew: true)
        #expect(drops == 1)
        rig.change { _ in }
        #expect(drops == 2)
    }

    @Test("answers that pass and answers that do not are kept for their own times, or not at all")
    func cacheTimes() throws {
        for (cache, failures) in [(60, 0), (0, 60), (0, 0)] as [(Int64, Int64)] {
            let rig = try CheckerRig()
            rig.change {
                $0.cacheTime = cache * CheckerRig.second
                $0.failureCacheTime = failures * CheckerRig.second
            }
            let (good, bad) = (try rig.server(), try rig.server(status: 404))
            let questions = [CheckQuestion.local(.http, good.port), .local(.http, bad.port)]
            for question in questions { rig.ask("\(question.port)", question) }
            try rig.until("both ask") { good.requests.count + bad.requests.count == 2 }
            good.release()
            bad.release()
            try rig.until("both answers") { rig.told.count == 2 }
            #expect((rig.checker.kept(questions[0]) != nil) == (cache > 0))
            #expect((rig.checker.kept(questions[1]) != nil) == (failures > 0))
            #expect(rig.checker.counters[.http].passed == 1 && rig.checker.counters[.http].failed == 1)
        }
    }

    @Test("whoever is told may ask the next question, and let go of what it had")
    func chain() throws {
        let rig = try CheckerRig(running: 1)
        let server = try ScriptedServer(rig.rig.loop, [.readRequest, .send("HTTP/1.1 200 OK\r\n\r\n"), .close])
        var left = 50
        func next() {
            rig.checker.ask(.local(.http, server.port, "/\(left)"), anew: false) { _ in
                left -= 1
                if left > 0 { next() }
            }
        }
        next()
        try rig.until("all are told") { left == 0 }
        #expect(server.accepted == 50 && rig.checker.running == 0 && rig.checker.cachedCount == 50)
    }

    @Test("by other means everything is asked anew: what is kept is forgotten, and what is under way is not kept")
    func otherMeans() throws {
        let rig = try CheckerRig(running: 2)
        let server = try rig.server()
        let (kept, flying) = (CheckQuestion.local(.http, server.port, "/k"), CheckQuestion.local(.http, server.port))
        let waiting = CheckQuestion.local(.http, server.port, "/w")
        rig.ask("kept", kept)
        try rig.until("it asks") { server.requests.count == 1 }
        server.release(0)
        try rig.until("an answer") { rig.told.count == 1 }
        rig.ask("flying", flying)
        rig.ask("beside", .local(.http, server.port, "/b"))
        rig.ask("waiting", waiting)
        try rig.until("they ask") { server.requests.count == 3 }
        rig.rig.means = CheckMeans(userAgent: "other", tls: TLSClient(), credentials: nil)
        rig.change { _ in }
        #expect(rig.checker.cachedCount == 0 && rig.checker.kept(kept) == nil)
        rig.ask("joins what was not begun", waiting)
        rig.ask("asks anew", flying)
        #expect(rig.checker.waiting == 2)
        server.release(1)
        try rig.until("the old answer") { rig.text("flying") != "" }
        #expect(rig.checker.kept(flying) == nil && rig.text("asks anew") == "")
        server.release(2)
        try rig.until("the rest asks") { server.requests.count == 5 }
        server.release()
        try rig.until("all are told") { rig.told.count == 6 }
        #expect(rig.text("waiting") == rig.text("joins what was not begun"))
        #expect(rig.checker.kept(flying)?.answer.text == rig.text("asks anew"))
        #expect(server.requests.map { $0.contains("User-Agent: other\r\n") } == [false, false, false, true, true])
    }
}

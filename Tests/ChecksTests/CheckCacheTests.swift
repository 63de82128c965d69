import Chance
import Loop
import Machine
import Testing

@testable import Checks

@Suite("The cache of answers")
struct CheckCacheTests {
    private static func answer(_ bytes: Int = 0) -> CheckAnswer {
        CheckAnswer(CheckOutcome(.ok, [UInt8](repeating: 0x78, count: bytes)))
    }

    private static func question(_ number: Int) -> CheckQuestion { .local(.http, 80, "/\(number)") }

    @Test("an answer is good until its time is up, and not at that time")
    func expiry() {
        var cache = CheckCache()
        let answer = Self.answer()
        cache.keep(answer, to: Self.question(1), until: 100)
        let kept = cache.answer(to: Self.question(1), at: 99)
        #expect(kept?.answer === answer && kept?.expiresAt == 100 && cache.count == 1)
        #expect(cache.answer(to: Self.question(1), at: 100) == nil && cache.count == 0)
        #expect(cache.answer(to: Self.question(2), at: 0) == nil)
        #expect((cache.counters.gets, cache.counters.hits, cache.counters.misses) == (3, 1, 2))
        #expect((cache.counters.sets, cache.counters.expirations) == (1, 1))
    }

    @Test("every part of a question makes it another one")
    func keys() throws {
        var questions: [CheckQuestion] = CheckQuestion.Kind.allCases.map { CheckQuestion($0, .loopback, 80) }
        questions.append(CheckQuestion(.http, .loopback, 81))
        questions.append(CheckQuestion(.http, try #require(IPAddress("127.0.0.2")), 80))
        var more = CheckQuestion(.http, .loopback, 80)
        more.target = "/"
        questions.append(more)
        more.host = "a"
        questions.append(more)
        more.headers = [.init(name: "X", value: [1])]
        questions.append(more)
        more.headers = [.init(name: "X", value: [2])]
        questions.append(more)
        var cache = CheckCache()
        let answers = questions.map { _ in Self.answer() }
        for (question, answer) in zip(questions, answers) { cache.keep(answer, to: question, until: 1) }
        #expect(cache.count == questions.count)
        for (question, answer) in zip(questions, answers) {
            #expect(cache.answer(to: question, at: 0)?.answer === answer)
        }
    }

    @Test("the one that was used longest ago goes when there are more than 10,000")
    func mostKeys() {
        var cache = CheckCache()
        let answer = Self.answer()
        for number in 0..<10_000 { cache.keep(answer, to: Self.question(number), until: 10) }
        #expect(cache.count == 10_000 && cache.answer(to: Self.question(0), at: 0) != nil)
        cache.keep(answer, to: Self.question(10_000), until: 10)
        #expect(cache.count == 10_000 && cache.answer(to: Self.question(1), at: 0) == nil)
        #expect(cache.answer(to: Self.question(0), at: 0) != nil && cache.answer(to: Self.question(2), at: 0) != nil)
    }

    @Test("bodies and questions together take no more than 8 MiB, and the newest stays whatever it takes")
    func mostBytes() {
        var cache = CheckCache()
        for number in 0..<1000 { cache.keep(Self.answer(65536), to: Self.question(number), until: 10) }
        // A path takes some bytes, too.
        #expect(cache.count == 127 && cache.answer(to: Self.question(873), at: 0) != nil)
        #expect(cache.answer(to: Self.question(872), at: 0) == nil)
        var long = CheckQuestion.local(.http, 80, "/" + String(repeating: "x", count: 16_000))
        long.host = String(repeating: "h", count: 4000)
        long.headers = [.init(name: String(repeating: "n", count: 100), value: [UInt8](repeating: 0x76, count: 4000))]
        for number in 0..<1000 {
            long.target += "y"
            cache.keep(Self.answer(number % 2), to: long, until: 10)
        }
        #expect(330...340 ~= cache.count, "\(cache.count) of 25,000 bytes each")
        var small = CheckCache(mostKeys: 5, mostBytes: 10)
        small.keep(Self.answer(100), to: Self.question(0), until: 10)
        #expect(small.count == 1)
        small.keep(Self.answer(1), to: Self.question(1), until: 10)
        #expect(small.count == 1 && small.answer(to: Self.question(1), at: 0) != nil)
    }

    @Test("to ask past an answer throws it away, and to forget throws all away")
    func passOver() {
        var cache = CheckCache()
        let hadNone = cache.passOver(Self.question(0))
        cache.keep(Self.answer(), to: Self.question(0), until: 10)
        cache.keep(Self.answer(), to: Self.question(1), until: 10)
        let hadOne = cache.passOver(Self.question(0))
        #expect(!hadNone && hadOne && cache.count == 1)
        #expect((cache.counters.gets, cache.counters.misses, cache.counters.expirations) == (2, 2, 1))
        cache.forget()
        #expect(cache.count == 0 && cache.answer(to: Self.question(1), at: 0) == nil)
        cache.countReplay()
        #expect((cache.counters.gets, cache.counters.hits) == (4, 1))
    }

    @Test("a random walk, beside a model that looks at everything", arguments: 1...20 as ClosedRange<UInt64>)
    func walk(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let mostKeys = Int.random(in: 1...12, using: &random)
        let mostBytes = Int.random(in: 20...400, using: &random)
        var cache = CheckCache(mostKeys: mostKeys, mostBytes: mostBytes)
        var model = Model(mostKeys: mostKeys, mostBytes: mostBytes)
        var now: Int64 = 0
        for step in 0..<3000 {
            now += Int64.random(in: 0...2, using: &random)
            let question = Self.question(Int.random(in: 0..<16, using: &random))
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                let (one, other) = (cache.answer(to: question, at: now), model.answer(to: question, at: now))
                #expect(one?.answer === other?.answer && one?.expiresAt == other?.expiresAt, "step \(step)")
            case 45..<88:
                let answer = Self.answer(Int.random(in: 0..<60, using: &random))
                let time = now + Int64.random(in: 0...40, using: &random)
                cache.keep(answer, to: question, until: time)
                model.keep(answer, to: question, until: time)
            case 88..<96:
                let (one, other) = (cache.passOver(question), model.passOver(question))
                #expect(one == other, "step \(step)")
            case 96..<99:
                cache.countReplay()
                model.counters.gets += 1
                model.counters.hits += 1
            default:
                cache.forget()
                model.entries = []
            }
            #expect(cache.count == model.entries.count && cache.counters == model.counters, "step \(step)")
        }
    }
}

/// The same cache as a list that is searched from one end to the other.
private struct Model {
    let mostKeys: Int
    let mostBytes: Int
    /// The one that was used longest ago first.
    var entries: [(question: CheckQuestion, answer: CheckAnswer, expiresAt: Int64)] = []
    var counters = CheckCacheCounters()

    mutating func answer(to question: CheckQuestion, at now: Int64) -> (answer: CheckAnswer, expiresAt: Int64)? {
        counters.gets += 1
        guard let index = entries.firstIndex(where: { $0.question == question }) else {
            counters.misses += 1
            return nil
        }
        let entry = entries.remove(at: index)
        if entry.expiresAt <= now {
            counters.misses += 1
            counters.expirations += 1
            return nil
        }
        counters.hits += 1
        entries.append(entry)
        return (entry.answer, entry.expiresAt)
    }

    mutating func passOver(_ question: CheckQuestion) -> Bool {
        counters.gets += 1
        counters.misses += 1
        let before = entries.count
        entries.removeAll { $0.question == question }
        if entries.count < before { counters.expirations += 1 }
        return entries.count < before
    }

    mutating func keep(_ answer: CheckAnswer, to question: CheckQuestion, until time: Int64) {
        counters.sets += 1
        entries.removeAll { $0.question == question }
        entries.append((question, answer, time))
        while entries.count > 1, entries.count > mostKeys || bytes > mostBytes { entries.removeFirst() }
    }

    private var bytes: Int {
        entries.reduce(0) { $0 + $1.answer.content.bytes.count + $1.question.target.utf8.count }
    }
}

import Chance
import Machine
import Testing

@Suite("What follows when a page is not good")
struct ListenerVerdictTests {
    private func verdict(
        fall: Int = 1, grace: Int64 = 0, limit: ListenerVerdict.Limit? = nil
    ) -> ListenerVerdict {
        var policy = ListenerVerdict.Policy()
        (policy.fall, policy.graceNanoseconds, policy.limit) = (fall, grace * second, limit)
        return ListenerVerdict(policy)
    }

    @Test("an act for each failure, if nothing else is said")
    func usual() {
        var verdict = verdict()
        #expect(!verdict.hasGrace)
        for time in 0..<5 { #expect(verdict.failed(at: Int64(time) * second, ages: [0]) == .act) }
    }

    @Test("as many failures in a row as --fall says; an act begins the count anew")
    func fall() {
        var verdict = verdict(fall: 3)
        for _ in 0..<2 {
            #expect(verdict.failed(at: 0, ages: []) == .counted(1))
            #expect(verdict.failed(at: 0, ages: []) == .counted(2))
            #expect(verdict.failed(at: 0, ages: []) == .act)
        }
        #expect(verdict.failed(at: 0, ages: []) == .counted(1))
        verdict.passed(at: 0)
        #expect(verdict.failed(at: 0, ages: []) == .counted(1))
    }

    @Test("no failure counts while the youngest process is within its grace")
    func grace() {
        var verdict = verdict(fall: 2, grace: 30)
        #expect(verdict.hasGrace)
        #expect(verdict.failed(at: 100 * second, ages: [500 * second]) == .counted(1))
        #expect(verdict.failed(at: 105 * second, ages: [500 * second, 2 * second]) == .grace)
        #expect(verdict.failed(at: 132 * second, ages: [29 * second]) == .grace)
        #expect(verdict.failed(at: 133 * second, ages: [30 * second]) == .counted(1))
        #expect(verdict.failed(at: 138 * second, ages: [35 * second]) == .act)
        // Nobody is there who could be young.
        #expect(verdict.failed(at: 143 * second, ages: []) == .counted(1))
    }

    @Test("the grace of a process is over with the first good page since its start")
    func firstSuccess() {
        var verdict = verdict(grace: 30)
        verdict.passed(at: 100 * second)
        #expect(verdict.failed(at: 105 * second, ages: [3 * second]) == .grace)
        verdict.passed(at: 110 * second)
        #expect(verdict.failed(at: 115 * second, ages: [13 * second]) == .act)
        #expect(verdict.failed(at: 120 * second, ages: [4 * second]) == .grace)
    }

    @Test("no more acts than --restart-limit has in any window")
    func limit() {
        var verdict = verdict(limit: .init(most: 2, windowNanoseconds: 60 * second))
        #expect(verdict.failed(at: 0, ages: []) == .act)
        #expect(verdict.failed(at: 50 * second, ages: []) == .act)
        #expect(verdict.failed(at: 55 * second, ages: []) == .refuse(isNew: true))
        #expect(verdict.failed(at: 59 * second, ages: []) == .refuse(isNew: false))
        #expect(verdict.failed(at: 60 * second, ages: []) == .act)
        #expect(verdict.failed(at: 61 * second, ages: []) == .refuse(isNew: true))
        verdict.passed(at: 62 * second)
        #expect(verdict.failed(at: 63 * second, ages: []) == .refuse(isNew: true))
        #expect(verdict.failed(at: 110 * second, ages: []) == .act)
    }

    @Test("a refusal counts failures anew, as an act does")
    func limitAndFall() {
        var verdict = verdict(fall: 2, limit: .init(most: 1, windowNanoseconds: 60 * second))
        let steps = (0..<6).map { verdict.failed(at: Int64($0) * second, ages: []) }
        #expect(
            steps == [
                .counted(1), .act, .counted(1), .refuse(isNew: true), .counted(1), .refuse(isNew: false),
            ])
    }

    @Test("at random: never more acts in a window than allowed, and each after enough failures in a row")
    func random() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let (fall, most) = (Int.random(in: 1...4, using: &random), Int.random(in: 1...3, using: &random))
            var verdict = verdict(fall: fall, limit: .init(most: most, windowNanoseconds: 20 * second))
            var (row, now): (Int, Int64) = (0, 0)
            var acts: [Int64] = []
            for _ in 0..<200 {
                now += .random(in: 1...5, using: &random) * second
                if Bool.random(using: &random) && Bool.random(using: &random) {
                    verdict.passed(at: now)
                    row = 0
                    continue
                }
                row += 1
                switch verdict.failed(at: now, ages: [0]) {
                case .grace: Issue.record("a grace that nobody asked for")
                case .counted(let number): #expect(number == row && row < fall)
                case .act:
                    #expect(row == fall)
                    acts.append(now)
                    row = 0
                case .refuse: row = 0
                }
                #expect(acts.filter { $0 > now - 20 * second }.count <= most)
            }
        }
    }
}

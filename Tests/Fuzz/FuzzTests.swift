import Glibc
import Testing

/// Random scripts, told to a server that replays and to one that does not. The short runs are in processes of
/// their own: there, libevent's memory is watched, and other tests use libevent too.
@Suite("Replay changes no answer", .serialized)
struct FuzzTests {
    /// Scripts of the short run.
    static let scripts: ClosedRange<UInt64> = 1...1000

    @Test("a fixed number of random scripts", .enabled(if: !Environment.isByHand))
    func short() async {
        await #expect(processExitsWith: .success) {
            var campaign = Campaign()
            for seed in FuzzTests.scripts {
                if let failure = try campaign.failure(seed: seed) {
                    Issue.record("\(failure)")
                    return
                }
            }
            let total = campaign.total
            // If hardly a request were replayed, this would have shown nothing.
            #expect(total.hits * 5 > total.answers, "\(total)")
            if Environment.isTalkative { Terminal.say("fuzz: \(total)") }
        }
    }

    @Test("scripts that were written down", .enabled(if: !Environment.isByHand))
    func written() async {
        await #expect(processExitsWith: .success) {
            for failCase in FailCase.all {
                let script = try #require(Script(text: failCase.text), "\(failCase.name) is not a script")
                var campaign = Campaign()
                if let failure = try campaign.failure(of: script, named: failCase.name) { Issue.record("\(failure)") }
            }
        }
    }

    @Test("scripts are found beside this file")
    func failCases() { #expect(FailCase.all.count >= 12) }

    @Test("random scripts for KAPO_FUZZ_SECONDS", .enabled(if: Environment.seconds != nil))
    func long() throws {
        let first = Environment.seed ?? UInt64.random(in: 0..<1 << 60)
        let end = WallClock.milliseconds() + (Environment.seconds ?? 0) * 1000
        var campaign = Campaign()
        var seed = first
        var nextWords = WallClock.milliseconds()
        while WallClock.milliseconds() < end {
            if WallClock.milliseconds() >= nextWords {
                Terminal.say("fuzz: at seed \(seed), from \(first): \(campaign.total)")
                nextWords += 30_000
            }
            if let failure = try campaign.failure(seed: seed) { Issue.record("\(failure)") }
            seed += 1
        }
        Terminal.say("fuzz: seeds \(first) to \(seed - 1): \(campaign.total)")
    }

    @Test("the script of KAPO_FUZZ_SEED", .enabled(if: Environment.seed != nil && Environment.seconds == nil))
    func one() throws {
        let seed = Environment.seed ?? 0
        Terminal.say(Generator.script(seed: seed).text)
        var campaign = Campaign()
        if let failure = try campaign.failure(seed: seed) { Issue.record("\(failure)") }
    }
}

/// How the fuzz is run by hand.
enum Environment {
    static var seconds: Int? { variable("KAPO_FUZZ_SECONDS").flatMap { Int($0) } }
    static var seed: UInt64? { variable("KAPO_FUZZ_SEED").flatMap { UInt64($0) } }
    static var isTalkative: Bool { variable("KAPO_FUZZ_TALK") != nil }
    static var isByHand: Bool { seconds != nil || seed != nil }

    private static func variable(_ name: String) -> String? {
        // Nobody sets variables while the tests run.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

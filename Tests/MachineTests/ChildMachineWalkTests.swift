import Testing

@testable import Machine

@Suite("What holds whatever happens to a command, its hooks, and what it leaves behind")
struct ChildMachineWalkTests {
    @Test("no walk breaks the rules, and each one ends when Kapo is asked to", arguments: 0..<400 as Range<UInt64>)
    func walk(_ seed: UInt64) {
        var world = ChildWorld(seed: seed)
        for _ in 0..<300 { world.step() }
        // From here on nobody but the clock helps, and whatever KILL reaches ends.
        var steps = 0
        while !world.isFinished && steps < 20 {
            steps += 1
            world.take(.askedToStop(signal: 2))
            if world.command != nil { world.take(.exited(.signalled(9), leavesOthers: true)) }
            if world.hook != nil && !world.isFinished && !world.hookHangs { world.take(.hookEnded(succeeded: true)) }
            if let deadline = world.machine.deadline {
                world.now = max(world.now, (deadline - at(0).monotonic + second - 1) / second)
                world.take(.deadline)
            }
        }
        #expect(world.isFinished, "\(world.history)")
        let last = world.machine
        for event in ChildRow.events {
            #expect(world.machine.handle(event, at: at(world.now + 1)) == [])
            #expect(world.machine == last)
        }
    }

    @Test("the walks come through every state and every event, so that they show something")
    func coverage() {
        var (states, events): (Set<String>, Set<String>) = ([], [])
        var (kills, abandoned, held, limited, timedOut, hung) = (0, 0, 0, 0, 0, 0)
        var (late, jobPauses, abandonedHooks) = (0, 0, 0)
        var (followed, found, unmet, down) = (0, 0, 0, 0)
        for seed in 0..<400 as Range<UInt64> {
            var world = ChildWorld(seed: seed)
            for _ in 0..<300 where !world.isFinished {
                world.step()
                if world.isSweeping && world.killedAt != nil { kills += 1 }
                if world.command != nil && world.others > 0 && world.machine.policy.sweeps { abandoned += 1 }
            }
            states.formUnion(world.states)
            events.formUnion(world.events)
            held += world.notes.count { $0 == .failed }
            limited += world.notes.count { $0 == .startLimitReached }
            timedOut += world.notes.count { $0 == .hookTimedOut }
            hung += world.notes.count { if case .hung = $0 { true } else { false } }
            late += world.notes.count { if case .notReady = $0 { true } else { false } }
            followed += world.notes.count { if case .follows = $0 { true } else { false } }
            found += world.notes.count { if case .found = $0 { true } else { false } }
            unmet += world.notes.count { $0 == .requirementUnmet }
            down += world.notes.count { $0 == .down }
            jobPauses += world.jobPauses
            abandonedHooks += world.abandonedHooks
        }
        #expect(states.count == ChildState.names)
        #expect(events.count == ChildEvent.names)
        #expect(kills > 100, "KILL was needed")
        #expect(abandoned > 10, "and was not enough")
        #expect(min(held, limited, timedOut, hung) > 10, "\(held) \(limited) \(timedOut) \(hung)")
        #expect(min(followed, found, unmet, down) > 10, "\(followed) \(found) \(unmet) \(down)")
        #expect(min(late, jobPauses, abandonedHooks) > 10, "\(late) \(jobPauses) \(abandonedHooks)")
    }
}

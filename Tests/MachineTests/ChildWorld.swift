import Chance
import Testing

@testable import Machine

/// A driver, a kernel and an operator, all of them random: what they do could happen.
struct ChildWorld {
    var machine: ChildMachine
    var random: SeededGenerator
    var now: Int64 = 0
    /// The living command; nil when there is none.
    var command: Int32?
    /// How many the last run has left behind.
    var others = 0
    /// What the others of the last run got, in order.
    var sentToOthers: [Int32] = []
    /// When KILL was first sent to them.
    var killedAt: Int64?
    /// The hook that runs, whether it waits for a KILL, whether that does not help either, and when it last got one.
    var hook: Hook?
    var hookHangs = false
    var hookIsStuck = false
    var hookKilledAt: Int64?
    /// The hook before the next start has succeeded.
    var isPrepared = false
    var lastStatus: Machine.ExitStatus?
    var isPaused = false
    /// Kapo was stopped, and got no CONT since.
    var isKapoPaused = false
    /// When the last run was ready, and when it ended; nil before that.
    var readyAt: Int64?
    var endedAt: Int64?
    var hasBegun = false
    /// Somebody asked Kapo to end, and the policy did not drop it.
    var isAsked = false
    var isFinished = false
    /// Runs, and starts that were tried.
    var starts = 0
    var tries = 0
    /// When the last run was started, or taken over; and the least time before the next one.
    var startedAt: Int64 = 0
    /// Somebody else started the command, or ordered an INT for it.
    var isForeign = false
    var wasInterrupted = false
    /// How many starts the last order leaves; nil when there is no end to them.
    var startsLeft: Int?
    /// Runs since the last order to start.
    var runsSinceOrder = 0
    var hasNewPolicy = false
    var pids: Int32 = 1
    /// What was last done, for the message of a test that fails.
    var trace: [(Int64, ChildState, ChildEvent)] = []
    /// What has come to pass.
    var states: Set<String> = []
    var events: Set<String> = []
    var notes: [ChildNote] = []
    var (jobPauses, abandonedHooks) = (0, 0)

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        machine = ChildMachine(policy: Self.policy(&random), seed: seed)
    }

    private static func policy(_ random: inout SeededGenerator) -> ChildPolicy {
        func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
        let wait = Int64.random(in: 0...2, using: &random)
        let grace = Int64.random(in: 1...3, using: &random)
        var policy = ChildPolicy.run(wait: wait, grace: grace)
        if !chance(3) {
            policy = .supervise(wait: wait, grace: grace) {
                $0.when = chance(2) ? .always : RestartPolicy.When.allCases.randomElement(using: &random) ?? .always
                $0.backoff = chance(2) ? 1 : 1.7
                $0.longestWaitNanoseconds = 8 * second
                $0.stableNanoseconds = 4 * second
                $0.onFailed = chance(2) ? .exit : .hold
                if chance(2) { $0.startLimit = RestartPolicy.StartLimit(burst: 3, windowNanoseconds: 20 * second) }
            }
        }
        if chance(2) { policy.ttlSeconds = 5...12 }
        if chance(3) { policy.drainNanoseconds = 3 * second }
        if chance(3) { policy.readyNanoseconds = 4 * second }
        if chance(3) { policy.watchdogNanoseconds = 3 * second }
        if chance(2) { policy.startDelayNanoseconds = Int64.random(in: 0...2, using: &random) * second }
        if chance(2) { policy.leastLifeNanoseconds = Int64.random(in: 1...4, using: &random) * second }
        if chance(3) { policy.retries = Int.random(in: 0...3, using: &random) }
        policy.staysWhenDone = chance(3)
        if chance(2) { policy.requirementDelayNanoseconds = 2 * second }
        policy.hasPreStart = chance(3)
        policy.hasPostExit = chance(3)
        policy.terminal = [.none, .none, .job, .leader].randomElement(using: &random) ?? .none
        if chance(4) { policy.signals.stop = 2 }
        policy.sweeps = !chance(8)
        policy.signals.target = chance(2) ? .group : .child
        if chance(8) { policy.signals.rewrites = [15: 0, 20: 0] }
        if chance(8) { policy.signals.rewrites = [15: 3, 1: 20] }
        if chance(3) { policy.exitCodes = [1: 0, 137: 5] }
        return policy
    }

    /// Whether the machine waits for the others of the last run.
    var isSweeping: Bool { machine.state.name == "sweeping" }

    /// Lets one thing happen, and what follows from it at once.
    mutating func step() {
        // Who has left does not hear of what becomes of the command.
        if machine.state.name == "left" { return }
        now += Int64.random(in: 0...2, using: &random)
        var possible: [ChildEvent] = [.signalled(1), .signalled(20), .signalled(18)]
        if !hasBegun && !isFinished {
            let earlier = now - Int64.random(in: 0...3, using: &random)
            possible += [.begin, .begin, .found(pid: pids + 1, startedAt: at(earlier))]
        }
        if command != nil {
            let status: Machine.ExitStatus =
                [.exited(0), .exited(1), .exited(1), .signalled(2), .signalled(9), .signalled(9)].randomElement(
                    using: &random) ?? .exited(1)
            let isFollowed = Int.random(in: 0..<4, using: &random) == 0
            possible += [
                .exited(
                    isForeign ? .unknown : status, leavesOthers: Bool.random(using: &random),
                    successor: isFollowed ? pids + 1 : nil), .ready, .alive, .alive,
            ]
            possible.append(isPaused ? .resumed : .paused(signal: Bool.random(using: &random) ? 19 : 20))
        }
        if machine.checkedRun != nil { possible.append(.unhealthy) }
        if hook != nil && !hookHangs { possible += [.hookEnded(succeeded: true), .hookEnded(succeeded: false)] }
        if command == nil && others > 0 { possible += [.otherEnded, .othersEnded, .othersEnded] }
        if let deadline = machine.deadline, deadline <= at(now).monotonic { possible = [.deadline] }
        var event = possible.randomElement(using: &random) ?? .signalled(1)
        if Int.random(in: 0..<60, using: &random) == 0 {
            event = .askedToStop(signal: Bool.random(using: &random) ? 15 : 2)
        }
        if Int.random(in: 0..<20, using: &random) == 0 { event = order() }
        if Int.random(in: 0..<50, using: &random) == 0 { replacePolicy() }
        take(event)
    }

    private mutating func order() -> ChildEvent {
        if Int.random(in: 0..<40, using: &random) == 0 { return .order(.leave) }
        let orders: [Order] = [.up, .once, .down, .restart, .signal(1), .signal(2), .kill]
        return .order(orders.randomElement(using: &random) ?? .up)
    }

    /// Somebody changes the policy, and nothing happens.
    private mutating func replacePolicy() {
        var policy = machine.policy
        policy.retries = Bool.random(using: &random) ? nil : 2
        policy.ttlSeconds = 4...9
        if case .restart(var restart) = policy.afterExit {
            restart.startLimit = Bool.random(using: &random) ? nil : .init(burst: 2, windowNanoseconds: 20 * second)
            policy.afterExit = .restart(restart)
        }
        let (state, deadline) = (machine.state, machine.deadline)
        machine.replacePolicy(policy)
        #expect(machine.state == state && machine.deadline == deadline)
        hasNewPolicy = true
    }

    /// The event happens: first in the world, then the machine hears of it.
    mutating func take(_ event: ChildEvent) {
        trace = trace.suffix(20) + [(now, machine.state, event)]
        events.insert(event.name)
        change(by: event)
        let before = machine
        let actions = machine.handle(event, at: at(now))
        states.insert(machine.state.name)
        check(actions, on: event, before)
        for action in actions where action == .spawn {
            let fails = Int.random(in: 0..<5, using: &random) == 0
            let kind = fails ? [notFound, noResources].randomElement(using: &random) ?? notFound : notFound
            take(fails ? .spawnFailed(kind) : .spawned(pid: pids + 1))
        }
    }

    private mutating func change(by event: ChildEvent) {
        switch event {
        case .begin: hasBegun = true
        case .found(let pid, let moment, _):
            (command, pids, hasBegun, isForeign) = (pid, pid, true, true)
            (readyAt, endedAt, startedAt) = (now, nil, (moment.monotonic - at(0).monotonic) / second)
            (starts, tries, runsSinceOrder) = (1, 1, 1)
            startsLeft = startsLeft.map { max(0, $0 - 1) }
        case .order(let order): change(by: order)
        case .exited(_, _, let successor?):
            (command, pids, isPaused, isForeign, wasInterrupted) = (successor, successor, false, true, false)
            startedAt = now
        case .exited(let status, let leavesOthers, nil):
            (command, isPaused, lastStatus, endedAt) = (nil, false, status, now)
            // Who types ^C means Kapo as well. While Kapo stops the command, it may be what Kapo sent.
            let isTyped = status == .signalled(2) && machine.policy.terminal != .none && !wasInterrupted
            if isTyped && machine.state.name != "stopping" { isAsked = true }
            others = leavesOthers ? Int.random(in: 1...3, using: &random) : 0
            (sentToOthers, killedAt) = ([], nil)
        // Who ends may leave some that nobody had counted.
        case .otherEnded: others = Int.random(in: 1...3, using: &random)
        case .othersEnded: others = 0
        case .hookEnded(let succeeded):
            isPrepared = hook == .preStart && succeeded
            (hook, hookKilledAt) = (nil, nil)
        case .paused: isPaused = true
        case .resumed: isPaused = false
        case .askedToStop(let signal): if machine.policy.signals.rewritten(signal) != nil { isAsked = true }
        case .spawned(let pid):
            (command, pids) = (pid, pid)
            (readyAt, endedAt, isKapoPaused) = (machine.policy.readyNanoseconds == nil ? now : nil, nil, false)
            (startedAt, isForeign, wasInterrupted) = (now, false, false)
            starts += 1
            runsSinceOrder += 1
        case .ready: if machine.report.status == .starting && readyAt == nil { readyAt = now }
        case .signalled(let signal): if signal == 18 { isKapoPaused = false }
        case .deadline:
            guard hookKilledAt != nil else { break }
            (hook, hookKilledAt) = (nil, nil)
            abandonedHooks += 1
        case .spawnFailed, .alive, .unhealthy: break
        }
    }

    private mutating func change(by order: Order) {
        let isRunning = command != nil && machine.state.name == "running"
        switch order {
        case .up, .restart: if !isAsked { (startsLeft, runsSinceOrder) = (nil, 0) }
        case .once: if !isAsked { (startsLeft, runsSinceOrder) = (isRunning ? 0 : 1, 0) }
        case .down: if !isAsked { startsLeft = 0 }
        case .signal(let number): wasInterrupted = wasInterrupted || command != nil && number == 2
        case .kill, .leave: break
        }
    }

    /// The last steps, one a line.
    var history: String { trace.map { "\($0.0) \($0.1): \($0.2)" }.joined(separator: "\n") }
}

import Testing

@testable import Machine

/// Ways in which a run can end.
private enum Ending: String, CaseIterable, CustomTestStringConvertible {
    case exit0, exit3, successCode, successSignal, otherSignal
    case expired, expiredWithCode, expiredBySignal, notReady, notReadyWithSuccess, hung, asked, drained

    var testDescription: String { rawValue }

    /// The policy under which it can: codes 0 and 7 and signal 10 are a success.
    func policy(_ change: (inout RestartPolicy) -> Void) -> ChildPolicy {
        let policy = ChildPolicy.supervise(ttl: 60) {
            ($0.success.codes, $0.success.signals) = ([0, 7], [10])
            change(&$0)
        }
        return switch self {
        case .notReady, .notReadyWithSuccess: policy.expecting(ready: 20)
        case .hung: policy.expecting(alive: 20)
        case .drained: policy.draining(30)
        default: policy
        }
    }

    /// What happens before the end of a run that began at second 0.
    private var before: [(Int64, ChildEvent)] {
        switch self {
        case .exit0, .exit3, .successCode, .successSignal, .otherSignal: []
        case .expired, .expiredWithCode, .expiredBySignal: [(60, .deadline)]
        case .notReady, .notReadyWithSuccess, .hung: [(20, .deadline)]
        case .asked, .drained: [(20, .askedToStop(signal: 15))]
        }
    }

    var status: Machine.ExitStatus {
        switch self {
        case .exit0, .expired, .notReady: .exited(0)
        case .exit3, .expiredWithCode, .asked, .drained: .exited(3)
        case .successCode, .notReadyWithSuccess: .exited(7)
        case .successSignal: .signalled(10)
        case .otherSignal: .signalled(9)
        case .expiredBySignal: .signalled(15)
        case .hung: .signalled(6)
        }
    }

    var isFailure: Bool {
        switch self {
        case .exit3, .otherSignal, .notReady, .notReadyWithSuccess, .hung: true
        case .exit0, .successCode, .successSignal, .expired, .expiredWithCode, .expiredBySignal, .asked, .drained: false
        }
    }

    /// The policies that start the command again.
    var restarts: Set<RestartPolicy.When> {
        switch self {
        case .exit0, .successCode, .successSignal: [.always]
        case .exit3: [.always, .onFailure]
        case .otherSignal, .expired, .expiredWithCode, .expiredBySignal, .notReady, .notReadyWithSuccess, .hung:
            [.always, .onFailure, .onAbnormal]
        case .asked, .drained: []
        }
    }

    /// A machine whose command has ended so at second 65, and what it wanted done.
    func machine(_ change: (inout RestartPolicy) -> Void, leavesOthers: Bool) -> (ChildMachine, [ChildAction]) {
        var machine = ChildMachine.running(policy(change))
        for (seconds, event) in before { _ = machine.handle(event, at: at(seconds)) }
        var actions = machine.handle(.exited(status, leavesOthers: leavesOthers), at: at(65))
        if leavesOthers {
            let isFollowed = machine.health.isLive
            actions = [actions[0]] + machine.handle(.othersEnded, at: at(65))
            #expect(machine.health.isLive == isFollowed, "what comes was known while others were left")
        }
        return (machine, actions)
    }
}

@Suite("Which ends are followed by a start")
struct RestartPolicyTests {
    @Test("the policy decides", arguments: Ending.allCases, RestartPolicy.When.allCases)
    private func followed(_ ending: Ending, _ when: RestartPolicy.When) {
        for leavesOthers in [false, true] {
            let (machine, actions) = ending.machine({ $0.when = when }, leavesOthers: leavesOthers)
            #expect(actions.first == .log(.ended(pid: 42, ending.status)))
            let rest = actions.dropFirst()
            if ending.restarts.contains(when) {
                #expect(rest == [.log(.restarts(inNanoseconds: 5 * second))])
                #expect(machine.deadline == at(70).monotonic)
                #expect(machine.health.isLive)
            } else {
                // A failure must not look like a success to whoever started Kapo.
                let code = ending.status.shellCode
                #expect(rest == [.finish(code: ending.isFailure && code == 0 ? 1 : code)])
                #expect(!machine.health.isLive)
            }
        }
    }

    @Test("held, Kapo stays after a failure, and after nothing else", arguments: Ending.allCases)
    private func held(_ ending: Ending) {
        for when in RestartPolicy.When.allCases where !ending.restarts.contains(when) {
            var (machine, actions) = ending.machine({ ($0.when, $0.onFailed) = (when, .hold) }, leavesOthers: false)
            #expect(actions.contains(.log(.failed)) == ending.isFailure)
            #expect(actions.finishCodes == (ending.isFailure ? [] : [ending.status.shellCode]))
            guard ending.isFailure else { continue }
            #expect(machine.deadline == nil)
            #expect(machine.report.status == .failed)
            #expect(machine.report.exit == ending.status)
            let code = ending.status.shellCode
            #expect(machine.handle(.askedToStop(signal: 15), at: at(99)) == [.finish(code: code == 0 ? 1 : code)])
        }
    }

    @Test("failures are counted, and nothing else is", arguments: Ending.allCases)
    private func counted(_ ending: Ending) {
        #expect(ending.machine({ _ in }, leavesOthers: false).0.history.failures == (ending.isFailure ? 1 : 0))
    }

    @Test("a code that stands for another one does not make a failure a success")
    func mapped() {
        let policy = ChildPolicy.supervise { $0.when = .never }.with { $0.exitCodes = [3: 0, 0: 9] }
        var failed = ChildMachine.running(policy)
        #expect(failed.handle(.exited(.exited(3)), at: at(9)).last == .finish(code: 1))
        var succeeded = ChildMachine.running(policy)
        #expect(succeeded.handle(.exited(.exited(0)), at: at(9)).last == .finish(code: 9))
    }

    @Test("by default each end is followed, and 0 is the only success")
    func defaults() {
        let policy = RestartPolicy(waitNanoseconds: 5)
        #expect(policy.when == .always)
        #expect(policy.onFailed == .exit)
        #expect(policy.startLimit == nil)
        #expect(policy.backoff == 1)
        #expect(policy.success.contains(.exited(0)))
        for code in 1...255 as ClosedRange<Int32> { #expect(!policy.success.contains(.exited(code))) }
        for signal in 1...64 as ClosedRange<Int32> { #expect(!policy.success.contains(.signalled(signal))) }
    }

    @Test("a code and a signal of the same number are two things")
    func successes() {
        var success = SuccessExits()
        (success.codes, success.signals) = ([3], [4])
        #expect(success.contains(.exited(3)))
        #expect(!success.contains(.signalled(3)))
        #expect(success.contains(.signalled(4)))
        #expect(!success.contains(.exited(4)))
        #expect(!success.contains(.exited(0)))
    }

    @Test("the policies have the names of the command line")
    func names() {
        #expect(RestartPolicy.When.allCases.map(\.rawValue) == ["always", "on-failure", "on-abnormal", "never"])
        #expect(RestartPolicy.OnFailed.allCases.map(\.rawValue) == ["exit", "hold"])
    }
}

import Testing

@testable import Machine

/// Every state of `run` and `supervise`, with each payload that makes a difference, and what each event does to it.
enum ChildSituation: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case idle, starting, failed, running, runningWithTTL, expired, expiredAndAsked, asked, killed, killedAfterTTL
    case lingering, finishedRun
    case supervised, supervisedAsked, waiting, restarting, restartingAtOnce, stopped

    var testDescription: String { rawValue }

    /// A machine in that situation. Its last event came at second 100 or before.
    var machine: ChildMachine {
        let start: [(Int64, ChildEvent)] = [(0, .begin), (0, .spawned(pid: 42))]
        let crash: [(Int64, ChildEvent)] = start + [(50, .exited(.signalled(11)))]
        let ttl = ChildPolicy.run(wait: 3, ttl: 60)
        return switch self {
        case .idle: ChildMachine(policy: .run())
        case .starting: ChildMachine(.run(), after: [(0, .begin)])
        case .failed: ChildMachine(.run(), after: [(0, .begin), (0, .spawnFailed(notFound))])
        case .running: .running(.run())
        case .runningWithTTL: .running(ttl)
        case .expired: ChildMachine(ttl, after: start + [(60, .deadline)])
        case .expiredAndAsked: ChildMachine(ttl, after: start + [(60, .deadline), (61, .askedToStop(signal: 2))])
        case .asked: ChildMachine(.run(), after: start + [(40, .askedToStop(signal: 15))])
        case .killed:
            ChildMachine(.run(), after: start + [(40, .askedToStop(signal: 15)), (41, .askedToStop(signal: 2))])
        case .killedAfterTTL: ChildMachine(ttl, after: start + [(60, .deadline), (70, .deadline)])
        case .lingering: ChildMachine(.run(wait: 30), after: crash)
        case .finishedRun: ChildMachine(.run(), after: crash)
        case .supervised: .running(.supervise())
        case .supervisedAsked: ChildMachine(.supervise(), after: start + [(40, .askedToStop(signal: 2))])
        case .waiting: ChildMachine(.supervise(wait: 60), after: crash)
        case .restarting: ChildMachine(.supervise(), after: crash + [(55, .deadline)])
        case .restartingAtOnce: ChildMachine(.supervise(wait: 0), after: crash)
        case .stopped: ChildMachine(.supervise(), after: crash + [(51, .askedToStop(signal: 15))])
        }
    }

    /// The state of that machine.
    var state: ChildState {
        let run = Run(pid: 42, startedAt: at(0), expiresAt: nil)
        let limited = Run(pid: 42, startedAt: at(0), expiresAt: at(60).monotonic)
        let ended = EndedRun(startedAt: at(0), endedAt: at(50), status: .signalled(11))
        return switch self {
        case .idle: .idle
        case .starting: .starting
        case .failed: .finished(nil)
        case .running, .supervised: .running(run)
        case .runningWithTTL: .running(limited)
        case .expired: .stopping(limited, Stop(isAsked: false, killAt: at(70).monotonic))
        case .expiredAndAsked: .stopping(limited, Stop(isAsked: true, killAt: at(70).monotonic))
        case .asked, .killed, .supervisedAsked: .stopping(run, Stop(isAsked: true, killAt: nil))
        case .killedAfterTTL: .stopping(limited, Stop(isAsked: false, killAt: nil))
        case .lingering: .lingering(ended, until: at(80).monotonic)
        case .finishedRun, .stopped: .finished(ended)
        case .waiting: .waiting(ended, until: at(110).monotonic)
        case .restarting, .restartingAtOnce: .restarting(ended)
        }
    }
}

/// One row of the table: at second 100, this event changes that situation in this way.
struct ChildRow: Sendable {
    let situation: ChildSituation
    let event: ChildEvent
    let actions: [ChildAction]
    let next: ChildState

    init(_ situation: ChildSituation, _ event: ChildEvent, _ actions: [ChildAction], _ next: ChildState) {
        self.situation = situation
        self.event = event
        self.actions = actions
        self.next = next
    }

    /// Each event, with the payloads that the table uses.
    static let events: [ChildEvent] = [
        .begin, .spawned(pid: 77), .spawnFailed(notExecutable), .exited(.exited(3)), .exited(.signalled(9)),
        .askedToStop(signal: 15), .askedToStop(signal: 2), .signalled(1), .deadline,
    ]

    /// What is not in the table changes nothing.
    static let table: [ChildRow] = starts + runs + exits + ends

    private static let fresh = Run(pid: 77, startedAt: at(100), expiresAt: nil)
    private static let run = Run(pid: 42, startedAt: at(0), expiresAt: nil)
    private static let limited = Run(pid: 42, startedAt: at(0), expiresAt: at(60).monotonic)
    private static let crashed = EndedRun(startedAt: at(0), endedAt: at(50), status: .signalled(11))
    private static let exited = EndedRun(startedAt: at(0), endedAt: at(100), status: .exited(3))
    private static let shot = EndedRun(startedAt: at(0), endedAt: at(100), status: .signalled(9))
    private static let killing: [ChildAction] = [.log(.killing(pid: 42)), .signalGroup(pid: 42, signal: 9)]
    private static let failedRetry: [ChildAction] = [
        .log(.spawnFailed(notExecutable)), .log(.restarts(inNanoseconds: 5 * second)),
    ]

    private static let starts: [ChildRow] = [
        ChildRow(.idle, .begin, [.spawn], .starting),
        ChildRow(.idle, .askedToStop(signal: 15), [.finish(code: 143)], .finished(nil)),
        ChildRow(.idle, .askedToStop(signal: 2), [.finish(code: 130)], .finished(nil)),
        ChildRow(.starting, .spawned(pid: 77), [.log(.started(pid: 77))], .running(fresh)),
        ChildRow(
            .starting, .spawnFailed(notExecutable), [.log(.spawnFailed(notExecutable)), .finish(code: 126)],
            .finished(nil)),
        ChildRow(.restarting, .spawned(pid: 77), [.log(.started(pid: 77))], .running(fresh)),
        ChildRow(.restartingAtOnce, .spawned(pid: 77), [.log(.started(pid: 77))], .running(fresh)),
        ChildRow(
            .restarting, .spawnFailed(notExecutable), failedRetry, .waiting(crashed, until: at(105).monotonic)),
        ChildRow(
            .restartingAtOnce, .spawnFailed(notExecutable),
            [.log(.spawnFailed(notExecutable)), .log(.restarts(inNanoseconds: second))],
            .waiting(crashed, until: at(101).monotonic)),
        ChildRow(.waiting, .deadline, [.spawn], .restarting(crashed)),
    ]

    private static let runs: [ChildRow] = {
        let grace = Stop(isAsked: false, killAt: at(110).monotonic)
        let asked = Stop(isAsked: true, killAt: nil)
        var rows: [ChildRow] = []
        for situation in [.running, .runningWithTTL, .supervised] as [ChildSituation] {
            let run = situation == .runningWithTTL ? limited : run
            for signal in [15, 2] as [Int32] {
                rows.append(
                    ChildRow(
                        situation, .askedToStop(signal: signal), [.signalGroup(pid: 42, signal: signal)],
                        .stopping(run, asked)))
            }
        }
        let expire: [ChildAction] = [.log(.ttlExpired(pid: 42)), .signalGroup(pid: 42, signal: 15)]
        rows.append(ChildRow(.runningWithTTL, .deadline, expire, .stopping(limited, grace)))
        let alive: [ChildSituation] = [
            .running, .runningWithTTL, .supervised, .expired, .expiredAndAsked, .asked, .killed, .killedAfterTTL,
            .supervisedAsked,
        ]
        for situation in alive {
            rows.append(ChildRow(situation, .signalled(1), [.signalGroup(pid: 42, signal: 1)], situation.state))
        }
        return rows
    }()

    private static let exits: [ChildRow] = {
        var rows: [ChildRow] = []
        for (ended, code) in [(exited, 3), (shot, 137)] as [(EndedRun, Int32)] {
            let event = ChildEvent.exited(ended.status)
            let note = ChildAction.log(.ended(pid: 42, ended.status))
            for situation in [.running, .asked, .killed, .supervisedAsked] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [note, .finish(code: code)], .finished(ended)))
            }
            for situation in [.runningWithTTL, .expired, .expiredAndAsked, .killedAfterTTL] as [ChildSituation] {
                rows.append(ChildRow(situation, event, [note], .lingering(ended, until: at(103).monotonic)))
            }
            rows.append(
                ChildRow(
                    .supervised, event, [note, .log(.restarts(inNanoseconds: 5 * second))],
                    .waiting(ended, until: at(105).monotonic)))
        }
        return rows
    }()

    private static let ends: [ChildRow] = {
        let asked = Stop(isAsked: true, killAt: nil)
        var rows: [ChildRow] = [ChildRow(.lingering, .deadline, [.finish(code: 139)], .finished(crashed))]
        for signal in [15, 2] as [Int32] {
            let event = ChildEvent.askedToStop(signal: signal)
            let pass = ChildAction.signalGroup(pid: 42, signal: signal)
            rows += [
                ChildRow(.asked, event, killing, .stopping(run, asked)),
                ChildRow(.killed, event, killing, .stopping(run, asked)),
                ChildRow(.supervisedAsked, event, killing, .stopping(run, asked)),
                ChildRow(.expiredAndAsked, event, killing, .stopping(limited, asked)),
                ChildRow(
                    .expired, event, [pass], .stopping(limited, Stop(isAsked: true, killAt: at(70).monotonic))),
                ChildRow(.killedAfterTTL, event, [pass], .stopping(limited, asked)),
                ChildRow(.lingering, event, [.finish(code: 139)], .finished(crashed)),
                ChildRow(.waiting, event, [.finish(code: 139)], .finished(crashed)),
            ]
        }
        rows += [
            ChildRow(.expired, .deadline, killing, .stopping(limited, Stop(isAsked: false, killAt: nil))),
            ChildRow(.expiredAndAsked, .deadline, killing, .stopping(limited, asked)),
        ]
        return rows
    }()
}

@Suite("Every state of the child machine and every event")
struct ChildMachineSweepTests {
    @Test("the situations stand for the states that they name", arguments: ChildSituation.allCases)
    func situation(_ situation: ChildSituation) {
        #expect(situation.machine.state == situation.state)
    }

    @Test("each event does what the table says, and nothing when it says nothing", arguments: ChildSituation.allCases)
    func sweep(_ situation: ChildSituation) {
        for event in ChildRow.events where !Self.isOutOfContract(situation, event) {
            let before = situation.machine
            var machine = before
            let actions = machine.handle(event, at: at(100))
            let rows = ChildRow.table.filter { $0.situation == situation && $0.event == event }
            #expect(rows.count <= 1, "\(situation) has two rows for \(event)")
            if let row = rows.first {
                #expect(actions == row.actions, "\(situation) on \(event)")
                #expect(machine.state == row.next, "\(situation) on \(event)")
            } else {
                #expect(actions.isEmpty, "\(situation) on \(event)")
                #expect(machine == before, "\(situation) on \(event)")
            }
        }
    }

    @Test("a deadline that the machine did not name never comes: those are the only pairs without a row")
    func outOfContract() {
        for situation in ChildSituation.allCases {
            #expect(
                Self.isOutOfContract(situation, .deadline)
                    == (Self.isAlive(situation) && situation.machine.deadline == nil))
        }
    }

    /// A driver sends `.deadline` only when the machine has named one.
    private static func isOutOfContract(_ situation: ChildSituation, _ event: ChildEvent) -> Bool {
        event == .deadline
            && [.running, .supervised, .asked, .killed, .killedAfterTTL, .supervisedAsked].contains(situation)
    }

    private static func isAlive(_ situation: ChildSituation) -> Bool {
        switch situation.state {
        case .running, .stopping: true
        case .idle, .starting, .waiting, .restarting, .lingering, .finished: false
        }
    }
}

import Testing

@testable import Machine

@Suite("Codes in place of the command's")
struct ChildMachineExitCodeTests {
    private static let codes: [Int32: Int32] = [3: 0, 143: 7, 0: 99, 255: 1, 7: 8]

    private static func policies(_ codes: [Int32: Int32] = codes) -> [ChildPolicy] {
        [ChildPolicy.run(), .run(wait: 30), .supervise(), .supervise(wait: 0)].map {
            $0.with { $0.exitCodes = codes }
        }
    }

    /// The code that Kapo ends with after such an end of the command, with TERM before it and behind it.
    private static func code(_ policy: ChildPolicy, _ event: ChildEvent) -> Int32? {
        var machine = ChildMachine.running(policy)
        let actions =
            machine.handle(.askedToStop(signal: 15), at: at(5)) + machine.handle(event, at: at(6))
            + machine.handle(.othersEnded, at: at(7)) + machine.handle(.askedToStop(signal: 15), at: at(8))
        let codes = actions.compactMap { if case .finish(let code) = $0 { code } else { nil } }
        #expect(codes.count == 1)
        return codes.first
    }

    @Test(
        "the code of an exit or of a signal is mapped once, and others stay what they are",
        arguments: [
            (.exited(3), 0), (.exited(0), 99), (.exited(255), 1), (.signalled(15), 7), (.exited(143), 7),
            (.exited(7), 8), (.exited(4), 4), (.signalled(9), 137), (.signalled(3), 131),
        ] as [(Machine.ExitStatus, Int32)])
    func mapped(_ status: Machine.ExitStatus, _ expected: Int32) {
        for policy in Self.policies() {
            #expect(Self.code(policy, .exited(status)) == expected)
            #expect(Self.code(policy, .left(status)) == expected)
        }
    }

    @Test("no code is mapped when nothing says so", arguments: 0...255 as ClosedRange<Int32>)
    func plain(_ code: Int32) {
        for policy in Self.policies([:]) { #expect(Self.code(policy, .exited(.exited(code))) == code) }
    }

    @Test("without being asked it is the same")
    func unasked() {
        var machine = ChildMachine.running(Self.policies()[0])
        #expect(machine.handle(.exited(.exited(3)), at: at(5)).last == .finish(code: 0))
        machine = ChildMachine.running(Self.policies()[1])
        _ = machine.handle(.exited(.exited(3)), at: at(5))
        #expect(machine.handle(.deadline, at: at(35)) == [.finish(code: 0)])
    }

    @Test("only Kapo's own code is another one: the log and the document tell the command's")
    func shown() {
        var machine = ChildMachine.running(Self.policies()[1])
        #expect(machine.handle(.exited(.exited(3)), at: at(5)) == [.log(.ended(pid: 42, .exited(3)))])
        #expect(machine.report.exit == .exited(3))
        _ = machine.handle(.deadline, at: at(35))
        #expect(machine.report.exit == .exited(3))
    }

    @Test(
        "a start that failed is not the command's end: its code stays",
        arguments: [notFound, notExecutable, noResources])
    func failedStart(_ failure: SpawnFailure) {
        for policy in [ChildPolicy.run(), .run(wait: 30), .supervise { $0.when = .never }] {
            var machine = ChildMachine(
                policy.with { $0.exitCodes = [125: 1, 126: 2, 127: 3] }, after: [(0, .begin)])
            let actions = machine.handle(.spawnFailed(failure), at: at(0))
            #expect(actions == [.log(.spawnFailed(failure)), .finish(code: failure.kind.exitCode)])
        }
    }

    @Test("the same code from a command is mapped")
    func sameCode() {
        for policy in Self.policies([127: 3]) { #expect(Self.code(policy, .exited(.exited(127))) == 3) }
    }

    @Test("a restart that failed keeps the last run's code, which is mapped")
    func failedRestart() {
        var machine = ChildMachine.running(.supervise(wait: 0).with { $0.exitCodes = Self.codes })
        _ = machine.handle(.exited(.exited(3)), at: at(5))
        _ = machine.handle(.spawnFailed(notFound), at: at(5))
        #expect(machine.handle(.askedToStop(signal: 15), at: at(6)) == [.finish(code: 0)])
    }
}

import Testing

@testable import Machine

@Suite("^C at a terminal that the command has the foreground of")
struct TerminalInterruptTests {
    private static let shared: [ChildPolicy.TerminalShare] = [.job, .leader]
    private static let interrupted = ChildEvent.exited(.signalled(2))

    @Test("it means Kapo as well: nothing is started after it", arguments: RestartPolicy.When.allCases)
    func ends(_ when: RestartPolicy.When) {
        for terminal in Self.shared {
            for wait in [0, 5] as [Int64] {
                let policy = ChildPolicy.supervise(wait: wait) { ($0.when, $0.onFailed) = (when, .hold) }
                var machine = ChildMachine.running(policy.sharing(terminal))
                #expect(
                    machine.handle(Self.interrupted, at: at(9))
                        == [.log(.ended(pid: 42, .signalled(2))), .finish(code: 130)])
                #expect(machine.health.failures == 0, "it is no failure")
                #expect(machine.report.status == .killed)
            }
        }
    }

    @Test("without a terminal INT is a signal like any other")
    func alone() {
        var machine = ChildMachine.running(.supervise())
        #expect(machine.handle(Self.interrupted, at: at(9)).waits == [5 * second])
        #expect(machine.health.failures == 1)
    }

    @Test("no other signal means Kapo, nor does the code of a command that heard INT")
    func others() {
        for status in (1...64).filter({ $0 != 2 }).map({ .signalled($0) }) + [.exited(130), .exited(2), .exited(0)]
            as [Machine.ExitStatus]
        {
            for terminal in Self.shared {
                var machine = ChildMachine.running(.supervise().sharing(terminal))
                #expect(machine.handle(.exited(status), at: at(9)).waits == [5 * second])
            }
        }
    }

    @Test("who is left behind is ended in peace, and one more ^C that reaches Kapo kills")
    func swept() {
        for terminal in Self.shared {
            var machine = ChildMachine.running(.supervise(wait: 0).sharing(terminal))
            #expect(machine.handle(.left(.signalled(2)), at: at(9)).last == .signalOthers(signal: 15))
            #expect(!machine.health.isLive, "it will not be started again")
            var killed = machine
            #expect(machine.handle(.othersEnded, at: at(10)) == [.finish(code: 130)])
            #expect(killed.handle(.askedToStop(signal: 2), at: at(10)).last == .signalOthers(signal: 9))
            #expect(killed.handle(.othersEnded, at: at(10)) == [.finish(code: 130)])
        }
    }

    @Test("under run Kapo still reports for as long as it was to")
    func run() {
        var machine = ChildMachine.running(.run(wait: 30).sharing(.job))
        #expect(machine.handle(Self.interrupted, at: at(9)) == [.log(.ended(pid: 42, .signalled(2)))])
        #expect(machine.deadline == at(39).monotonic)
    }

    @Test("typed while Kapo stops the command for its own reasons, it counts too")
    func stopping() {
        for terminal in Self.shared {
            for policy in [ChildPolicy.supervise(ttl: 20), .supervise().expecting(ready: 20)] {
                var machine = ChildMachine.running(policy.sharing(terminal))
                _ = machine.handle(.deadline, at: at(20))
                #expect(machine.handle(Self.interrupted, at: at(21)).last == .finish(code: 130))
            }
            let stopsWithINT = ChildPolicy.supervise().expecting(alive: 20).with { $0.signals.stop = 2 }
            var hung = ChildMachine.running(stopsWithINT.sharing(terminal))
            _ = hung.handle(.deadline, at: at(20))
            #expect(hung.handle(Self.interrupted, at: at(21)).last == .finish(code: 130), "it got ABRT, and not INT")
        }
    }

    @Test("the INT that Kapo itself stops the command with is nobody's word")
    func own() {
        for terminal in Self.shared {
            for (policy, failures) in [
                (ChildPolicy.supervise(ttl: 20), 0), (.supervise().expecting(ready: 20), 1),
            ] {
                var machine = ChildMachine.running(policy.sharing(terminal).with { $0.signals.stop = 2 })
                #expect(machine.handle(.deadline, at: at(20)).last == .signalGroup(pid: 42, signal: 2))
                #expect(machine.handle(Self.interrupted, at: at(21)).waits == [5 * second])
                #expect(machine.health.failures == failures)
                #expect(machine.startWhenDue() == 26)
                // The next run is a command like any other.
                #expect(machine.handle(Self.interrupted, at: at(27)).last == .finish(code: 130))
            }
        }
    }
}

import Testing

@testable import Machine

extension ChildPolicy {
    /// The same policy for a command that has the foreground of a terminal that Kapo stands so to.
    func sharing(_ terminal: TerminalShare) -> ChildPolicy { with { $0.terminal = terminal } }
}

@Suite("A command that has the foreground of a terminal")
struct ChildMachineTerminalTests {
    private static let shared: [ChildPolicy.TerminalShare] = [.job, .leader]

    @Test("what the terminal stops stops the job that Kapo is a part of, once", arguments: [20, 21, 22] as [Int32])
    func stopped(_ number: Int32) {
        for situation in ChildSituation.alive {
            var machine = ChildMachine(situation.policy.sharing(.job), after: situation.events)
            let isPaused = machine.state.run?.hasPausedKapo == true
            #expect(
                machine.handle(.paused(signal: number), at: at(100)) == (isPaused ? [] : [.pauseJob(signal: number)]))
            #expect(machine.state.run?.isPaused == true)
            #expect(machine.state.run?.hasPausedKapo == true)
            #expect(machine.handle(.paused(signal: number), at: at(100)) == [], "it is stopped already")
        }
    }

    @Test("whose group nobody can wake is woken at once when ^Z stops it, each time")
    func leader() {
        let number: Int32 = 20
        for situation in ChildSituation.alive {
            var machine = ChildMachine(situation.policy.sharing(.leader), after: situation.events)
            guard machine.state.run?.hasPausedKapo == false else { continue }
            for seconds in 100..<103 as Range<Int64> {
                #expect(
                    machine.handle(.paused(signal: number), at: at(seconds)) == [.signalGroup(pid: 42, signal: 18)])
                #expect(machine.state.run?.isPaused == true)
                #expect(machine.state.run?.hasPausedKapo == false, "Kapo goes on")
                #expect(machine.handle(.resumed, at: at(seconds)) == [])
                #expect(machine.state.run?.isPaused == false)
            }
        }
        var machine = ChildMachine.running(.run().sharing(.leader).with { $0.signals.target = .child })
        #expect(machine.handle(.paused(signal: number), at: at(5)) == [.signalCommand(pid: 42, signal: 18)])
    }

    @Test(
        "that reads or writes in the background is not woken: it would be stopped again",
        arguments: [21, 22] as [Int32])
    func background(_ number: Int32) {
        var machine = ChildMachine.running(.run().sharing(.leader))
        #expect(machine.handle(.paused(signal: number), at: at(5)) == [])
        #expect(machine.state.run?.isPaused == true && machine.state.run?.hasPausedKapo == false)
    }

    @Test("what another signal stops is nobody's job", arguments: [1, 18, 19, 23] as [Int32])
    func other(_ number: Int32) {
        for terminal in Self.shared {
            var machine = ChildMachine.running(.run().sharing(terminal))
            #expect(machine.handle(.paused(signal: number), at: at(5)) == [])
            let next: ChildAction = terminal == .job ? .pauseJob(signal: 20) : .signalGroup(pid: 42, signal: 18)
            #expect(machine.handle(.paused(signal: 20), at: at(6)) == [next], "nor was that a pause of Kapo")
        }
    }

    @Test("without a terminal Kapo goes on", arguments: [19, 20, 21, 22] as [Int32])
    func alone(_ number: Int32) {
        var machine = ChildMachine.running(.run())
        #expect(machine.handle(.paused(signal: number), at: at(5)) == [])
        #expect(machine.state.run?.hasPausedKapo == false)
        #expect(machine.health.blocker == .paused)
    }

    @Test("Kapo that passed TSTP on has paused with it: the kernel's word adds nothing")
    func passed() {
        for terminal in [.none] + Self.shared {
            var machine = ChildMachine.running(.run().sharing(terminal))
            #expect(machine.handle(.signalled(20), at: at(5)) == [.signalGroup(pid: 42, signal: 20), .pause])
            #expect(machine.handle(.paused(signal: 20), at: at(5)) == [])
            #expect(machine.health.blocker == .paused)
        }
    }

    @Test("CONT gives the terminal back first, then wakes the command, and the next stop counts again")
    func continued() {
        for policy in ChildPolicy.each {
            var machine = ChildMachine.running(policy.sharing(.job))
            let running = machine
            for _ in 0..<3 {
                #expect(machine.handle(.paused(signal: 21), at: at(5)) == [.pauseJob(signal: 21)])
                #expect(
                    machine.handle(.signalled(18), at: at(6))
                        == [.giveTerminal(pid: 42), .signalGroup(pid: 42, signal: 18)])
                #expect(machine.handle(.resumed, at: at(6)) == [])
                #expect(machine == running)
            }
        }
    }

    @Test("a command that goes on by itself does not wake Kapo: another stop finds it paused")
    func resumed() {
        var machine = ChildMachine.running(.run().sharing(.job))
        _ = machine.handle(.paused(signal: 20), at: at(5))
        _ = machine.handle(.resumed, at: at(6))
        #expect(machine.health.blocker == nil)
        #expect(machine.handle(.paused(signal: 20), at: at(7)) == [])
    }

    @Test("without a terminal there is none to give, and a dropped CONT gives nothing")
    func given() {
        var machine = ChildMachine.running(.run())
        #expect(machine.handle(.signalled(18), at: at(5)) == [.signalGroup(pid: 42, signal: 18)])
        for terminal in Self.shared {
            machine = ChildMachine.running(.run().sharing(terminal).with { $0.signals.rewrites = [18: 0] })
            #expect(machine.handle(.signalled(18), at: at(5)) == [])
            machine = ChildMachine.running(.run().sharing(terminal).with { $0.signals.target = .child })
            #expect(
                machine.handle(.signalled(18), at: at(5))
                    == [.giveTerminal(pid: 42), .signalCommand(pid: 42, signal: 18)])
        }
    }

    @Test("it is the CONT that comes that counts, and not what becomes of it")
    func rewritten() {
        let policy = ChildPolicy.run().sharing(.job).with { $0.signals.rewrites = [18: 10, 1: 18] }
        var machine = ChildMachine.running(policy)
        #expect(
            machine.handle(.signalled(18), at: at(5)) == [.giveTerminal(pid: 42), .signalGroup(pid: 42, signal: 10)])
        #expect(machine.handle(.signalled(1), at: at(5)) == [.signalGroup(pid: 42, signal: 18)])
    }

    @Test("only CONT gives it", arguments: 1...64 as ClosedRange<Int32>)
    func others(_ number: Int32) {
        for situation in ChildSituation.alive where number != 18 {
            for terminal in Self.shared {
                var machine = ChildMachine(situation.policy.sharing(terminal), after: situation.events)
                #expect(!machine.handle(.signalled(number), at: at(100)).contains(.giveTerminal(pid: 42)))
            }
        }
    }

    @Test("where no command lives there is nobody to pause with", arguments: ChildSituation.allCases)
    func nobody(_ situation: ChildSituation) {
        guard !ChildSituation.alive.contains(situation) else { return }
        for event in [.signalled(20), .signalled(18), .paused(signal: 20), .resumed] as [ChildEvent] {
            for terminal in Self.shared {
                var machine = ChildMachine(situation.policy.sharing(terminal), after: situation.events)
                let before = machine
                #expect(machine.handle(event, at: at(100)) == [])
                #expect(machine == before)
            }
        }
    }

    @Test("the next run begins unpaused")
    func nextRun() {
        var machine = ChildMachine.running(.supervise(wait: 0).sharing(.job))
        _ = machine.handle(.paused(signal: 20), at: at(5))
        _ = machine.handle(.exited(.signalled(9)), at: at(6))
        _ = machine.handle(.spawned(pid: 43), at: at(6))
        #expect(machine.handle(.paused(signal: 20), at: at(7)) == [.pauseJob(signal: 20)])
    }
}

import Host
import Logging
import Loop
import Machine

/// `run` and `supervise`: turns what happens to the command into events, and the machine's actions into effects.
final class ChildDriver {
    private let runtime: Runtime
    private let options: ChildOptions
    private let inherited: Signals.Inherited
    private let sides: SideCommands
    private let log: ChildLog
    private var command: Command
    private var pid: Int32?
    /// What the last run left behind; nil while the command runs.
    private var leftovers: Leftovers?
    private var readiness: Readiness?
    private var hook: Int32?
    /// True while Kapo has the terminal that it was started at, and ends with it.
    private var sharesTerminal: Bool
    private var runner: MachineRunner<ChildMachine>?

    init(_ runtime: Runtime, _ options: ChildOptions, _ inherited: Signals.Inherited) {
        self.runtime = runtime
        self.options = options
        self.inherited = inherited
        sides = SideCommands(inherited)
        log = ChildLog(log: runtime.log, name: options.words[0].text)
        command = Command(words: options.words, environment: Invocation.environmentForCommand)
        command.output = runtime.console.commandOutput
        command.error = runtime.console.commandError
        command.deathSignal = options.outlivesKapo ? nil : Signals.kill
        // Open as long as Kapo runs, for each start of the command.
        if let directory = try? WorkingDirectory.leave() { command.directory = directory.release() }
        sharesTerminal = Terminal.isThere && !inherited.ignores(Signals.hangUp)
        var policy = options.policy
        policy.canPause = Signals.canPause
        policy.terminal = !Terminal.isThere || options.hasSession ? .none : Terminal.isLedByUs ? .leader : .job
        let machine = ChildMachine(policy: policy, seed: UInt64.random(in: 0 ... .max))
        runner = MachineRunner(runtime, machine) { [unowned self] in perform($0) }
    }

    /// Starts the command for the first time.
    func begin() {
        do { try Children.adoptOrphans() } catch { runtime.log.warning("orphans are not adopted: \(error)") }
        if options.hasSession { Terminal.leave() }
        send(.begin)
    }

    /// Tells the machine what happened.
    func send(_ event: ChildEvent) { runner?.send(event) }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        switch number {
        case Signals.child: reap()
        case Signals.terminate, Signals.interrupt: askedToStop(number)
        case Signals.hangUp where hasHungUp(): askedToStop(number)
        default: send(.signalled(number))
        }
    }

    private func askedToStop(_ number: Int32) {
        // One that is dropped asks for nothing.
        guard options.policy.signals.rewrites[number] != 0 else { return }
        runtime.manager.stopping()
        if runtime.isFinishing { runtime.finish(code: 0) } else { send(.askedToStop(signal: number)) }
    }

    /// True once, when the terminal that Kapo was started at is gone: nobody is there for whom it could go on. Whoever
    /// had HUP ignored for it means that it goes on.
    private func hasHungUp() -> Bool {
        guard sharesTerminal, !(options.hasSession ? Terminal.isOpen : Terminal.isThere) else { return false }
        sharesTerminal = false
        return true
    }

    // MARK: Children

    private func reap() {
        var hasOtherEnded = false
        // Ends: each turn takes a change that the kernel has for us.
        while case .change(let change) = Children.next() {
            switch change {
            case .ended(let pid, let code, let signal) where pid == self.pid:
                ended(pid, code.map { ExitStatus.exited($0) } ?? .signalled(signal))
            case .ended(let pid, let code, _):
                if !sides.ended(pid, succeeded: code == 0) { hasOtherEnded = true }
            case .paused(let pid, let signal) where pid == self.pid: send(.paused(signal: signal))
            case .resumed(let pid) where pid == self.pid: send(.resumed)
            case .paused, .resumed: break
            }
        }
        // While the command runs, the machine has no use for the others, and to look for them takes time.
        if hasOtherEnded, let leftovers { send(leftovers.areThere ? .otherEnded : .othersEnded) }
    }

    private func ended(_ pid: Int32, _ status: ExitStatus) {
        self.pid = nil
        readiness = nil
        runtime.console.runEnded()
        Terminal.takeBack(from: pid)
        leftovers = options.policy.sweeps ? Leftovers(ofGroup: pid, except: sides.pids) : nil
        send(.exited(status, leavesOthers: leftovers?.areThere ?? false))
        // It may have heard of that alone: when a shell is killed, those in the foreground do.
        if status == .signalled(Signals.hangUp), hasHungUp() { askedToStop(Signals.hangUp) }
    }

    // MARK: Actions

    private func perform(_ action: ChildAction) {
        switch action {
        case .spawn: spawn()
        case .startHook(let hook): start(hook)
        case .signalHook(let number): if let hook { sides.signal(hook, number) }
        case .signalGroup(let pid, let number): signal(number) { try Signals.send(number, toGroupOf: pid) }
        case .signalCommand(let pid, let number): signal(number) { try Signals.send(number, to: pid) }
        case .signalOthers(_, let number): leftovers?.signal(number)
        case .pause: Signals.pause()
        case .pauseJob(let number): if !Signals.pauseJob(number) { send(.signalled(Signals.goOn)) }
        case .giveTerminal(let pid): Terminal.give(to: pid)
        case .log(let note): log.write(note)
        case .finish(let code): runtime.finish(code: code)
        }
    }

    private func signal(_ number: Int32, _ send: () throws -> Void) {
        do {
            try send()
        } catch {
            runtime.log.error("cannot send \(Signals.name(of: number)) to the command: \(error)")
        }
    }

    private func spawn() {
        do throws(SpawnFailure) {
            var command = try equipped()
            let readiness = try readiness(of: command)
            readiness.equip(&command)
            command.hasSession = options.hasSession
            command.hasTerminal = options.hasSession || Terminal.isForeground
            let pid = try start(command)
            self.pid = pid
            self.readiness = readiness
            leftovers = nil
            send(.spawned(pid: pid))
        } catch {
            send(.spawnFailed(error))
        }
    }

    /// The command in its surroundings, as they are now.
    private func equipped() throws(SpawnFailure) -> Command {
        var command = command
        try options.surroundings.apply(to: &command)
        return command
    }

    private func readiness(of command: Command) throws(SpawnFailure) -> Readiness {
        do throws(SystemError) {
            return try Readiness(
                runtime.loop, options.readiness, watchdogNanoseconds: options.policy.watchdogNanoseconds, sides, command
            ) { [unowned self] news in
                switch news {
                case .ready: send(.ready)
                case .alive: send(.alive)
                }
            }
        } catch {
            throw SpawnFailure(error, command)
        }
    }

    private func start(_ command: Command) throws(SpawnFailure) -> Int32 {
        do throws(SystemError) { return try command.spawn(inherited) } catch { throw SpawnFailure(error, command) }
    }

    private func start(_ hook: Hook) {
        do {
            var pid: Int32?
            pid = try sides.start(
                text(of: hook), like: equipped(), variables: Self.variables(for: hook)
            ) { [unowned self] succeeded in
                // One that was given up ends unheard.
                guard self.hook == pid else { return }
                self.hook = nil
                send(.hookEnded(succeeded: succeeded))
            }
            self.hook = pid
        } catch let failure as SpawnFailure {
            runtime.log.error("a hook is not run: \(failure.reason)")
            send(.hookEnded(succeeded: false))
        } catch {
            runtime.log.error("cannot start a hook: \(error)")
            send(.hookEnded(succeeded: false))
        }
    }

    private func text(of hook: Hook) -> String {
        switch hook {
        case .preStart: options.preStart ?? ":"
        case .postExit: options.postExit ?? ":"
        }
    }

    private static func variables(for hook: Hook) -> [(name: String, value: String)] {
        switch hook {
        case .preStart: []
        case .postExit(let status, let restarts):
            [
                ("KAPO_EXIT_CODE", String(status.documentCode)), ("KAPO_EXIT_SIGNAL", String(status.signal)),
                ("KAPO_RESTARTS", String(restarts)),
            ]
        }
    }
}

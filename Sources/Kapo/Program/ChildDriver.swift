import Host
import Logging
import Loop
import Machine

/// Turns what happens to one command into events, and the machine's actions into effects.
final class ChildDriver {
    /// Where a driver keeps what outlives Kapo: the record of what runs.
    struct Keeping {
        /// The open directory of the service.
        let directory: Int32
        /// What `ServiceRecord.system` says.
        let system: [UInt8]
    }

    /// Called when the command has ended, once the machine has heard of it.
    var whenEnded: ((ExitStatus) -> Void)?
    /// Why the last signal could not be sent, for whoever ordered it.
    var trouble: String?
    /// Why the last start failed; nil when it did not.
    private(set) var startFailure: String?

    unowned let host: any ChildHost
    let reaper: Reaper
    private(set) var options: ChildOptions
    let keeping: Keeping?
    /// What runs in the place of the command, or was found running: no child, or one that another Kapo started.
    var followed: FollowedProcess?
    /// The child of which the reaper tells this driver.
    var child: Int32?
    /// What the last run left behind; nil while the command runs.
    private var leftovers: Leftovers?
    private let inherited: Signals.Inherited
    let sides: SideCommands
    let log: ChildLog
    /// The terminal of Kapo's standard input is the command's too.
    private let hasTerminal: Bool
    private(set) var command: Command
    private var readiness: Readiness?
    private var hook: Int32?
    private var sweepLook: Timer?
    /// Looks again whether the command runs, as long as that is not known.
    private var doubt: Timer?
    private(set) var runner: MachineRunner<ChildMachine>?
    private(set) var checks: CommandChecks?

    init(
        _ host: any ChildHost, _ options: ChildOptions, _ inherited: Signals.Inherited, hasTerminal: Bool = false,
        keeping: Keeping? = nil
    ) {
        self.host = host
        reaper = host.reaper
        self.options = options
        self.inherited = inherited
        self.hasTerminal = hasTerminal
        self.keeping = keeping
        sides = SideCommands(reaper, inherited, shell: options.shell)
        log = ChildLog(log: host.log, name: options.words[0].text)
        command = Command(words: options.words, environment: host.environment)
        command.output = host.output.commandOutput
        command.error = host.output.commandError
        command.deathSignal = options.outlivesKapo || keeping != nil ? nil : Signals.kill
        command.directory = host.startDirectory
        command.record = keeping.map { ($0.directory, $0.system) }
        let machine = ChildMachine(policy: options.policy, seed: UInt64.random(in: 0 ... .max))
        runner = MachineRunner(host.loop, machine) { [unowned self] in
            checks?.follow($0.checkedRun)
            publish()
        } perform: { [unowned self] in
            perform($0)
        }
        checks = options.checks.map(makeChecks)
    }

    deinit {
        reaper.dismiss(self)
        if let child { reaper.disown(child) }
    }

    /// Starts the command for the first time, or finds that it runs already. As long as nobody knows whether it does,
    /// nothing is started: a second copy would be worse.
    func begin() {
        writeParentPID()
        findOrStart()
    }

    private func findOrStart() {
        do throws(SystemError) {
            if try !findRunning() { send(.begin) }
        } catch {
            if doubt == nil {
                host.log.error("cannot tell whether it runs already, and looks again each second: \(error)")
                doubt = Timer(host.loop) { [unowned self] in findOrStart() }
            }
            doubt?.set(afterNanoseconds: 1_000_000_000)
        }
    }

    /// Tells the machine what happened.
    func send(_ event: ChildEvent) { runner?.send(event) }

    /// Has another policy from now on; what runs goes on.
    func replace(_ policy: ChildPolicy) {
        options.policy = policy
        runner?.change { $0.replacePolicy(policy) }
    }

    // MARK: The command's life

    private func take(_ change: Children.Change) {
        switch change {
        case .ended(let pid, let code, let signal): ended(pid, code.map { ExitStatus.exited($0) } ?? .signalled(signal))
        case .paused(_, let signal): send(.paused(signal: signal))
        case .resumed: send(.resumed)
        }
    }

    /// What ran as `pid` has ended.
    func ended(_ pid: Int32, _ status: ExitStatus) {
        readiness = nil
        followed = nil
        child = nil
        host.output.runEnded()
        if hasTerminal { Terminal.takeBack(from: pid) }
        if let successor = follow(after: pid) {
            send(.exited(status, leavesOthers: false, successor: successor))
        } else {
            clearRecord()
            leftovers =
                options.policy.sweeps
                ? Leftovers(
                    ofGroup: pid, scope: host.leftoverScope, except: reaper.pids,
                    groups: checks == nil ? [] : host.checkSupplies.notices.groups) : nil
            let areLeft = leftovers?.areThere ?? false
            // While the command runs, the machine has no use for the others, and to look for them takes time.
            if areLeft { waitForOthers() }
            send(.exited(status, leavesOthers: areLeft))
        }
        whenEnded?(status)
    }

    // MARK: What it leaves behind

    private func waitForOthers() {
        reaper.listen(self) { [unowned self] in lookForOthers() }
        // Of orphans that are not Kapo's children nobody tells.
        guard keeping != nil else { return }
        sweepLook = Timer(host.loop) { [unowned self] in
            lookForOthers()
            if leftovers != nil { sweepLook?.set(afterNanoseconds: 100_000_000) }
        }
        sweepLook?.set(afterNanoseconds: 100_000_000)
    }

    private func lookForOthers() {
        guard let leftovers else { return }
        // Those that even KILL did not end are waited for no longer than the machine wants.
        guard case .sweeping? = runner?.machine.state else { return forgetOthers() }
        let areLeft = leftovers.areThere
        if !areLeft { forgetOthers() }
        send(areLeft ? .otherEnded : .othersEnded)
    }

    /// Their timer stays: it may be in the middle of saying so.
    private func forgetOthers() {
        leftovers = nil
        sweepLook?.cancel()
        reaper.dismiss(self)
    }

    // MARK: Actions

    private func perform(_ action: ChildAction) {
        switch action {
        case .spawn: spawn()
        case .startHook(let hook): start(hook)
        case .signalHook(let number): if let hook { sides.signal(hook, number) }
        case .signalGroup(let pid, let number): signal(number) { try signalGroup(pid, number) }
        case .signalCommand(let pid, let number): signal(number) { try signalCommand(pid, number) }
        case .signalOthers(let number): leftovers?.signal(number)
        case .pause: Signals.pause()
        case .pauseJob(let number): if !Signals.pauseJob(number) { send(.signalled(Signals.goOn)) }
        case .giveTerminal(let pid): Terminal.give(to: pid)
        case .log(let note): log.write(note)
        case .finish(let code): host.finish(code: code)
        }
    }

    private func signal(_ number: Int32, _ send: () throws -> Void) {
        do {
            try send()
        } catch {
            trouble = "cannot send \(Signals.name(of: number)) to the command: \(error)"
            host.log.error("cannot send \(Signals.name(of: number)) to the command: \(error)")
        }
    }

    private func spawn() {
        do throws(SpawnFailure) {
            var command = try equipped()
            let readiness = try readiness(of: command)
            readiness.equip(&command)
            command.hasSession = options.hasSession
            command.hasTerminal = hasTerminal && (options.hasSession || Terminal.isForeground)
            let pid = try start(command)
            child = pid
            reaper.own(pid) { [unowned self] in take($0) }
            self.readiness = readiness
            forgetOthers()
            writeChildPID(pid)
            startFailure = nil
            send(.spawned(pid: pid))
        } catch {
            startFailure = error.reason
            send(.spawnFailed(error))
        }
    }

    /// The command in its surroundings, as they are now.
    func equipped() throws(SpawnFailure) -> Command {
        var command = command
        try options.surroundings.apply(to: &command)
        return command
    }

    private func readiness(of command: Command) throws(SpawnFailure) -> Readiness {
        do throws(SystemError) {
            return try Readiness(
                host.loop, options.readiness, watchdogNanoseconds: options.policy.watchdogNanoseconds, sides, command
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
            ) { [weak self] status in
                // One that was given up ends unheard.
                guard let self, self.hook == pid else { return }
                self.hook = nil
                send(.hookEnded(succeeded: status == .exited(0)))
            }
            self.hook = pid
        } catch let failure as SpawnFailure {
            host.log.error("a hook is not run: \(failure.reason)")
            send(.hookEnded(succeeded: false))
        } catch {
            host.log.error("cannot start a hook: \(error)")
            send(.hookEnded(succeeded: false))
        }
    }

    private func text(of hook: Hook) -> String {
        switch hook {
        case .preStart: options.preStart ?? ":"
        case .postExit(let status, _) where options.tellsExitCode:
            "\(options.postExit ?? ":") \(status.documentCode)"
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

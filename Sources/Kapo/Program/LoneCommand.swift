import Host
import Logging
import Loop
import Machine

/// `run` and `supervise`: one command, whose signals, terminal and end are Kapo's own.
final class LoneCommand: ChildHost, ProgramMode {
    private let runtime: Runtime
    private let place: StatusBoard.Place
    private var driver: ChildDriver?
    let output: any CommandOutput
    private let hasSession: Bool
    private let dropped: Set<Int32>
    /// True while Kapo has the terminal that it was started at, and ends with it.
    private var sharesTerminal: Bool

    init(
        _ runtime: Runtime, _ options: ChildOptions, _ inherited: Signals.Inherited, sidebindPort: UInt16
    ) throws {
        self.runtime = runtime
        output =
            try options.logs.map { try ServiceOutput.make($0, runtime, runtime.log, inherited, in: nil) }
            ?? runtime.console
        place = runtime.board.add(
            options.subject(sidebindPort: sidebindPort), output, hasChecks: options.checks != nil)
        var options = options
        hasSession = options.hasSession
        dropped = Set(options.policy.signals.rewrites.filter { $0.value == 0 }.keys)
        sharesTerminal = Terminal.isThere && !inherited.ignores(Signals.hangUp)
        options.policy.canPause = Signals.canPause
        options.policy.terminal = !Terminal.isThere || hasSession ? .none : Terminal.isLedByUs ? .leader : .job
        driver = ChildDriver(self, options, inherited, hasTerminal: true)
        driver?.whenEnded = { [unowned self] in ended($0) }
    }

    // MARK: What the driver asks for

    var loop: EventLoop { runtime.loop }
    var log: Logger { runtime.log }
    var reaper: Reaper { runtime.reaper }
    var environment: [Word] { runtime.environment }
    var leftoverScope: Leftovers.Scope { .everything }
    var startDirectory: Int32? { runtime.startDirectory }
    var checkSupplies: CheckSupplies { runtime.checkSupplies }
    var serviceName: String? { nil }

    func publish(_ reports: [Report], _ health: Health) { runtime.board.publish(reports, health, at: place) }

    func finish(code: Int32) {
        // Kapo's own output is passed on as the last thing of all.
        if output === runtime.console { return runtime.finish(code: code) }
        output.flush { [unowned self] in runtime.finish(code: code) }
    }

    // MARK: What Kapo hears

    /// Starts the command for the first time.
    func begin() {
        do { try Children.adoptOrphans() } catch { runtime.log.warning("orphans are not adopted: \(error)") }
        if hasSession { Terminal.leave() }
        driver?.begin()
    }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        switch number {
        case Signals.child: runtime.reaper.reap()
        case Signals.terminate, Signals.interrupt: askedToStop(number)
        case Signals.hangUp where hasHungUp(): askedToStop(number)
        default: driver?.send(.signalled(number))
        }
    }

    private func askedToStop(_ number: Int32) {
        // One that is dropped asks for nothing.
        guard !dropped.contains(number) else { return }
        runtime.manager.stopping()
        if runtime.isFinishing { runtime.finish(code: 0) } else { driver?.send(.askedToStop(signal: number)) }
    }

    private func ended(_ status: ExitStatus) {
        // Kapo may have heard of that alone: when a shell is killed, those in the foreground do.
        if status == .signalled(Signals.hangUp), hasHungUp() { askedToStop(Signals.hangUp) }
    }

    /// True once, when the terminal that Kapo was started at is gone: nobody is there for whom it could go on. Whoever
    /// had HUP ignored for it means that it goes on.
    private func hasHungUp() -> Bool {
        guard sharesTerminal, !(hasSession ? Terminal.isOpen : Terminal.isThere) else { return false }
        sharesTerminal = false
        return true
    }
}

import Config
import Host
import Loop
import Machine

/// The checks of one command: feeds their machine, and does what it says.
final class CommandChecks {
    /// Whom the checks are for.
    struct Owner {
        /// What is known of the checks has changed.
        let changed: () -> Void
        /// The command is to be stopped as one that has failed.
        let restart: () -> Void
    }

    private let owner: Owner
    private let notices: CheckNoticeBoard
    private let askers: [CheckAsker]
    private var runner: MachineRunner<CheckMachine>?
    private var run: CheckedRun?
    /// Why checks could not be made the last time: that is told once.
    private var reasons: [Int: String] = [:]

    /// Checks that are made while there is a run. `shell` runs commands in the surroundings of the command, and
    /// `notices` tells what has become of checks.
    init(
        _ loop: EventLoop, _ options: CheckOptions, _ supplies: CheckSupplies, _ shell: CheckAsker.Shell,
        _ notices: CheckNoticeBoard, _ owner: Owner
    ) {
        self.owner = owner
        self.notices = notices
        askers = options.checks.map { CheckAsker(loop, $0, options, supplies, shell) }
        let machine = CheckMachine(options.policy, options.checks.map { ($0.name, supplies.nextPlace()) })
        runner = MachineRunner(loop, machine) { _ in
            owner.changed()
        } perform: { [unowned self] in
            perform($0)
        }
    }

    /// This is the run to check now; nil for none.
    func follow(_ run: CheckedRun?) {
        guard run != self.run else { return }
        self.run = run
        runner?.send(.run(run))
    }

    /// What is known of each check.
    var standings: [CheckStanding] { runner?.machine.standings ?? [] }

    /// True when a check fails that says whether the command is to get work.
    var areUnhealthy: Bool { runner?.machine.isUnhealthy ?? false }

    private func perform(_ action: CheckAction) {
        switch action {
        case .ask(let number): askers[number].ask { [unowned self] in heard($0, of: number) }
        case .cancel(let number): askers[number].cancel()
        case .writeCore(let pid): notices.writeCore(of: pid) { [unowned self] in runner?.send(.coreWritten) }
        case .cancelCore: notices.cancelCore()
        case .restart: owner.restart()
        case .tell(let news): notices.tell(news.kind, standings[news.check], pid: run?.pid ?? 0)
        }
    }

    private func heard(_ outcome: CheckAsker.Outcome, of number: Int) {
        switch outcome {
        case .known(let result):
            reasons[number] = nil
            runner?.send(.result(number, result))
        case .notMade(let why):
            if reasons[number] != why { notices.tellNotMade(standings[number].name, why) }
            reasons[number] = why
            runner?.send(.notMade(number))
        }
    }
}

import Host

/// Commands of the shell that run beside the command, in its surroundings: hooks and probes. They read nothing, for the
/// input is the command's.
final class SideCommands {
    private let inherited: Signals.Inherited
    private let reaper: Reaper
    private let shell: Word
    private var running: Set<Int32> = []

    init(_ reaper: Reaper, _ inherited: Signals.Inherited, shell: Word) {
        self.reaper = reaper
        self.shell = shell
        self.inherited = inherited
    }

    /// Starts `text` in the surroundings of `command` with further variables, and returns its pid. `whenEnded` hears
    /// whether it ended with exit code 0.
    func start(
        _ text: String, like command: Command, variables: [(name: String, value: String)] = [],
        whenEnded: @escaping (Bool) -> Void
    ) throws(SystemError) -> Int32 {
        var side = command
        side.words = [shell, Word("-c"), Word(text)]
        side.environment = Variables.set(variables, in: command.environment)
        let nothing = try Descriptor.null()
        side.input = nothing.number
        side.record = nil
        let pid = try side.spawn(inherited)
        running.insert(pid)
        reaper.own(pid) { [weak self] change in
            guard case .ended(_, let code, _) = change else { return }
            self?.running.remove(pid)
            Signals.send(Signals.terminate, toRestOfGroup: pid)
            whenEnded(code == 0)
        }
        return pid
    }

    /// Sends a signal to the process group of one that runs, and wakes who is stopped, to hear it.
    func signal(_ pid: Int32, _ number: Int32) {
        guard running.contains(pid) else { return }
        // It can refuse only what changed its user; that ends by itself or not at all.
        try? Signals.send(number, toGroupOf: pid)
        try? Signals.send(Signals.goOn, toGroupOf: pid)
    }
}

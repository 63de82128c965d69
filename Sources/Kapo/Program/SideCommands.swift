import Host
import Machine

/// Commands of the shell that run beside the command, in its surroundings: hooks, probes, checks, and what is told of
/// them. The command's input is not theirs.
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

    /// Starts `text` in the surroundings of `command` with further variables, and returns its pid. It reads `input`, or
    /// nothing, and writes to `output`, or where the command does. `whenEnded` hears how it ended. What is left of its
    /// group then is ended, unless it may go on.
    func start(
        _ text: String, like command: Command, variables: [(name: String, value: String)] = [],
        input: Int32? = nil, output: Int32? = nil, mayGoOn: Bool = false, whenEnded: @escaping (ExitStatus) -> Void
    ) throws(SystemError) -> Int32 {
        var side = command
        side.words = [shell, Word("-c"), Word(text)]
        side.environment = Variables.set(variables, in: command.environment)
        let nothing = try Descriptor.null()
        side.input = input ?? nothing.number
        if let output { (side.output, side.error) = (output, output) }
        side.record = nil
        let pid = try side.spawn(inherited)
        running.insert(pid)
        reaper.own(pid) { [weak self] change in
            guard case .ended(_, let code, let signal) = change else { return }
            self?.running.remove(pid)
            if !mayGoOn { Signals.send(Signals.terminate, toRestOfGroup: pid) }
            whenEnded(code.map { .exited($0) } ?? .signalled(signal))
        }
        return pid
    }

    /// True as long as that one has not ended.
    func isRunning(_ pid: Int32) -> Bool { running.contains(pid) }

    /// Sends a signal to the process group of one that runs, and wakes who is stopped, to hear it.
    func signal(_ pid: Int32, _ number: Int32) {
        guard running.contains(pid) else { return }
        // It can refuse only what changed its user; that ends by itself or not at all.
        try? Signals.send(number, toGroupOf: pid)
        try? Signals.send(Signals.goOn, toGroupOf: pid)
    }
}

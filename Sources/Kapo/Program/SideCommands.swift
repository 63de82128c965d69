import Host

/// Commands of the shell that run beside the command, in its surroundings: hooks and probes. They read nothing, for the
/// input is the command's.
final class SideCommands {
    private let inherited: Signals.Inherited
    private var endings: [Int32: (Bool) -> Void] = [:]

    /// Those that run.
    var pids: Set<Int32> { Set(endings.keys) }

    init(_ inherited: Signals.Inherited) {
        self.inherited = inherited
    }

    /// Starts `text` in the surroundings of `command` with further variables, and returns its pid. `whenEnded` hears
    /// whether it ended with exit code 0.
    func start(
        _ text: String, like command: Command, variables: [(name: String, value: String)] = [],
        whenEnded: @escaping (Bool) -> Void
    ) throws(SystemError) -> Int32 {
        var side = command
        side.words = ["/bin/sh", "-c", text].map { Word($0) }
        side.environment = Variables.set(variables, in: command.environment)
        let nothing = try Descriptor.null()
        side.input = nothing.number
        let pid = try side.spawn(inherited)
        endings[pid] = whenEnded
        return pid
    }

    /// Takes the end of a child; false when it is none of these.
    func ended(_ pid: Int32, succeeded: Bool) -> Bool {
        guard let whenEnded = endings.removeValue(forKey: pid) else { return false }
        Signals.send(Signals.terminate, toRestOfGroup: pid)
        whenEnded(succeeded)
        return true
    }

    /// Sends a signal to the process group of one that runs, and wakes who is stopped, to hear it.
    func signal(_ pid: Int32, _ number: Int32) {
        guard endings[pid] != nil else { return }
        // It can refuse only what changed its user; that ends by itself or not at all.
        try? Signals.send(number, toGroupOf: pid)
        try? Signals.send(Signals.goOn, toGroupOf: pid)
    }
}

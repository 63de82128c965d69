/// What can be asked of a supervised service: the fixed table of names that immortal's control socket and its ctl know.
package enum ControlVerb: Equatable, Sendable {
    /// Start it, and start it again when it ends.
    case up
    /// Start it, and leave it when it ends.
    case once
    /// End it, and leave it so.
    case down
    /// End it, and start it again.
    case restart
    /// End it, and then the supervisor.
    case halt
    /// End the supervisor, and leave the command as it is.
    case exit
    /// KILL to its whole process group.
    case kill
    /// That signal to the command: its number on Linux, the same on x86-64 and arm64.
    case signal(Int32)

    /// The verb that goes by this name; nil when there is none. Names of signals may be in upper case as a whole. `s`
    /// and `stop` are the signal STOP, as they are in immortal; to end a service is `d` or `down`.
    package init?(name: String) {
        guard let verb = Self.table[name] else { return nil }
        self = verb
    }

    private static let table: [String: ControlVerb] = [
        "u": .up, "up": .up, "start": .up,
        "o": .once, "once": .once,
        "d": .down, "down": .down,
        "restart": .restart,
        "halt": .halt,
        "x": .exit, "exit": .exit,
        "k": .kill, "kill": .kill, "KILL": .kill,
        "h": .signal(1), "hup": .signal(1), "HUP": .signal(1),
        "i": .signal(2), "int": .signal(2), "INT": .signal(2),
        "q": .signal(3), "quit": .signal(3), "QUIT": .signal(3),
        "1": .signal(10), "usr1": .signal(10), "USR1": .signal(10),
        "2": .signal(12), "usr2": .signal(12), "USR2": .signal(12),
        "a": .signal(14), "alrm": .signal(14), "ALRM": .signal(14),
        "t": .signal(15), "term": .signal(15), "TERM": .signal(15),
        "c": .signal(18), "cont": .signal(18), "CONT": .signal(18),
        "s": .signal(19), "stop": .signal(19), "STOP": .signal(19),
        "in": .signal(21), "ttin": .signal(21), "TTIN": .signal(21),
        "ou": .signal(22), "ttou": .signal(22), "TTOU": .signal(22),
        "w": .signal(28), "winch": .signal(28), "WINCH": .signal(28),
    ]
}

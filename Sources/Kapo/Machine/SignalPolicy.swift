/// What becomes of signals that come to Kapo, and what Kapo sends by itself. Numbers are those of Linux.
package struct SignalPolicy: Equatable, Sendable {
    /// Who gets what is passed on.
    package enum Target: String, CaseIterable, Sendable {
        /// The process group of the command.
        case group
        /// The command alone.
        case child
    }

    package var target = Target.group
    /// What is sent in place of a signal that came; 0 drops it.
    package var rewrites: [Int32: Int32] = [:]
    /// What a command gets first when Kapo itself wants it to stop.
    package var stop = SignalNumber.term

    /// Every signal goes to the group as it is, and Kapo stops the command with TERM.
    package init() {}

    /// What is sent for a signal that came; nil when it is dropped.
    func rewritten(_ signal: Int32) -> Int32? {
        let number = rewrites[signal] ?? signal
        return number == 0 ? nil : number
    }
}

/// Signals that the machine knows by name; the same on x86-64 and arm64.
package enum SignalNumber {
    package static let interrupt: Int32 = 2
    package static let abort: Int32 = 6
    package static let kill: Int32 = 9
    package static let term: Int32 = 15
    package static let cont: Int32 = 18
    package static let tstp: Int32 = 20
    /// TSTP, TTIN and TTOU: they stop a job of a terminal, and Kapo with it.
    package static let pausing: Set<Int32> = [tstp, 21, 22]
}

import Document

/// Where what a command writes goes.
protocol CommandOutput: AnyObject {
    /// What the command gets as its standard output and error; nil to inherit Kapo's.
    var commandOutput: Int32? { get }
    var commandError: Int32? { get }
    /// What was captured so far.
    var streams: [Metrics.Stream] { get }

    /// The command has ended: its last line is complete, newline or not.
    func runEnded()
    /// Calls `handler` once everything that the command wrote until now has left Kapo; at once if it has.
    func flush(_ handler: @escaping () -> Void)
}

import Document

/// The output of a service that has no log: Kapo's own, which others have too.
final class InheritedOutput: CommandOutput {
    private let console: Console

    init(_ console: Console) { self.console = console }

    var commandOutput: Int32? { console.commandOutput }
    var commandError: Int32? { console.commandError }
    var streams: [Metrics.Stream] { [] }

    func runEnded() { console.runEnded() }
    func flush(_ handler: @escaping () -> Void) { handler() }
}

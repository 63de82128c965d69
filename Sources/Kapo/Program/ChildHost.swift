import Host
import Logging
import Loop
import Machine

/// Whom the driver of one command works for: the program, or one service of many.
protocol ChildHost: AnyObject {
    var loop: EventLoop { get }
    var log: Logger { get }
    var reaper: Reaper { get }
    /// The directory that Kapo was started in, open; nil for the one that it is in.
    var startDirectory: Int32? { get }
    /// The environment of commands, before anything is added.
    var environment: [Word] { get }
    /// Where to look for what a command leaves behind.
    var leftoverScope: Leftovers.Scope { get }
    var output: any CommandOutput { get }
    /// What checks need.
    var checkSupplies: CheckSupplies { get }
    /// The name of a service; nil for a command that is the only one.
    var serviceName: String? { get }

    /// The state of the command has changed.
    func publish(_ reports: [Report], _ health: Health)
    /// The command is not started any more, and nobody is left of it: what its end means as an exit code.
    func finish(code: Int32)
}

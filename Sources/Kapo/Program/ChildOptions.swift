import Config
import Host
import Machine

/// What is to be done with which command.
package struct ChildOptions: Equatable, Sendable {
    /// The command and its arguments.
    package var words: [Word]
    package var policy: ChildPolicy
    package var surroundings = Surroundings()
    package var readiness = ReadyCheck.started
    /// Nil when it is not checked.
    package var checks: CheckOptions?
    /// Commands of the shell that run before each start and after each end.
    package var preStart: String?
    package var postExit: String?
    /// The shell of these two, by path or by name.
    package var shell = Word("/bin/sh")
    /// The exit code stands behind the words of `postExit`.
    package var tellsExitCode = false
    package var pidFiles = PidFiles()
    /// Files and a command that get what the command writes; nil for Kapo's own output.
    package var logs: LogOptions?
    /// The command gets a session of its own.
    package var hasSession = false
    /// The command stays when Kapo is killed.
    package var outlivesKapo = false
    /// The signal that Kapo gets when its parent ends; nil for none.
    package var parentDeathSignal: Int32?

    /// The command and its arguments in one line.
    var commandLine: String { words.map(\.text).joined(separator: " ") }

    /// That command, with that policy and nothing else.
    package init(words: [Word], policy: ChildPolicy) {
        self.words = words
        self.policy = policy
    }
}

/// Files that hold a process id, by absolute path.
package struct PidFiles: Equatable, Sendable {
    /// Written by the command: when it ends, the process that is named there is supervised in its place.
    package var follow: Path?
    /// Written by Kapo: its own, and that of the command.
    package var parent: Path?
    package var child: Path?

    /// None.
    package init() {}
}

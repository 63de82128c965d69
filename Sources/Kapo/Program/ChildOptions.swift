import Config
import Host
import Machine

/// What `run` and `supervise` are to do with which command.
package struct ChildOptions: Sendable {
    /// The command and its arguments.
    package var words: [Word]
    package var policy: ChildPolicy
    package var surroundings = Surroundings()
    package var readiness = ReadyCheck.started
    /// Commands of the shell that run before each start and after each end.
    package var preStart: String?
    package var postExit: String?
    /// The command gets a session of its own.
    package var hasSession = false
    /// The command stays when Kapo is killed.
    package var outlivesKapo = false
    /// The signal that Kapo gets when its parent ends; nil for none.
    package var parentDeathSignal: Int32?

    /// That command, with that policy and nothing else.
    package init(words: [Word], policy: ChildPolicy) {
        self.words = words
        self.policy = policy
    }
}

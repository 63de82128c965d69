import CLinux
import Glibc

/// A command to start: found along PATH, in a process group of its own, with the caller's working directory.
package struct Command: Sendable {
    package var words: [Word]
    package var environment: [Word]
    /// Descriptors that become its standard output and error; nil to inherit Kapo's.
    package var output: Int32?
    package var error: Int32?

    /// A command that inherits Kapo's descriptors. `words` is the command's name and its arguments.
    package init(words: [Word], environment: [Word]) {
        precondition(!words.isEmpty, "a command has a name")
        self.words = words
        self.environment = environment
    }

    /// Starts it with the signals of `inherited` and returns its pid. Descriptors above 2 stay with Kapo.
    package func spawn(_ inherited: Signals.Inherited) throws(SystemError) -> Int32 {
        var pid: pid_t = 0
        // Attributes and actions live through the call that uses them, and are destroyed after it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }

        setUp(&attributes, inherited)
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        if let error { unsafe posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO) }
        unsafe kapo_spawn_closes_from(&actions, STDERR_FILENO + 1)

        let code = unsafe withCStrings(words) { arguments in
            unsafe withCStrings(environment) { variables in
                guard let file = unsafe arguments[0] else { preconditionFailure("a command has a name") }
                return unsafe posix_spawnp(&pid, file, &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else { throw SystemError("posix_spawn", code) }
        return pid
    }

    /// What a failed spawn means for whoever asked for it.
    package enum Trouble: Sendable {
        case notFound, notExecutable, noResources

        /// The meaning of what `spawn` threw.
        package init(_ error: SystemError) {
            switch error.code {
            case ENOENT: self = .notFound
            case EAGAIN, ENOMEM, EMFILE, ENFILE: self = .noResources
            default: self = .notExecutable
            }
        }
    }

    private func setUp(_ attributes: inout posix_spawnattr_t, _ inherited: Signals.Inherited) {
        var mask = inherited.mask
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        if !inherited.ignoredPipe { unsafe sigaddset(&defaults, SIGPIPE) }
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }
}

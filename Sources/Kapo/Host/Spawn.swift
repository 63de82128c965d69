import CLinux
import Glibc

/// A command to start: found along the PATH of its environment, in a process group or a session of its own.
package struct Command: Sendable {
    package var words: [Word]
    /// Entries `NAME=value`.
    package var environment: [Word]
    /// Descriptors that become its standard input, output and error; nil to inherit Kapo's.
    package var input: Int32?
    package var output: Int32?
    package var error: Int32?
    /// A descriptor that becomes the one of that number, 3 at least; nil for none.
    package var ready: (descriptor: Int32, number: Int32)?
    /// Descriptor 0 is a terminal whose foreground it gets, or which it gets as that of its session.
    package var hasTerminal = false
    /// A session of its own, and not only a process group.
    package var hasSession = false
    /// An open directory to start in; nil for Kapo's own.
    package var directory: Int32?
    /// The directory that it enters as the user that it runs as; a relative one begins at `directory`.
    package var workingDirectory: Word?
    /// An open directory in which it leaves a `ServiceRecord` before it is executed, and what is the same for all
    /// records of this Kapo, `ServiceRecord.system`; nil for no record.
    package var record: (directory: Int32, system: [UInt8])?
    /// The signal that it gets when Kapo dies; nil for none.
    package var deathSignal: Int32?
    /// Who it runs as, for good, without a way to other privileges; nil for Kapo's user.
    package var account: Account?
    /// Its limits, set in this order, after those that Kapo was started with.
    package var limits: [Limit] = []
    /// Its nice value, -20 to 19; nil for Kapo's.
    package var nice: Int32?
    /// Its umask, 0 to 0o777; nil for Kapo's.
    package var umask: UInt32?

    /// A command that inherits Kapo's descriptors. `words` is the command's name and its arguments.
    package init(words: [Word], environment: [Word]) {
        precondition(!words.isEmpty, "a command has a name")
        self.words = words
        self.environment = environment
    }

    /// Starts it with the signals of `inherited` and returns its pid. Descriptors above 2 stay with Kapo, but for
    /// `ready`.
    package func spawn(_ inherited: Signals.Inherited) throws(SystemError) -> Int32 {
        var failure = unsafe kapo_start_failure()
        var request = unsafe request(inherited)
        // All that the request points to lives through the call, at whose end the child has executed the command or is
        // gone.
        let pid = unsafe withCStrings(files) { files in
            unsafe withCStrings(words) { arguments in
                unsafe withCStrings(environment) { variables in
                    unsafe withCStrings(workingDirectory.map { [$0] } ?? []) { path in
                        unsafe request.files = unsafe UnsafePointer(files)
                        unsafe request.arguments = unsafe UnsafePointer(arguments)
                        unsafe request.environment = unsafe UnsafePointer(variables)
                        unsafe request.path = unsafe UnsafePointer(path.pointee)
                        return unsafe start(&request, &failure, inherited.limits + limits)
                    }
                }
            }
        }
        guard pid > 0 else { throw unsafe SystemError(String(cString: failure.call), failure.code) }
        return pid
    }

    /// What needs no memory besides.
    private func request(_ inherited: Signals.Inherited) -> kapo_command {
        var request = unsafe kapo_command()
        unsafe request.input = input ?? -1
        unsafe request.output = output ?? -1
        unsafe request.error = error ?? -1
        unsafe request.directory = directory ?? -1
        unsafe request.terminal = hasTerminal ? 0 : -1
        unsafe request.has_session = hasSession ? 1 : 0
        unsafe request.ready = ready?.descriptor ?? -1
        unsafe request.ready_number = ready?.number ?? -1
        unsafe request.record = record?.directory ?? -1
        unsafe request.death_signal = deathSignal ?? 0
        unsafe request.mask = inherited.mask
        unsafe request.ignored = inherited.ignored
        if let nice { unsafe (request.has_nice, request.nice) = (1, nice) }
        if let umask { unsafe (request.has_umask, request.umask) = (1, umask) }
        if let account { unsafe (request.has_account, request.user, request.group) = (1, account.user, account.group) }
        return unsafe request
    }

    /// Adds the lists and starts it.
    private func start(_ request: inout kapo_command, _ failure: inout kapo_start_failure, _ limits: [Limit]) -> Int32 {
        let groups = account?.groups ?? []
        // The lists live through the call.
        return unsafe limits.map(\.values).withUnsafeBufferPointer { limits in
            unsafe groups.withUnsafeBufferPointer { groups in
                unsafe withPath(Word(bytes: record?.system ?? [])) { system in
                    unsafe (request.limits, request.limit_count) = (limits.baseAddress, limits.count)
                    unsafe (request.groups, request.group_count) = (groups.baseAddress, groups.count)
                    unsafe request.record_system = system
                    return unsafe kapo_start(&request, &failure)
                }
            }
        }
    }

    /// The paths to try: the name itself if there is a slash in it, else one for each directory of PATH.
    private var files: [Word] {
        let name = words[0].bytes
        if name.isEmpty { return [] }
        if name.contains(UInt8(ascii: "/")) { return [words[0]] }
        // As execvp(3) does without a PATH; an empty part of it is the directory that the command starts in.
        let path = Variables.value(of: "PATH", in: environment) ?? Array("/bin:/usr/bin".utf8)
        // Byte for byte: a name need not be UTF-8, and what follows a colon must not make a letter with it.
        return path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { directory in
            Word(bytes: directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name)
        }
    }

    /// What a failed spawn means for whoever asked for it.
    package enum Trouble: Sendable {
        case notFound, notExecutable, noResources

        /// The meaning of what `spawn` threw.
        package init(_ error: SystemError) {
            switch error.code {
            // Elsewhere it is not the command that is missing.
            case ENOENT where error.isOfExec: self = .notFound
            case EAGAIN, ENOMEM, EMFILE, ENFILE: self = .noResources
            default: self = .notExecutable
            }
        }
    }
}

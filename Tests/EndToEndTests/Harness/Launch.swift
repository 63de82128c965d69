import Glibc

/// A program to start: in a process group of its own, with default signals, none blocked.
struct Launch {
    /// The program, found along the PATH of its environment, and its arguments.
    var words: [String]
    var environment: [String: String]
    /// Paths of what becomes its standard streams. Output files are created, or emptied.
    var input = "/dev/null"
    var output: String
    var error: String

    /// Descriptors that whoever started the tests left open for all to inherit; the program under test must not.
    private static let strays = Files.names(in: "/proc/self/fd").compactMap { Int32($0) }
        .filter { $0 > STDERR_FILENO && fcntl($0, F_GETFD) & FD_CLOEXEC == 0 }

    /// Starts it and returns its pid.
    func start() throws -> pid_t {
        var pid: pid_t = 0
        // Attributes and actions live through the call that uses them, and are destroyed after it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }

        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        for (number, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, error)] {
            unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        }
        for stray in Self.strays { unsafe posix_spawn_file_actions_addclose(&actions, stray) }

        let program = try findProgram()
        let code = unsafe withStrings(words) { arguments in
            unsafe withStrings(environment.map { "\($0)=\($1)" }) { variables in
                unsafe posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else { throw HarnessError.system("cannot start \(words[0])", code) }
        return pid
    }

    /// Calls `body` with the words as C wants them: copies ended by a zero, and a null pointer at the end.
    private func withStrings<Result>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        // The copies are freed here, after `body`, which is the only one to see them.
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe strings.forEach { unsafe free($0) } }
        return unsafe strings.withUnsafeMutableBufferPointer { strings in
            guard let base = strings.baseAddress else { preconditionFailure("an array with a null in it has storage") }
            return unsafe body(base)
        }
    }

    /// The file that `words` names. posix_spawnp would look along the PATH of the tests, not of the program.
    private func findProgram() throws -> String {
        if words[0].contains("/") { return words[0] }
        let directories = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        guard let found = directories.map({ "\($0)/\(words[0])" }).first(where: Files.isExecutable) else {
            throw HarnessError("\(words[0]) is not installed")
        }
        return found
    }
}

import ArgumentParser
import Config
import Host
import Machine
import Program

/// Makes options of what a run.yml says.
struct ServiceReader {
    /// What may stand below `kapo:`: the long options of supervise, without their dashes.
    static let keys: [String] = ownKeys.sorted() + sharedKeys.sorted()
    /// Those of one service.
    static let ownKeys: Set<String> = [
        "restart", "success-exit", "wait", "backoff", "max-wait", "stable-after", "start-limit", "on-failed", "ttl",
        "ready", "ready-timeout", "watchdog", "drain", "pre-start", "post-exit", "signal-to", "rewrite-signal",
        "stop-signal", "map-exit", "sweep", "setsid", "orphan-ok", "kill-after", "env-file", "chdir", "user", "umask",
        "nice", "limit", "check", "check-interval", "check-timeout", "check-status", "check-contains", "check-header",
        "check-method", "check-grace", "check-fall", "check-rise", "check-action", "check-restart-limit", "gcore",
        "core-dir", "notify-mail", "sendmail", "notify-exec",
    ]
    /// Those that belong to Kapo itself, which services of a directory share.
    static let sharedKeys: Set<String> = [
        "port", "interface", "agent-port", "sidebind", "socket-activation", "stdout", "stderr", "stdlog", "log-format",
        "log-level", "parent-death-signal",
    ]

    /// What stands below `kapo:` in a file, before what is in the environment.
    static func environment(_ run: RunFile, _ file: String) -> Environment {
        Environment.process.overlaid(by: run.options, of: file)
    }

    /// The directory that relative paths begin at.
    private let base: String
    private let isOfMany: Bool
    /// A supervise that nothing was said to.
    let supervise: Supervise

    /// Of services alone, or of services of a directory.
    init(isOfMany: Bool) throws {
        self.isOfMany = isOfMany
        base = WorkingDirectory.path ?? ""
        guard let supervise = try Kapo.parseAsRoot(["supervise", "--", "x"]) as? Supervise else {
            preconditionFailure("that is supervise")
        }
        self.supervise = supervise
    }

    /// The file at that path. Throws what is wrong with it, in lines for people.
    func file(_ path: String) throws -> RunFile {
        let bytes: [UInt8]?
        do throws(SystemError) {
            bytes = try File.contents(of: Word(absolute(path)), limit: YAMLDocument.mostBytes)
        } catch {
            throw SettingError("\(path): \(SystemError.text(of: error.code))")
        }
        guard let bytes else { throw SettingError("\(path) is not a regular file") }
        let run = try RunFile(bytes: bytes, file: path, options: Self.keys)
        if isOfMany, let option = run.options.first(where: { Self.sharedKeys.contains($0.name) }) {
            throw SettingError(
                "\(path):\(option.place): '\(option.name)' is not for one service of many: it is Kapo's own option")
        }
        return run
    }

    /// The service that a file describes, named as the file without its ending. Options of `supervise` that were given
    /// come before those of the file.
    func service(_ run: RunFile, _ path: String, given: Supervise? = nil) throws -> ServiceOptions {
        let values = Values(environment: Self.environment(run, path))
        return try service(run, run.command.map { Word($0) }, named: Self.name(of: path), values, given)
    }

    /// The service of those words.
    func service(
        _ run: RunFile, _ words: [Word], named name: String, _ values: Values, _ given: Supervise? = nil
    ) throws -> ServiceOptions {
        var child = try (given ?? supervise).child(words, values, wait: Seconds(0))
        if child.preStart != nil && run.requireCommand != nil {
            throw SettingError("require_cmd and pre-start both run before each start: it is one or the other")
        }
        if child.postExit != nil && run.postExit != nil {
            throw SettingError("post_exit and post-exit both run after each end: it is one or the other")
        }
        apply(run, to: &child, given ?? supervise)
        var service = ServiceOptions(name: name, child: child)
        service.requires = run.requires
        // Kapo has other services, whatever becomes of this one.
        service.child.policy.staysWhenDone = isOfMany
        service.access = ControlAccess(mode: run.controlMode?.mode, group: try run.controlGroup.map(number(of:)))
        return service
    }

    private func number(of group: ControlGroup) throws -> UInt32 {
        try Account.find(user: Word("0"), group: Word(group.name)).group
    }

    /// What the file says of the command; but an option that says the same comes before it.
    private func apply(_ run: RunFile, to child: inout ChildOptions, _ given: Supervise) {
        if let directory = run.directory, given.surroundings.chdir == nil {
            child.surroundings.directory = path(directory)
        }
        child.surroundings.variables = run.environment.map { .init(name: $0.name, value: $0.value) }
        if let user = run.user, given.surroundings.user == nil { child.surroundings.user = user }
        child.pidFiles.follow = path(run.pidFollow)
        child.pidFiles.parent = path(run.pidParent)
        child.pidFiles.child = path(run.pidChild)
        child.logs = logs(run)
        let shell = Invocation.variable("SHELL") ?? ""
        child.shell = Word(shell.isEmpty ? "sh" : shell)
        if let command = run.requireCommand { child.preStart = command }
        if let command = run.postExit { (child.postExit, child.tellsExitCode) = (command, true) }
        child.policy.hasPreStart = child.preStart != nil
        child.policy.hasPostExit = child.postExit != nil
        child.policy.startDelayNanoseconds = run.wait.nanoseconds
        child.policy.leastLifeNanoseconds = 1_000_000_000
        child.policy.retries = run.retries
        // Its file asks for it still: only a change of that, or an order, starts it again.
        child.policy.staysWhenDone = isOfMany
        child.policy.requirementDelayNanoseconds = run.requireCommand == nil ? nil : 5_000_000_000
    }

    private func logs(_ run: RunFile) -> LogOptions? {
        guard run.log != nil || run.errorLog != nil || run.logger != nil else { return nil }
        return LogOptions(
            log: run.log.map(log), errorLog: run.errorLog.map(log), logger: run.logger?.map { Word($0) })
    }

    private func log(_ settings: LogFileSettings) -> LogFileOptions {
        LogFileOptions(
            Word(absolute(settings.file)), size: settings.sizeBytes == 0 ? nil : Int(settings.sizeBytes),
            age: settings.ageSeconds == 0 ? nil : settings.ageSeconds * 1_000_000_000,
            number: settings.files == 0 ? nil : settings.files, hasTimestamps: settings.timestamps)
    }

    // MARK: Paths

    /// As seen from the root: Kapo itself does not stay where it was started.
    func absolute(_ path: String) -> String { path.hasPrefix("/") || base.isEmpty ? path : "\(base)/\(path)" }

    private func path(_ text: String?) -> Path? { text.flatMap { try? Path(text: absolute($0)) } }

    /// The name of a service: that of its file, without the ending.
    static func name(of path: String) -> String {
        let name = baseName(path)
        return name.hasSuffix(".yml") && name.utf8.count > 4 ? String(name.dropLast(4)) : name
    }

    /// What stands behind the last slash that something stands behind.
    static func baseName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The rest of it.
    static func directory(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}

/// A directory of files of services.
struct ServiceFiles {
    let directory: String
    private let reader: ServiceReader

    /// That directory; it need not be there yet.
    init(_ directory: String) throws {
        reader = try ServiceReader(isOfMany: true)
        self.directory = directory
    }

    /// Where the services of a program come from.
    var source: ServicesOptions.Source {
        let carrier = OneThread(reader: reader)
        return .directory(Word(reader.absolute(directory))) { path in
            do {
                let run = try carrier.reader.file(path.text)
                return .service(try carrier.reader.service(run, path.text))
            } catch {
                return .mistakes("\(error)")
            }
        }
    }

    /// Carries the reader into the program, whose options may go to any thread. Kapo has one.
    private struct OneThread: @unchecked Sendable {
        let reader: ServiceReader
    }

    /// The files of services, by path.
    var paths: [String] {
        get throws {
            do throws(SystemError) {
                let marks = try DirectoryMarks.read(Word(reader.absolute(directory)))
                return marks.keys.map { "\(directory)/\($0.text)" }.sorted()
            } catch {
                throw SettingError("\(directory): \(SystemError.text(of: error.code))")
            }
        }
    }
}
